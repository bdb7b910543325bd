//! What `await future` iterates over.

use std::fmt;

use rustpython_vm::common::lock::PyMutex;
use rustpython_vm::function::OptionalArg;
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::protocol::PyIterReturn;
use rustpython_vm::types::{IterNext, Iterable, SelfIter};
use rustpython_vm::warn::warn;
use rustpython_vm::{Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

use super::Future;

/// Yields the future until it is done, then returns its result.
#[pyclass(module = "_asyncio", name = "FutureIter", traverse = "manual")]
#[derive(PyPayload)]
pub(crate) struct FutureIter {
    /// A Future or a Task; none once it was returned or closed.
    future: PyMutex<Option<PyRef<Future>>>,
}

impl fmt::Debug for FutureIter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FutureIter")
    }
}

// SAFETY: the future is visited once.
unsafe impl Traverse for FutureIter {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.future.traverse(visit);
    }
}

impl FutureIter {
    pub(super) fn new(future: PyRef<Future>) -> Self {
        Self {
            future: PyMutex::new(Some(future)),
        }
    }

    fn advance(&self, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        let Some(future) = self.future.lock().clone() else {
            return Ok(PyIterReturn::StopIteration(None));
        };
        if !future.is_pending() {
            let owned = self.future.lock().take();
            drop(owned);
            let value = Future::take_result(&future, vm)?;
            return Ok(PyIterReturn::StopIteration(Some(value)));
        }
        if future.set_blocking(true) {
            return Err(vm.new_runtime_error("await wasn't used with future"));
        }
        Ok(PyIterReturn::Return(future.into()))
    }

    fn finish(&self) {
        let owned = self.future.lock().take();
        drop(owned);
    }
}

fn warn_of_old_signature(vm: &VirtualMachine) -> PyResult<()> {
    let message = "the (type, exc, tb) signature of throw() is deprecated, \
                   use the single-arg signature instead.";
    let category = vm.ctx.exceptions.deprecation_warning.to_owned();
    warn(vm.ctx.new_str(message).into(), Some(category), 1, None, vm)
}

#[pyclass(with(IterNext, Iterable), flags(DISALLOW_INSTANTIATION))]
impl FutureIter {
    #[pymethod]
    fn send(zelf: &Py<Self>, _value: PyObjectRef, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        zelf.advance(vm)
    }

    #[pymethod]
    fn throw(
        zelf: &Py<Self>,
        exception: PyObjectRef,
        value: OptionalArg<PyObjectRef>,
        traceback: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<PyIterReturn> {
        if value.is_present() || traceback.is_present() {
            warn_of_old_signature(vm)?;
        }
        let (value, traceback) = (value.unwrap_or_none(vm), traceback.unwrap_or_none(vm));
        let thrown = vm.normalize_exception(exception, value, traceback)?;
        zelf.finish();
        Err(thrown)
    }

    #[pymethod]
    fn close(zelf: &Py<Self>) {
        zelf.finish();
    }
}

impl SelfIter for FutureIter {}

impl IterNext for FutureIter {
    fn next(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        zelf.advance(vm)
    }
}
