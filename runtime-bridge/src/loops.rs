//! Reaching an event loop from wherever one is.

use rustpython_vm::{AsObject as _, PyObjectRef, PyResult, VirtualMachine, function::IntoFuncArgs};

/// Whether the calling thread runs `event_loop`.
pub(crate) fn is_running_here(event_loop: &PyObjectRef, vm: &VirtualMachine) -> bool {
    let running = vm.asyncio_running_loop.borrow();
    running.as_ref().is_some_and(|it| it.is(event_loop))
}

pub(crate) fn is_closed(event_loop: &PyObjectRef, vm: &VirtualMachine) -> PyResult<bool> {
    vm.call_method(event_loop, "is_closed", ())?.try_to_bool(vm)
}

/// The callback and its arguments. Nothing is left to be called on a loop that is closed.
pub(crate) fn call_soon_threadsafe(
    event_loop: &PyObjectRef,
    call: impl IntoFuncArgs,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if is_closed(event_loop, vm)? {
        return Ok(());
    }
    vm.call_method(event_loop, "call_soon_threadsafe", call)
        .map(drop)
}
