//! What waits in the loop's queue and among its timers.

use rustpython_vm::{PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::handle::Handle;
use crate::asyncio::Ready;

/// Something that the loop is to call.
pub(super) enum Entry {
    /// Of `call_soon` and its kin.
    Native(PyRef<Handle>),
    /// An `asyncio.Handle`: of the selector's Python code, or made in debug mode.
    Python(PyObjectRef),
    /// Of a future or a task: nobody holds a handle of it.
    Ready(Ready),
}

impl Entry {
    pub(super) fn is_cancelled(&self, vm: &VirtualMachine) -> PyResult<bool> {
        match self {
            Self::Native(handle) => Ok(handle.is_cancelled()),
            Self::Python(handle) => handle.get_attr("_cancelled", vm)?.try_to_bool(vm),
            Self::Ready(_) => Ok(false),
        }
    }

    /// A timer leaves the heap for the queue.
    pub(super) fn set_due(&self, vm: &VirtualMachine) -> PyResult<()> {
        match self {
            Self::Native(handle) => {
                handle.set_due();
                Ok(())
            }
            Self::Python(handle) => handle.set_attr("_scheduled", vm.ctx.new_bool(false), vm),
            Self::Ready(_) => Ok(()),
        }
    }

    /// Calls it, unless it was cancelled.
    pub(super) fn run(
        &self,
        event_loop: &rustpython_vm::PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        match self {
            Self::Ready(ready) => ready.run_reporting(event_loop, vm),
            Self::Native(handle) if handle.is_cancelled() => Ok(()),
            Self::Native(handle) => Handle::run(handle, vm),
            Self::Python(_) if self.is_cancelled(vm)? => Ok(()),
            Self::Python(handle) => vm.call_method(handle, "_run", ()).map(drop),
        }
    }

    /// The handle that a warning about it names.
    pub(super) fn handle(
        &self,
        event_loop: &rustpython_vm::PyObject,
        vm: &VirtualMachine,
    ) -> PyObjectRef {
        match self {
            Self::Native(handle) => handle.clone().into(),
            Self::Python(handle) => handle.clone(),
            Self::Ready(ready) => Handle::of_ready(ready.clone(), event_loop, vm).into(),
        }
    }
}
