//! `contextvars.Token`.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use rustpython_vm::builtins::{PyGenericAlias, PyType, PyTypeRef};
use rustpython_vm::class::StaticType as _;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::types::{Constructor, Representable};
use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass,
};

use super::context::Context;
use super::var::ContextVar;

/// What `ContextVar.set()` returns: `ContextVar.reset()`, or leaving a `with` block, brings the old
/// value back with it.
#[pyclass(module = "_contextvars", name = "Token", traverse = "manual")]
#[derive(PyPayload)]
pub(crate) struct Token {
    context: PyRef<Context>,
    var: PyRef<ContextVar>,
    old_value: Option<PyObjectRef>,
    used: AtomicBool,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

// SAFETY: each owned object is visited once.
unsafe impl Traverse for Token {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        visit(self.context.as_object());
        visit(self.var.as_object());
        self.old_value.traverse(visit);
    }
}

impl Token {
    pub(super) fn new(
        context: PyRef<Context>,
        var: PyRef<ContextVar>,
        old_value: Option<PyObjectRef>,
    ) -> Self {
        Self {
            context,
            var,
            old_value,
            used: AtomicBool::new(false),
        }
    }

    /// The old value, to be set for `var` in `context`. A token is good for one reset, of its own
    /// variable in its own context.
    pub(super) fn redeem(
        zelf: &Py<Self>,
        var: &Py<ContextVar>,
        context: &Py<Context>,
        vm: &VirtualMachine,
    ) -> PyResult<Option<PyObjectRef>> {
        let describe = || zelf.as_object().repr(vm);
        if zelf.used.load(Ordering::Acquire) {
            let message = format!("{} has already been used once", describe()?);
            return Err(vm.new_runtime_error(message));
        }
        if !zelf.var.is(var) {
            let message = format!("{} was created by a different ContextVar", describe()?);
            return Err(vm.new_value_error(message));
        }
        if !zelf.context.is(context) {
            let message = format!("{} was created in a different Context", describe()?);
            return Err(vm.new_value_error(message));
        }
        zelf.used.store(true, Ordering::Release);
        Ok(zelf.old_value.clone())
    }
}

#[pyclass(with(Constructor, Representable))]
impl Token {
    #[pygetset]
    fn var(zelf: &Py<Self>) -> PyRef<ContextVar> {
        zelf.var.clone()
    }

    /// What the variable had before the set(); Token.MISSING if it had no value.
    #[pygetset]
    fn old_value(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        match &zelf.old_value {
            Some(value) => Ok(value.clone()),
            None => Self::static_type().as_object().get_attr("MISSING", vm),
        }
    }

    #[pymethod]
    fn __enter__(zelf: PyRef<Self>) -> PyRef<Self> {
        zelf
    }

    #[pymethod]
    fn __exit__(zelf: PyRef<Self>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let var = zelf.var.clone();
        ContextVar::reset(&var, zelf, vm)
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

impl Constructor for Token {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<Self> {
        Err(vm.new_runtime_error("Tokens can only be created by ContextVars"))
    }
}

impl Representable for Token {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let used = if zelf.used.load(Ordering::Acquire) {
            " used"
        } else {
            ""
        };
        let var = zelf.var.as_object().repr(vm)?;
        let id = zelf.as_object().get_id();
        Ok(format!("<Token{used} var={var} at {id:#x}>"))
    }
}

/// The type of Token.MISSING.
#[pyclass(module = "_contextvars", name = "Token.MISSING")]
#[derive(Debug, PyPayload)]
pub(crate) struct Missing {}

impl Missing {
    pub(super) fn into_object(self, vm: &VirtualMachine) -> PyObjectRef {
        self.into_ref(&vm.ctx).into()
    }
}

#[pyclass(with(Representable), flags(DISALLOW_INSTANTIATION))]
impl Missing {}

impl Representable for Missing {
    fn repr_str(_zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok("<Token.MISSING>".to_owned())
    }
}
