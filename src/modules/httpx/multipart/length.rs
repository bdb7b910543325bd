//! How long a file-like object is.

use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyInt},
};

/// `os.SEEK_END`.
const SEEK_END: i32 = 2;

/// The whole length in bytes: of the file that the object stands for, or else what seeking to its
/// end says. `None` for an object that can do neither.
pub(in crate::modules::httpx) fn of(file: &PyObject, vm: &VirtualMachine) -> PyResult<Option<u64>> {
    let length = match of_descriptor(file, vm) {
        Err(error) if is_missing(&error, vm) => of_seekable(file, vm),
        other => other,
    };
    match length {
        Err(error) if is_missing(&error, vm) => Ok(None),
        Ok(length) => match length.downcast_ref::<PyInt>() {
            Some(length) => length.try_to_primitive(vm).map(Some),
            None => Ok(None),
        },
        Err(error) => Err(error),
    }
}

fn of_descriptor(file: &PyObject, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    let descriptor = vm.call_method(file, "fileno", ())?;
    let os = vm.import("os", 0)?;
    let status = vm.call_method(&os, "fstat", (descriptor,))?;
    status.get_attr("st_size", vm)
}

fn of_seekable(file: &PyObject, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    let offset = vm.call_method(file, "tell", ())?;
    let length = vm.call_method(file, "seek", (0, SEEK_END))?;
    vm.call_method(file, "seek", (offset,))?;
    Ok(length)
}

/// The object has no such method, or cannot do it.
fn is_missing(error: &PyBaseExceptionRef, vm: &VirtualMachine) -> bool {
    error.fast_isinstance(vm.ctx.exceptions.attribute_error)
        || error.fast_isinstance(vm.ctx.exceptions.os_error)
}
