//! `httpx.Request`, as a response and an exception show it.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, Method};
use rustpython_vm::{
    Py, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyStrRef, PyType},
    common::lock::PyMutex,
    pyclass,
    types::Representable,
};

use super::headers::Headers;
use super::url::Url;
use crate::engine::http::Url as EngineUrl;
use crate::engine::http::headers::HeaderList;
use crate::modules::convert::new_str;

/// What was asked for; shared by a response and the exceptions about it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) url: EngineUrl,
    pub(super) headers: HeaderMap,
}

/// The request of a response: method, url and headers.
#[pyclass(module = "httpx", name = "Request")]
#[derive(PyPayload)]
pub(super) struct Request {
    asked: Arc<Asked>,
    headers: PyMutex<Option<PyRef<Headers>>>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Request")
    }
}

impl Request {
    pub(super) fn asked(&self) -> &Arc<Asked> {
        &self.asked
    }

    pub(super) fn object(asked: &Arc<Asked>, vm: &VirtualMachine) -> PyRef<Self> {
        let request = Self {
            asked: asked.clone(),
            headers: PyMutex::default(),
        };
        request.into_ref(&vm.ctx)
    }
}

#[pyclass(
    with(Representable),
    flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl Request {
    /// The method, in upper case.
    #[pygetset]
    fn method(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        new_str(zelf.asked.method.as_str(), vm)
    }

    /// The URL that was asked for.
    #[pygetset]
    fn url(zelf: &Py<Self>, vm: &VirtualMachine) -> PyRef<Url> {
        Url::from(zelf.asked.url.clone()).into_ref(&vm.ctx)
    }

    /// The header fields, less those that the transport added.
    #[pygetset]
    fn headers(zelf: &Py<Self>, vm: &VirtualMachine) -> PyRef<Headers> {
        let mut headers = zelf.headers.lock();
        let make = || Headers::from(HeaderList::from(&zelf.asked.headers)).into_ref(&vm.ctx);
        headers.get_or_insert_with(make).clone()
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}

impl Representable for Request {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        let asked = &zelf.asked;
        Ok(format!(
            "<Request('{}', '{}')>",
            asked.method,
            asked.url.redacted()
        ))
    }
}
