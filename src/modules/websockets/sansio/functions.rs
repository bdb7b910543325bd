//! Functions that `websockets.utils`, `.frames` and `.datastructures` use.

use rustpython_vm::{
    PyObject, PyResult, VirtualMachine, builtins::PyBytesRef, function::ArgBytesLike,
};

use super::frame::{Frame, opcode_number};
use crate::engine::ws;
use crate::modules::convert::{bytes_like, new_bytes, wrong_type};
use crate::modules::websockets::exceptions::protocol_error;

/// Whether a header field may have this value: ISO 8859-1 without control characters but for tabs.
pub(in super::super) fn is_field_value(value: &[u8]) -> bool {
    // In UTF-8 the characters up to U+00FF are one byte, or start with C2 or C3; those below
    // U+00A0 are allowed too, as obs-text of RFC 9110 section 5.5.
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        let allowed = match byte {
            b'\t' | b' '..=b'~' => true,
            0xc2 | 0xc3 => bytes.next().is_some(),
            _ => false,
        };
        if !allowed {
            return false;
        }
    }
    true
}

/// Masks or unmasks data.
pub(in super::super) fn apply_mask(
    data: &PyObject,
    key: &ArgBytesLike,
    vm: &VirtualMachine,
) -> PyResult<PyBytesRef> {
    let key = mask_key(&key.borrow_buf(), vm)?;
    let mut data = contiguous(data, vm)?;
    ws::apply_mask(&mut data, key, 0);
    Ok(new_bytes(data, vm))
}

/// Bytes, perhaps of a memoryview with strides.
fn contiguous(data: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    if let Some(data) = bytes_like(data, vm) {
        return Ok(data);
    }
    let Some(to_bytes) = vm.get_attribute_opt(data, "tobytes")? else {
        return Err(wrong_type("data", "bytes-like", data, vm));
    };
    let bytes = to_bytes.call((), vm)?;
    bytes_like(&bytes, vm).ok_or_else(|| wrong_type("data", "bytes-like", data, vm))
}

fn mask_key(key: &[u8], vm: &VirtualMachine) -> PyResult<[u8; 4]> {
    let wrong = |_| vm.new_value_error("mask must contain 4 bytes");
    <[u8; 4]>::try_from(key).map_err(wrong)
}

/// A frame as bytes, masked if there is a key.
pub(in super::super) fn serialize_frame(
    frame: &PyObject,
    key: Option<ArgBytesLike>,
    vm: &VirtualMachine,
) -> PyResult<PyBytesRef> {
    let fields = Frame::fields_of(frame, vm)?;
    let opcode = opcode_number(&fields.opcode, vm)?;
    let data = &fields.data;
    let payload = bytes_like(data, vm).ok_or_else(|| wrong_type("data", "bytes-like", data, vm));
    let key = key.map(|key| mask_key(&key.borrow_buf(), vm)).transpose()?;
    let frame = ws::serialize_frame(opcode, fields.fin, fields.rsv, key, &payload?);
    let frame = frame.ok_or_else(|| protocol_error("invalid opcode", vm))?;
    Ok(new_bytes(frame, vm))
}
