//! What `httptools.parse_url` returns.

use std::fmt;

use rustpython_vm::{
    Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine, builtins::PyStr, pyclass,
    types::Representable,
};

use super::errors::invalid_url;
use crate::engine::http1;
use crate::modules::convert::{bytes_like, new_bytes, new_str, utf8};

/// The parts of a URL.
#[pyclass(module = "httptools", name = "URL")]
#[derive(PyPayload)]
pub(super) struct ParsedUrl {
    scheme: PyObjectRef,
    userinfo: PyObjectRef,
    host: PyObjectRef,
    port: Option<u16>,
    path: PyObjectRef,
    query: PyObjectRef,
    fragment: PyObjectRef,
}

impl fmt::Debug for ParsedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("URL")
    }
}

/// Cuts a str or a bytes-like object.
pub(super) fn parse(url: &PyObject, vm: &VirtualMachine) -> PyResult<ParsedUrl> {
    if let Some(text) = url.downcast_ref::<PyStr>() {
        let str_part = |part: &str| new_str(part, vm).into();
        return split(utf8(text, vm)?, str_part, vm);
    }
    let Some(bytes) = bytes_like(url, vm) else {
        let class = url.class();
        let message = format!("a URL must be str or bytes, not {}", class.name());
        return Err(vm.new_type_error(message));
    };
    let text = std::str::from_utf8(&bytes).map_err(|error| invalid_url(&error, vm))?;
    split(text, |part| new_bytes(part, vm).into(), vm)
}

fn split(
    text: &str,
    part: impl Fn(&str) -> PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<ParsedUrl> {
    let url = http1::parse_url(text).map_err(|error| invalid_url(&error, vm))?;
    let part = |value: Option<&str>| value.map_or_else(|| vm.ctx.none(), &part);
    Ok(ParsedUrl {
        scheme: part(url.scheme),
        userinfo: part(url.userinfo),
        host: part(url.host),
        port: url.port,
        path: part(url.path),
        query: part(url.query),
        fragment: part(url.fragment),
    })
}

#[pyclass(
    with(Representable),
    flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl ParsedUrl {
    /// What comes before "://".
    #[pygetset]
    fn scheme(zelf: &Py<Self>) -> PyObjectRef {
        zelf.scheme.clone()
    }

    /// The scheme, under the name that httptools gives it.
    #[pygetset]
    fn schema(zelf: &Py<Self>) -> PyObjectRef {
        zelf.scheme.clone()
    }

    /// What comes before "@".
    #[pygetset]
    fn userinfo(zelf: &Py<Self>) -> PyObjectRef {
        zelf.userinfo.clone()
    }

    /// The host; an IPv6 address without its brackets.
    #[pygetset]
    fn host(zelf: &Py<Self>) -> PyObjectRef {
        zelf.host.clone()
    }

    /// The port, an int.
    #[pygetset]
    fn port(zelf: &Py<Self>) -> Option<u16> {
        zelf.port
    }

    /// The path, not decoded.
    #[pygetset]
    fn path(zelf: &Py<Self>) -> PyObjectRef {
        zelf.path.clone()
    }

    /// What comes after "?".
    #[pygetset]
    fn query(zelf: &Py<Self>) -> PyObjectRef {
        zelf.query.clone()
    }

    /// What comes after "#".
    #[pygetset]
    fn fragment(zelf: &Py<Self>) -> PyObjectRef {
        zelf.fragment.clone()
    }
}

impl Representable for ParsedUrl {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let port = zelf.port.map_or("None".to_owned(), |port| port.to_string());
        // The userinfo may hold a password.
        Ok(format!(
            "<URL schema: {}, host: {}, port: {port}, path: {}, query: {}, fragment: {}>",
            zelf.scheme.repr(vm)?,
            zelf.host.repr(vm)?,
            zelf.path.repr(vm)?,
            zelf.query.repr(vm)?,
            zelf.fragment.repr(vm)?,
        ))
    }
}
