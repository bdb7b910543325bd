//! `httpx.Request`.

mod engine;
mod extensions;
mod init;
mod method;
mod pickle;
mod trace_info;

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use runtime_bridge::Coroutine;
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBytesRef, PyType},
    common::lock::PyMutex,
    function::PySetterValue,
    pyclass,
    types::{Constructor, Initializer, Representable},
};

use super::headers::Headers;
use super::stream_read::{collect, join};
use super::streams;
use super::url::Url;
use super::{exceptions, with_vm};
use crate::engine::http::{Head, Options, Timeouts};
use crate::modules::convert::{new_bytes, new_str};

pub(super) use engine::to_engine;
pub(super) use extensions::{complete, timeout_dict};
pub(super) use init::copied;
pub(super) use method::parse_method;

/// Request(method, url, *, params=None, headers=None, cookies=None, content=None, data=None,
/// files=None, json=None, stream=None, extensions=None): an HTTP request.
///
/// `content=`, `data=`, `files=` and `json=` add the header fields that describe the body, and
/// Host; `stream=` adds none.
#[pyclass(module = "httpx", name = "Request", traverse = "manual")]
#[derive(PyPayload, Default)]
pub(super) struct Request {
    fields: PyMutex<Fields>,
    origin: OnceLock<Origin>,
}

/// The attributes. One that is `None` is what the origin says, made when it is asked for.
#[derive(Default)]
struct Fields {
    method: Option<PyObjectRef>,
    url: Option<PyObjectRef>,
    headers: Option<PyObjectRef>,
    extensions: Option<PyObjectRef>,
    stream: Option<PyObjectRef>,
    content: Option<PyBytesRef>,
}

/// The engine's request that the object shows. Not the `Sent` itself, which owns the object.
struct Origin {
    head: Arc<Head>,
    content: Option<Bytes>,
    timeouts: Timeouts,
    options: Option<Arc<Options>>,
}

// SAFETY: every object that the fields hold is visited once.
unsafe impl Traverse for Request {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        let Some(fields) = self.fields.try_lock() else {
            return;
        };
        let Fields {
            method,
            url,
            headers,
            extensions,
            stream,
            content,
        } = &*fields;
        for field in [method, url, headers, extensions, stream] {
            field.traverse(visit);
        }
        content.traverse(visit);
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Request")
    }
}

type Field = fn(&mut Fields) -> &mut Option<PyObjectRef>;

impl Request {
    /// The attribute, made from the origin at first use.
    fn field(
        &self,
        field: Field,
        make: impl FnOnce(Option<&Origin>) -> PyResult<PyObjectRef>,
    ) -> PyResult {
        if let Some(value) = field(&mut self.fields.lock()) {
            return Ok(value.clone());
        }
        // Not under the lock: making it may run Python code.
        let made = make(self.origin.get())?;
        Ok(field(&mut self.fields.lock()).get_or_insert(made).clone())
    }

    fn set(&self, field: Field, value: PySetterValue) {
        let value = match value {
            PySetterValue::Assign(value) => Some(value),
            PySetterValue::Delete => None,
        };
        let old = std::mem::replace(field(&mut self.fields.lock()), value);
        drop(old);
    }

    /// The body, if it is in memory.
    fn held(&self, vm: &VirtualMachine) -> Option<PyBytesRef> {
        let mut fields = self.fields.lock();
        if fields.content.is_none() {
            let content = self.origin.get()?.content.as_ref()?;
            fields.content = Some(new_bytes(content.clone(), vm));
        }
        fields.content.clone()
    }

    /// Keeps a body that was read from a stream, which can then be sent again.
    fn hold(&self, content: &PyBytesRef) {
        let mut fields = self.fields.lock();
        fields.content = Some(content.clone());
        let old = fields.stream.take();
        drop(fields);
        drop(old);
    }

    fn stream_object(&self, vm: &VirtualMachine) -> PyResult {
        self.field(
            |fields| &mut fields.stream,
            |_| match self.held(vm) {
                Some(content) => streams::of_bytes(content, vm),
                None => streams::unattached(vm),
            },
        )
    }
}

impl Constructor for Request {
    type Args = rustpython_vm::function::FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: Self::Args, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

#[pyclass(
    with(Constructor, Initializer, Representable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Request {
    /// The method, in upper case.
    #[pygetset]
    fn method(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.field(
            |fields| &mut fields.method,
            |origin| {
                let method = origin.map_or("", |origin| origin.head.method.as_str());
                Ok(new_str(method, vm).into())
            },
        )
    }

    #[pygetset(setter)]
    fn set_method(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.method, value);
    }

    /// The URL that is asked for.
    #[pygetset]
    fn url(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.field(
            |fields| &mut fields.url,
            |origin| {
                let url = match origin {
                    Some(origin) => origin.head.url.clone(),
                    None => super::url::parse_str("", vm)?,
                };
                Ok(Url::from(url).into_ref(&vm.ctx).into())
            },
        )
    }

    #[pygetset(setter)]
    fn set_url(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.url, value);
    }

    /// The header fields.
    #[pygetset]
    fn headers(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.field(
            |fields| &mut fields.headers,
            |origin| {
                let list = origin.map(|origin| origin.head.headers.clone());
                let headers = Headers::from(list.unwrap_or_default());
                Ok(headers.into_ref(&vm.ctx).into())
            },
        )
    }

    #[pygetset(setter)]
    fn set_headers(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.headers, value);
    }

    /// What is said beyond HTTP: timeout, sni_hostname, target, trace.
    #[pygetset]
    fn extensions(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.field(
            |fields| &mut fields.extensions,
            |origin| match origin {
                Some(origin) => extensions::shown(origin.timeouts, origin.options.as_deref(), vm),
                None => Ok(vm.ctx.new_dict().into()),
            },
        )
    }

    #[pygetset(setter)]
    fn set_extensions(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.extensions, value);
    }

    /// What the body is read from when it is sent.
    #[pygetset]
    fn stream(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.stream_object(vm)
    }

    #[pygetset(setter)]
    fn set_stream(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.stream, value);
    }

    /// The body. RequestNotRead while a streamed one was not read.
    #[pygetset]
    fn content(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        zelf.held(vm)
            .ok_or_else(|| exceptions::stream_error("RequestNotRead", vm))
    }

    /// Reads the body and returns it.
    #[pymethod]
    fn read(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        if let Some(content) = zelf.held(vm) {
            return Ok(content);
        }
        let content = join(&*zelf.stream_object(vm)?, vm)?;
        zelf.hold(&content);
        Ok(content)
    }

    /// Reads the body and returns it; await it.
    #[pymethod]
    fn aread(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("Request.aread", async move {
            if let Some(content) = with_vm(|vm| zelf.held(vm)) {
                return Ok(content.into());
            }
            let stream = with_vm(|vm| zelf.stream_object(vm))?;
            let content = collect(stream).await?;
            zelf.hold(&content);
            Ok(content.into())
        })
    }

    #[pymethod]
    fn __getstate__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        pickle::state(zelf, vm)
    }

    #[pymethod]
    fn __setstate__(zelf: &Py<Self>, state: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        pickle::restore(zelf, &state, vm)
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        super::pickling::reduce(zelf.as_object(), vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}

impl Representable for Request {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let method = Self::method(zelf, vm)?.repr(vm)?;
        let url = shown_url(&Self::url(zelf, vm)?, vm)?.repr(vm)?;
        Ok(format!("<{}({method}, {url})>", zelf.class().name()))
    }
}

/// A URL for a person to read. Unlike httpx's, it shows no password.
fn shown_url(url: &PyObjectRef, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    match url.downcast_ref::<Url>() {
        Some(url) => Ok(new_str(&url.engine().redacted(), vm).into()),
        None => Ok(url.str(vm)?.into()),
    }
}
