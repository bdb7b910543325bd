//! `contextvars.ContextVar`.

use std::fmt;

use rustpython_vm::builtins::{PyGenericAlias, PyStrRef, PyType, PyTypeRef};
use rustpython_vm::common::hash::PyHash;
use rustpython_vm::function::{FuncArgs, OptionalArg};
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::types::{Constructor, Hashable, Representable};
use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
};

use super::context::Context;
use super::token::Token;

/// A context variable: `ContextVar(name, *, default)`.
#[pyclass(module = "_contextvars", name = "ContextVar", traverse = "manual")]
#[derive(PyPayload)]
pub(crate) struct ContextVar {
    name: PyStrRef,
    default: Option<PyObjectRef>,
}

impl fmt::Debug for ContextVar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContextVar")
    }
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for ContextVar {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        visit(self.name.as_object());
        self.default.traverse(visit);
    }
}

#[pyclass(with(Constructor, Hashable, Representable))]
impl ContextVar {
    /// get([default]): the value in the current context; else `default`, else the variable's own
    /// default, else LookupError.
    #[pymethod]
    fn get(zelf: &Py<Self>, default: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
        Context::with_current(vm, |context| context.value_of(zelf))
            .or_else(|| default.into_option())
            .or_else(|| zelf.default.clone())
            .ok_or_else(|| {
                let class = vm.ctx.exceptions.lookup_error.to_owned();
                vm.new_exception(class, vec![zelf.to_owned().into()])
            })
    }

    /// Set a new value in the current context, and return a Token that can bring the old one back.
    #[pymethod]
    fn set(zelf: &Py<Self>, value: PyObjectRef, vm: &VirtualMachine) -> PyRef<Token> {
        let context = Context::current(vm);
        let token = Token::new(context.clone(), zelf.to_owned(), context.value_of(zelf));
        context.set_value(zelf, value);
        token.into_ref(&vm.ctx)
    }

    /// Bring back the value that the variable had before the set() that returned `token`.
    #[pymethod]
    pub(super) fn reset(zelf: &Py<Self>, token: PyRef<Token>, vm: &VirtualMachine) -> PyResult<()> {
        let context = Context::current(vm);
        match Token::redeem(&token, zelf, &context, vm)? {
            Some(value) => context.set_value(zelf, value),
            None => context.remove_value(zelf),
        }
        Ok(())
    }

    #[pygetset]
    fn name(zelf: &Py<Self>) -> PyStrRef {
        zelf.name.clone()
    }

    #[pyclassmethod]
    fn __class_getitem__(
        class: PyTypeRef,
        item: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyGenericAlias> {
        PyGenericAlias::from_args(class, item, vm)
    }
}

impl Constructor for ContextVar {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let default = args.take_keyword("default");
        if let Some(name) = args.kwargs.keys().next() {
            let message = format!("ContextVar() got an unexpected keyword argument '{name}'");
            return Err(vm.new_type_error(message));
        }
        let [name] = &args.args[..] else {
            let found = args.args.len();
            let message = format!("ContextVar() takes exactly 1 argument ({found} given)");
            return Err(vm.new_type_error(message));
        };
        let name = name
            .clone()
            .downcast()
            .map_err(|_| vm.new_type_error("context variable name must be a str"))?;
        Ok(Self { name, default })
    }
}

impl Hashable for ContextVar {
    fn hash(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<PyHash> {
        Ok(rustpython_vm::common::hash::hash_pointer(
            zelf.as_object().get_id(),
        ))
    }
}

impl Representable for ContextVar {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let mut text = format!("<ContextVar name={}", zelf.name.as_object().repr(vm)?);
        if let Some(default) = &zelf.default {
            text.push_str(&format!(" default={}", default.repr(vm)?));
        }
        text.push_str(&format!(" at {:#x}>", zelf.as_object().get_id()));
        Ok(text)
    }
}
