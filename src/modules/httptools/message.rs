//! What `httptools.parse_request` and `httptools.parse_response` return.

use std::fmt;

use rustpython_vm::{
    AsObject, Py, PyObject, PyPayload, PyResult, VirtualMachine,
    builtins::{PyBytesRef, PyDictRef, PyStrRef},
    pyclass,
    types::Representable,
};

use super::errors;
use crate::engine::http1::{self, message::Fields};
use crate::modules::convert::{bytes_like, header_str, new_bytes, new_str};

/// A parsed request.
#[pyclass(module = "httptools", name = "ParsedRequest")]
#[derive(PyPayload)]
pub(super) struct ParsedRequest {
    method: PyStrRef,
    path: PyStrRef,
    version: &'static str,
    headers: PyDictRef,
    body: PyBytesRef,
}

/// A parsed response.
#[pyclass(module = "httptools", name = "ParsedResponse")]
#[derive(PyPayload)]
pub(super) struct ParsedResponse {
    status_code: u16,
    reason: PyStrRef,
    version: &'static str,
    headers: PyDictRef,
    body: PyBytesRef,
}

impl fmt::Debug for ParsedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParsedRequest")
    }
}

impl fmt::Debug for ParsedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParsedResponse")
    }
}

pub(super) fn parse_request(data: &PyObject, vm: &VirtualMachine) -> PyResult<ParsedRequest> {
    let data = message_bytes(data, "a request", vm)?;
    let request = http1::parse_request(&data).map_err(|error| errors::of_message(&error, vm))?;
    Ok(ParsedRequest {
        method: new_str(request.method, vm),
        path: new_str(&request.path, vm),
        version: version(request.minor_version),
        headers: headers(&request.headers, vm)?,
        body: new_bytes(request.body, vm),
    })
}

pub(super) fn parse_response(data: &PyObject, vm: &VirtualMachine) -> PyResult<ParsedResponse> {
    let data = message_bytes(data, "a response", vm)?;
    let response = http1::parse_response(&data).map_err(|error| errors::of_message(&error, vm))?;
    Ok(ParsedResponse {
        status_code: response.status_code,
        reason: header_str(&response.reason, vm),
        version: version(response.minor_version),
        headers: headers(&response.headers, vm)?,
        body: new_bytes(response.body, vm),
    })
}

fn message_bytes(data: &PyObject, what: &str, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    bytes_like(data, vm).ok_or_else(|| {
        let class = data.class();
        vm.new_type_error(format!("{what} must be bytes-like, not {}", class.name()))
    })
}

fn version(minor: u8) -> &'static str {
    if minor == 0 { "HTTP/1.0" } else { "HTTP/1.1" }
}

/// Names as they were sent; the values of a repeated name are joined (RFC 9110, 5.2).
fn headers(fields: &Fields, vm: &VirtualMachine) -> PyResult<PyDictRef> {
    let mut merged: Vec<(&str, Vec<u8>)> = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let known = merged
            .iter_mut()
            .find(|(it, _)| it.eq_ignore_ascii_case(name));
        match known {
            Some((_, values)) => {
                values.extend_from_slice(b", ");
                values.extend_from_slice(value);
            }
            None => merged.push((name, value.clone())),
        }
    }
    let dict = vm.ctx.new_dict();
    for (name, value) in merged {
        dict.set_item(name, header_str(&value, vm).into(), vm)?;
    }
    Ok(dict)
}

#[pyclass(
    with(Representable),
    flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl ParsedRequest {
    /// The method.
    #[pygetset]
    fn method(zelf: &Py<Self>) -> PyStrRef {
        zelf.method.clone()
    }

    /// The request target.
    #[pygetset]
    fn path(zelf: &Py<Self>) -> PyStrRef {
        zelf.path.clone()
    }

    /// The version: "HTTP/1.1".
    #[pygetset]
    fn version(zelf: &Py<Self>) -> &'static str {
        zelf.version
    }

    /// The header fields, a dict; names as they were sent.
    #[pygetset]
    fn headers(zelf: &Py<Self>) -> PyDictRef {
        zelf.headers.clone()
    }

    /// The body, as bytes.
    #[pygetset]
    fn body(zelf: &Py<Self>) -> PyBytesRef {
        zelf.body.clone()
    }
}

impl Representable for ParsedRequest {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let path = zelf.path.as_object().repr(vm)?;
        Ok(format!("<ParsedRequest {} {path}>", zelf.method))
    }
}

#[pyclass(
    with(Representable),
    flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl ParsedResponse {
    /// The status code, an int.
    #[pygetset]
    fn status_code(zelf: &Py<Self>) -> u16 {
        zelf.status_code
    }

    /// The reason phrase.
    #[pygetset]
    fn reason(zelf: &Py<Self>) -> PyStrRef {
        zelf.reason.clone()
    }

    /// The version: "HTTP/1.1".
    #[pygetset]
    fn version(zelf: &Py<Self>) -> &'static str {
        zelf.version
    }

    /// The header fields, a dict; names as they were sent.
    #[pygetset]
    fn headers(zelf: &Py<Self>) -> PyDictRef {
        zelf.headers.clone()
    }

    /// The body, as bytes.
    #[pygetset]
    fn body(zelf: &Py<Self>) -> PyBytesRef {
        zelf.body.clone()
    }
}

impl Representable for ParsedResponse {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok(format!("<ParsedResponse [{}]>", zelf.status_code))
    }
}
