//! Arguments that give header fields.

use rustpython_vm::{PyObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyDict};

use super::convert::str_or_bytes;
use crate::engine::http::headers::HeaderList;

/// The bytes of a field's name: str or bytes.
pub(crate) fn name_of(name: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    str_or_bytes(name, "a header name", vm)
}

/// The bytes of a field's value: str or bytes.
pub(crate) fn value_of(value: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    str_or_bytes(value, "a header value", vm)
}

/// The header fields of a mapping, of a multidict with `raw_items()`, or of pairs.
pub(crate) fn parse_fields(value: &PyObject, vm: &VirtualMachine) -> PyResult<HeaderList> {
    parse_fields_by(value, |_, value| value_of(value, vm), vm)
}

/// As [`parse_fields`]; `value_of` gets a field's name and makes its value's bytes.
pub(crate) fn parse_fields_by(
    value: &PyObject,
    value_of: impl Fn(&PyObject, &PyObject) -> PyResult<Vec<u8>>,
    vm: &VirtualMachine,
) -> PyResult<HeaderList> {
    let mut list = HeaderList::default();
    if let Some(dict) = value.downcast_ref::<PyDict>() {
        for (name, value) in dict {
            list.append(&name_of(&name, vm)?, &value_of(&name, &value)?);
        }
        return Ok(list);
    }
    let pairs: Vec<PyObjectRef> = items_of(value, vm)?.try_to_value(vm)?;
    for pair in pairs {
        let pair: Vec<PyObjectRef> = pair.try_to_value(vm)?;
        let [name, value] = &pair[..] else {
            return Err(vm.new_value_error("headers must be a mapping or pairs"));
        };
        list.append(&name_of(name, vm)?, &value_of(name, value)?);
    }
    Ok(list)
}

/// What to iterate over for pairs.
pub(crate) fn items_of(value: &PyObject, vm: &VirtualMachine) -> PyResult {
    for method in ["raw_items", "items"] {
        if let Some(method) = vm.get_attribute_opt(value, method)? {
            return method.call((), vm);
        }
    }
    Ok(value.to_owned())
}
