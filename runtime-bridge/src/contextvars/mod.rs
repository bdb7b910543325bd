//! A `_contextvars` of our own: contexts that Rust code can enter, and copy for the price of one
//! allocation.
//!
//! It replaces the interpreter's, whose contexts only Python's `Context.run` can enter: a task
//! enters its context at every step. It follows the documentation of the `contextvars` module
//! (PEP 567).

mod context;
mod token;
mod var;
mod vars;

pub(crate) use context::{Context, Entered, copy_current};
pub(crate) use module::module_def;

use rustpython_vm::class::PyClassImpl as _;

use token::{Missing, Token};
use var::ContextVar;

/// Makes the classes; native code may use them before anything imports `_contextvars`.
pub(crate) fn make_classes() {
    drop(Context::make_static_type());
    drop(ContextVar::make_static_type());
    drop(Missing::make_static_type());
    drop(Token::make_static_type());
}

#[rustpython_vm::pymodule(name = "_contextvars")]
mod module {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::class::StaticType as _;
    use rustpython_vm::{Py, PyRef, PyResult, VirtualMachine, extend_module};

    use super::{Context, ContextVar, Missing, Token, copy_current};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        super::make_classes();
        let token = Token::static_type();
        let missing = Missing {}.into_object(vm);
        token.set_attr(vm.ctx.intern_str("MISSING"), missing);
        extend_module!(vm, module, {
            "Context" => Context::static_type().to_owned(),
            "ContextVar" => ContextVar::static_type().to_owned(),
            "Token" => token.to_owned(),
        });
        Ok(())
    }

    /// Return a copy of the current Context.
    #[pyfunction]
    fn copy_context(vm: &VirtualMachine) -> PyRef<Context> {
        copy_current(vm)
    }
}
