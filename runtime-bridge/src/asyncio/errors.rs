//! asyncio's exceptions.

use rustpython_vm::builtins::{PyBaseException, PyBaseExceptionRef, PyDict, PyTypeRef};
use rustpython_vm::{AsObject as _, Py, PyObjectRef, PyResult, VirtualMachine};

fn class(name: &'static str, vm: &VirtualMachine) -> PyResult<PyTypeRef> {
    attribute("asyncio.exceptions", name, vm)?.try_into_value(vm)
}

/// An attribute of a module of the library, which is imported if it was not yet.
pub(crate) fn attribute(module: &'static str, name: &'static str, vm: &VirtualMachine) -> PyResult {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    if let Some(modules) = modules.downcast_ref::<PyDict>()
        && let Some(module) = modules.get_item_opt(module, vm)?
    {
        return module.get_attr(name, vm);
    }
    let names = vm.ctx.new_tuple(vec![vm.ctx.new_str(name).into()]);
    vm.import_from(module, names, 0)?.get_attr(name, vm)
}

/// A new `CancelledError`, with `message` as its argument unless that is None.
pub(crate) fn cancelled_error(
    message: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    match class("CancelledError", vm) {
        Ok(class) => {
            let message = message.filter(|it| !vm.is_none(it));
            vm.new_exception(class, message.into_iter().collect())
        }
        Err(error) => error,
    }
}

pub(crate) fn is_cancelled_error(exception: &Py<PyBaseException>, vm: &VirtualMachine) -> bool {
    class("CancelledError", vm).is_ok_and(|class| exception.fast_isinstance(&class))
}

pub(super) fn invalid_state(message: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match class("InvalidStateError", vm) {
        Ok(class) => vm.new_exception_msg(class, message.into()),
        Err(error) => error,
    }
}

/// Whether an exception must end the loop rather than be reported to its exception handler.
pub(crate) fn ends_the_loop(exception: &Py<PyBaseException>, vm: &VirtualMachine) -> bool {
    let exceptions = &vm.ctx.exceptions;
    exception.fast_isinstance(exceptions.keyboard_interrupt)
        || exception.fast_isinstance(exceptions.system_exit)
}
