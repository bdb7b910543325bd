//! Arguments and values that all modules share.

use std::time::Duration;

use rustpython_vm::{
    AsObject, FromArgs, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyBytes, PyBytesRef, PyStr, PyStrRef},
    function::{ArgBytesLike, OptionalArg},
};

/// A string's UTF-8, or a ValueError for a lone surrogate.
pub(crate) fn utf8<'a>(text: &'a PyStr, vm: &VirtualMachine) -> PyResult<&'a str> {
    text.to_str()
        .ok_or_else(|| vm.new_value_error("a str with a lone surrogate cannot be encoded as UTF-8"))
}

/// The bytes of a str (as UTF-8) or of a bytes-like object.
pub(crate) fn str_or_bytes(value: &PyObject, what: &str, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    if let Some(text) = value.downcast_ref::<PyStr>() {
        return Ok(utf8(text, vm)?.as_bytes().to_vec());
    }
    bytes_like(value, vm).ok_or_else(|| {
        let class = value.class();
        vm.new_type_error(format!("{what} must be str or bytes, not {}", class.name()))
    })
}

/// A copy of the bytes of a bytes-like object.
pub(crate) fn bytes_like(value: &PyObject, vm: &VirtualMachine) -> Option<Vec<u8>> {
    if let Some(bytes) = value.downcast_ref::<PyBytes>() {
        return Some(bytes.as_bytes().to_vec());
    }
    let buffer = value.to_owned().try_into_value::<ArgBytesLike>(vm).ok()?;
    Some(buffer.borrow_buf().to_vec())
}

/// A duration in seconds, or None for no limit.
pub(crate) fn seconds(
    value: &PyObject,
    what: &str,
    vm: &VirtualMachine,
) -> PyResult<Option<Duration>> {
    if vm.is_none(value) {
        return Ok(None);
    }
    let number = value.to_owned().try_float(vm).map_err(|error| {
        if !error.fast_isinstance(vm.ctx.exceptions.type_error) {
            return error;
        }
        let class = value.class();
        vm.new_type_error(format!(
            "{what} must be a number of seconds or None, not {}",
            class.name()
        ))
    })?;
    // A timeout that is over before it began is one of zero seconds.
    let number = number.to_f64().max(0.0);
    Ok(Duration::try_from_secs_f64(number).ok())
}

/// A duration as a script sees it.
pub(crate) fn seconds_object(value: Option<Duration>, vm: &VirtualMachine) -> PyObjectRef {
    match value {
        Some(duration) => vm.ctx.new_float(duration.as_secs_f64()).into(),
        None => vm.ctx.none(),
    }
}

/// The argument unless it is missing or None.
pub(crate) fn given(value: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> Option<PyObjectRef> {
    value.into_option().filter(|value| !vm.is_none(value))
}

/// `get(key, default=None)`.
#[derive(FromArgs)]
pub(crate) struct KeyAndDefault {
    #[pyarg(any)]
    pub(crate) key: PyObjectRef,
    #[pyarg(any, optional, py_default = "None")]
    pub(crate) default: OptionalArg<PyObjectRef>,
}

/// `set(key, value=None)`.
#[derive(FromArgs)]
pub(crate) struct KeyAndValue {
    #[pyarg(any)]
    pub(crate) key: PyObjectRef,
    #[pyarg(any, optional, py_default = "None")]
    pub(crate) value: OptionalArg<PyObjectRef>,
}

/// A str object of text that is known to be UTF-8.
pub(crate) fn new_str(text: &str, vm: &VirtualMachine) -> PyStrRef {
    vm.ctx.new_str(text)
}

/// A bytes object.
pub(crate) fn new_bytes(data: impl Into<Vec<u8>>, vm: &VirtualMachine) -> PyBytesRef {
    vm.ctx.new_bytes(data.into())
}

/// A str object of header bytes: UTF-8 when they are, ISO-8859-1 otherwise, as httpx decodes them.
pub(crate) fn header_str(bytes: &[u8], vm: &VirtualMachine) -> PyStrRef {
    match std::str::from_utf8(bytes) {
        Ok(text) => vm.ctx.new_str(text),
        Err(_) => {
            let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
            vm.ctx.new_str(text)
        }
    }
}

/// The TypeError for an argument of another type than expected.
pub(crate) fn wrong_type(
    name: &str,
    expected: &str,
    value: &PyObject,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let class = value.class();
    vm.new_type_error(format!("{name} must be {expected}, not {}", class.name()))
}
