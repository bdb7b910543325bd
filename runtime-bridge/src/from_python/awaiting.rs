//! A Python awaitable, driven by hand: what `await` does in bytecode.

use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyCoroutine, PyGenerator},
    bytecode::CodeFlags,
    identifier,
    protocol::{PyIter, PyIterReturn},
};

use crate::from_python::exchange::Resume;

/// The iterator of an awaitable.
pub(crate) struct Awaiting(PyObjectRef);

impl Awaiting {
    /// What `await` asks of its operand.
    pub(crate) fn new(awaitable: PyObjectRef, vm: &VirtualMachine) -> PyResult<Self> {
        if is_coroutine(&awaitable) {
            check_not_awaited(&awaitable, vm)?;
            return Ok(Self(awaitable));
        }
        let name = identifier!(vm, __await__);
        if awaitable.class().get_attr(name).is_none() {
            let class = awaitable.class().name().to_string();
            return Err(vm.new_type_error(format!("'{class}' object can't be awaited")));
        }
        let iterator = vm.call_special_method(&awaitable, name, ())?;
        if is_coroutine(&iterator) {
            return Err(vm.new_type_error("__await__() returned a coroutine"));
        }
        if !PyIter::check(&iterator) {
            let class = iterator.class().name().to_string();
            let message = format!("__await__() returned non-iterator of type '{class}'");
            return Err(vm.new_type_error(message));
        }
        Ok(Self(iterator))
    }

    pub(crate) fn resume(&self, resume: Resume, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        match resume {
            Resume::Send(value) => self.send(value, vm),
            Resume::Throw(exception) => self.throw(exception, vm),
        }
    }

    fn send(&self, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        if let Some(coroutine) = self.0.downcast_ref::<PyCoroutine>() {
            return coroutine.as_coro().send(&self.0, value, vm);
        }
        if vm.is_none(&value) && PyIter::check(&self.0) {
            return PyIter::new(self.0.as_object()).next(vm);
        }
        PyIterReturn::from_pyresult(vm.call_method(&self.0, "send", (value,)), vm)
    }

    /// An iterator that takes no exceptions lets them through.
    fn throw(&self, exception: PyBaseExceptionRef, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        match vm.get_attribute_opt(&self.0, vm.ctx.intern_str("throw"))? {
            Some(throw) => PyIterReturn::from_pyresult(throw.call((exception,), vm), vm),
            None => Err(exception),
        }
    }

    /// Ends what was not awaited to its end. What goes wrong is reported, as nobody is there to
    /// catch it.
    pub(crate) fn close(&self, vm: &VirtualMachine) {
        close(&self.0, vm);
    }
}

/// Closes an awaitable that nobody is going to await: a coroutine, or what behaves like one.
pub(crate) fn close_unawaited(awaitable: &PyObjectRef, vm: &VirtualMachine) {
    let has = |name| matches!(vm.get_attribute_opt(awaitable, name), Ok(Some(_)));
    if is_coroutine(awaitable) || has(vm.ctx.intern_str("throw")) {
        close(awaitable, vm);
    }
}

fn close(object: &PyObjectRef, vm: &VirtualMachine) {
    let closed = match vm.get_attribute_opt(object, vm.ctx.intern_str("close")) {
        Ok(Some(close)) => close.call((), vm),
        Ok(None) => return,
        Err(exception) => Err(exception),
    };
    if let Err(exception) = closed {
        vm.run_unraisable(exception, None, object.clone());
    }
}

fn is_coroutine(object: &PyObjectRef) -> bool {
    let is_iterable_coroutine = |generator: &Py<PyGenerator>| {
        let flags = generator.as_coro().code().flags;
        flags.contains(CodeFlags::ITERABLE_COROUTINE)
    };
    object.downcast_ref::<PyCoroutine>().is_some()
        || object
            .downcast_ref::<PyGenerator>()
            .is_some_and(is_iterable_coroutine)
}

fn check_not_awaited(coroutine: &PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    let is_suspended = |it: &Py<PyCoroutine>| it.as_coro().suspended();
    if !coroutine
        .downcast_ref::<PyCoroutine>()
        .is_some_and(is_suspended)
    {
        return Ok(());
    }
    let awaited = coroutine.get_attr("cr_await", vm)?;
    if vm.is_none(&awaited) {
        return Ok(());
    }
    Err(vm.new_runtime_error("coroutine is being awaited already"))
}
