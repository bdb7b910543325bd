//! `contextvars.Context`.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use rustpython_vm::builtins::{PyList, PyType};
use rustpython_vm::common::lock::PyMutex;
use rustpython_vm::function::{FuncArgs, OptionalArg, PyComparisonValue};
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::protocol::{PyMappingMethods, PySequenceMethods};
use rustpython_vm::types::{
    AsMapping, AsSequence, Comparable, Constructor, Iterable, PyComparisonOp,
};
use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, atomic_func,
    pyclass,
};

use super::var::ContextVar;
use super::vars::Vars;

/// A mapping of ContextVars to their values.
#[pyclass(
    module = "_contextvars",
    name = "Context",
    unhashable = true,
    traverse = "manual"
)]
#[derive(PyPayload)]
pub(crate) struct Context {
    vars: PyMutex<Vars>,
    entered: AtomicBool,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context")
    }
}

// SAFETY: `Vars` visits each object that it owns at most once.
unsafe impl Traverse for Context {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.vars.traverse(visit);
    }
}

/// A context that is the current one of this thread until it is left.
pub(crate) struct Entered<'a> {
    context: &'a Py<Context>,
    vm: &'a VirtualMachine,
}

impl<'a> Entered<'a> {
    /// Makes `context` the current one. A context can be entered by one thread, and once.
    pub(crate) fn new(context: &'a Py<Context>, vm: &'a VirtualMachine) -> PyResult<Self> {
        if context.entered.swap(true, Ordering::AcqRel) {
            let message = format!(
                "cannot enter context: {} is already entered",
                context.as_object().repr(vm)?
            );
            return Err(vm.new_runtime_error(message));
        }
        vm.context_stack
            .borrow_mut()
            .push(context.to_owned().into());
        Ok(Self { context, vm })
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        // Released before it is dropped: the last reference may run Python code.
        let left = self.vm.context_stack.borrow_mut().pop();
        self.context.entered.store(false, Ordering::Release);
        drop(left);
    }
}

/// A copy of the calling thread's current context.
pub(crate) fn copy_current(vm: &VirtualMachine) -> PyRef<Context> {
    Context::with_current(vm, |current| Context::new(current.vars.lock().clone())).into_ref(&vm.ctx)
}

impl Context {
    fn new(vars: Vars) -> Self {
        Self {
            vars: PyMutex::new(vars),
            entered: AtomicBool::new(false),
        }
    }

    /// Calls `f` with the current context, which every thread has.
    pub(super) fn with_current<R>(vm: &VirtualMachine, f: impl FnOnce(&Py<Self>) -> R) -> R {
        let current = Self::current(vm);
        f(&current)
    }

    pub(super) fn current(vm: &VirtualMachine) -> PyRef<Self> {
        let mut stack = vm.context_stack.borrow_mut();
        if let Some(Ok(context)) = stack.last().cloned().map(PyObjectRef::downcast) {
            return context;
        }
        let base = Self::new(Vars::default());
        base.entered.store(true, Ordering::Release);
        let base = base.into_ref(&vm.ctx);
        stack.push(base.clone().into());
        base
    }

    pub(super) fn value_of(&self, var: &Py<ContextVar>) -> Option<PyObjectRef> {
        self.vars.lock().get(var).cloned()
    }

    pub(super) fn set_value(&self, var: &Py<ContextVar>, value: PyObjectRef) {
        let old = self.vars.lock().insert(var, value);
        drop(old);
    }

    pub(super) fn remove_value(&self, var: &Py<ContextVar>) {
        let old = self.vars.lock().remove(var);
        drop(old);
    }

    fn snapshot(&self) -> Vars {
        self.vars.lock().clone()
    }

    fn equals(&self, other: &Self, vm: &VirtualMachine) -> PyResult<bool> {
        let (left, right) = (self.snapshot(), other.snapshot());
        if left.len() != right.len() {
            return Ok(false);
        }
        for ((left_var, left), (right_var, right)) in left.iter().zip(right.iter()) {
            if !left_var.is(right_var) || !vm.identical_or_equal(left, right)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn subscript(&self, key: &PyObject, vm: &VirtualMachine) -> PyResult {
        let var = as_var(key, vm)?;
        self.value_of(var)
            .ok_or_else(|| vm.new_key_error(key.to_owned()))
    }
}

fn as_var<'a>(key: &'a PyObject, vm: &VirtualMachine) -> PyResult<&'a Py<ContextVar>> {
    match key.downcast_ref() {
        Some(var) => Ok(var),
        None => {
            let found = key.repr(vm)?;
            Err(vm.new_type_error(format!("a ContextVar key was expected, got {found}")))
        }
    }
}

#[pyclass(with(Constructor, AsMapping, AsSequence, Iterable, Comparable))]
impl Context {
    /// run(callable, *args, **kwargs): call it with this context as the current one.
    #[pymethod]
    fn run(zelf: &Py<Self>, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let Some(callable) = args.take_positional() else {
            return Err(vm.new_type_error("run() missing 1 required positional argument"));
        };
        let _entered = Entered::new(zelf, vm)?;
        callable.call(args, vm)
    }

    /// Return a shallow copy of the context object.
    #[pymethod]
    fn copy(zelf: &Py<Self>, vm: &VirtualMachine) -> PyRef<Self> {
        Self::new(zelf.snapshot()).into_ref(&vm.ctx)
    }

    /// Return the value for `key` if `key` has the value in the context object, else `default`.
    #[pymethod]
    fn get(
        zelf: &Py<Self>,
        key: PyObjectRef,
        default: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult {
        let value = zelf.value_of(as_var(&key, vm)?);
        Ok(value.unwrap_or_else(|| default.unwrap_or_none(vm)))
    }

    /// Return a list of all variables in the context object.
    #[pymethod]
    fn keys(zelf: &Py<Self>) -> Vec<PyObjectRef> {
        let vars = zelf.snapshot();
        vars.iter().map(|(var, _)| var.clone().into()).collect()
    }

    /// Return a list of all variables' values in the context object.
    #[pymethod]
    fn values(zelf: &Py<Self>) -> Vec<PyObjectRef> {
        let vars = zelf.snapshot();
        vars.iter().map(|(_, value)| value.clone()).collect()
    }

    /// Return a list of (variable, value) tuples of all variables in the context object.
    #[pymethod]
    fn items(zelf: &Py<Self>, vm: &VirtualMachine) -> Vec<PyObjectRef> {
        let vars = zelf.snapshot();
        let as_tuple = |(var, value): &(PyRef<ContextVar>, PyObjectRef)| {
            let pair = vec![var.clone().into(), value.clone()];
            vm.ctx.new_tuple(pair).into()
        };
        vars.iter().map(as_tuple).collect()
    }
}

impl Constructor for Context {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<Self> {
        if !args.is_empty() {
            return Err(vm.new_type_error("Context() does not accept any arguments"));
        }
        Ok(Self::new(Vars::default()))
    }
}

impl AsMapping for Context {
    fn as_mapping() -> &'static PyMappingMethods {
        static METHODS: PyMappingMethods = PyMappingMethods {
            length: atomic_func!(|mapping, _vm| {
                Ok(Context::mapping_downcast(mapping).vars.lock().len())
            }),
            subscript: atomic_func!(|mapping, key, vm| {
                Context::mapping_downcast(mapping).subscript(key, vm)
            }),
            ass_subscript: None,
        };
        &METHODS
    }
}

impl AsSequence for Context {
    fn as_sequence() -> &'static PySequenceMethods {
        static METHODS: PySequenceMethods = PySequenceMethods {
            contains: atomic_func!(|sequence, key, vm| {
                let var = as_var(key, vm)?;
                let context = Context::sequence_downcast(sequence);
                Ok(context.value_of(var).is_some())
            }),
            ..PySequenceMethods::NOT_IMPLEMENTED
        };
        &METHODS
    }
}

impl Iterable for Context {
    fn iter(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        <PyList as Iterable>::iter(vm.ctx.new_list(Self::keys(&zelf)), vm)
    }
}

impl Comparable for Context {
    fn cmp(
        zelf: &Py<Self>,
        other: &PyObject,
        op: PyComparisonOp,
        vm: &VirtualMachine,
    ) -> PyResult<PyComparisonValue> {
        let Some(other) = other.downcast_ref::<Self>() else {
            return Ok(PyComparisonValue::NotImplemented);
        };
        op.eq_only(|| Ok(PyComparisonValue::Implemented(zelf.equals(other, vm)?)))
    }
}
