//! `httpx.Response`.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version, header};
use runtime_bridge::{Coroutine, block_on};
use rustpython_vm::{
    FromArgs, Py, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBytesRef, PyStrRef, PyType},
    common::lock::PyMutex,
    function::{FuncArgs, PySetterValue},
    pyclass,
    types::Representable,
};

use super::content::Content;
use super::exceptions::{self, status_error};
use super::headers::Headers;
use super::request::Request;
use super::stream::{AsyncByteIterator, ByteIterator, Chunks};
use super::url::Url;
use super::{text, with_vm};
use crate::engine::http as engine_http;
use crate::engine::http::headers::HeaderList;
use crate::modules::convert::new_str;
use crate::modules::json;

/// A response: its status, header fields and content.
#[pyclass(module = "httpx", name = "Response")]
#[derive(PyPayload)]
pub(super) struct Response {
    request: PyRef<Request>,
    status: StatusCode,
    version: Version,
    reason: Option<Bytes>,
    fields: HeaderMap,
    headers: PyMutex<Option<PyRef<Headers>>>,
    content: Content,
    default_encoding: Option<Arc<str>>,
    encoding: PyMutex<Option<PyStrRef>>,
    text: PyMutex<Option<PyStrRef>>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({})", self.status.as_u16())
    }
}

impl Response {
    pub(super) fn new(
        response: engine_http::Response,
        request: PyRef<Request>,
        default_encoding: Option<Arc<str>>,
    ) -> Self {
        let reason = response
            .reason
            .map(|it| Bytes::copy_from_slice(it.as_bytes()));
        Self {
            content: Content::new(response.body, request.clone()),
            request,
            status: response.status,
            version: response.version,
            reason,
            fields: response.headers,
            headers: PyMutex::default(),
            default_encoding,
            encoding: PyMutex::default(),
            text: PyMutex::default(),
        }
    }

    pub(super) fn body(&self) -> &Content {
        &self.content
    }

    fn header(&self, name: header::HeaderName) -> Option<String> {
        let value = self.fields.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    fn charset(&self) -> Option<String> {
        let content_type = self.header(header::CONTENT_TYPE)?;
        text::charset(&content_type).map(str::to_ascii_lowercase)
    }

    fn encoding_name(&self, vm: &VirtualMachine) -> PyStrRef {
        if let Some(encoding) = &*self.encoding.lock() {
            return encoding.clone();
        }
        let known = self.charset().filter(|charset| text::is_known(charset, vm));
        let default = || {
            self.default_encoding
                .as_deref()
                .unwrap_or("utf-8")
                .to_owned()
        };
        new_str(&known.unwrap_or_else(default), vm)
    }

    fn content_or_error(&self, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        self.content
            .bytes()
            .ok_or_else(|| exceptions::stream_error("ResponseNotRead", vm))
    }

    fn reason_text(&self) -> String {
        match &self.reason {
            Some(reason) => String::from_utf8_lossy(reason).into_owned(),
            None => self.status.canonical_reason().unwrap_or("").to_owned(),
        }
    }

    fn is_class(&self, hundreds: u16) -> bool {
        self.status.as_u16() / 100 == hundreds
    }

    fn status_message(&self) -> String {
        let kind = match self.status.as_u16() / 100 {
            1 => "Informational response",
            3 => "Redirect response",
            4 => "Client error",
            5 => "Server error",
            _ => "Invalid status code",
        };
        let code = self.status.as_u16();
        let url = self.request.asked().url.without_userinfo();
        let location = match self.header(header::LOCATION) {
            Some(location) if matches!(code, 301 | 302 | 303 | 307 | 308) => {
                format!("\nRedirect location: '{location}'")
            }
            _ => String::new(),
        };
        format!(
            "{kind} '{code} {}' for url '{url}'{location}\nFor more information check: \
             https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/{code}",
            self.reason_text()
        )
    }
}

#[derive(FromArgs)]
struct ChunkArgs {
    #[pyarg(any, default)]
    chunk_size: Option<usize>,
}

#[pyclass(
    with(Representable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl Response {
    /// The status code.
    #[pygetset]
    fn status_code(zelf: &Py<Self>) -> u16 {
        zelf.status.as_u16()
    }

    /// The reason phrase of the status line.
    #[pygetset]
    fn reason_phrase(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        new_str(&zelf.reason_text(), vm)
    }

    /// The version of the protocol: "HTTP/1.1".
    #[pygetset]
    fn http_version(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        new_str(&format!("{:?}", zelf.version), vm)
    }

    /// The header fields.
    #[pygetset]
    fn headers(zelf: &Py<Self>, vm: &VirtualMachine) -> PyRef<Headers> {
        let make = || Headers::from(HeaderList::from(&zelf.fields)).into_ref(&vm.ctx);
        zelf.headers.lock().get_or_insert_with(make).clone()
    }

    /// The URL that was asked for.
    #[pygetset]
    fn url(zelf: &Py<Self>, vm: &VirtualMachine) -> PyRef<Url> {
        Url::from(zelf.request.asked().url.clone()).into_ref(&vm.ctx)
    }

    /// The request that this answers.
    #[pygetset]
    fn request(zelf: &Py<Self>) -> PyRef<Request> {
        zelf.request.clone()
    }

    /// The content, as bytes.
    #[pygetset]
    fn content(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        zelf.content_or_error(vm)
    }

    /// The content, decoded to a str.
    #[pygetset(name = "text")]
    fn get_text(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
        if let Some(text) = &*zelf.text.lock() {
            return Ok(text.clone());
        }
        let content = zelf.content_or_error(vm)?;
        let encoding = zelf.encoding_name(vm).to_string_lossy().into_owned();
        let text = text::decode(content.as_bytes(), &encoding, vm)?;
        *zelf.text.lock() = Some(text.clone());
        Ok(text)
    }

    /// The encoding that .text uses: what was set, the charset of the Content-Type, or the default.
    #[pygetset]
    fn encoding(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        zelf.encoding_name(vm)
    }

    #[pygetset(setter)]
    fn set_encoding(
        zelf: &Py<Self>,
        value: PySetterValue<Option<PyStrRef>>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        if zelf.text.lock().is_some() {
            let message = "Setting encoding after `text` has been accessed is not allowed.";
            return Err(vm.new_value_error(message));
        }
        *zelf.encoding.lock() = match value {
            PySetterValue::Assign(encoding) => encoding,
            PySetterValue::Delete => None,
        };
        Ok(())
    }

    /// The charset of the Content-Type, or None.
    #[pygetset]
    fn charset_encoding(zelf: &Py<Self>) -> Option<String> {
        zelf.charset()
    }

    /// Parses the content as JSON; keyword arguments go to json.loads.
    #[pymethod]
    fn json(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let content = zelf.content_or_error(vm)?;
        if args.is_empty() {
            return json::loads(content.as_bytes(), vm);
        }
        let mut all = FuncArgs::from(vec![content.into()]);
        all.args.extend(args.args);
        all.kwargs = args.kwargs;
        vm.import("json", 0)?.get_attr("loads", vm)?.call(all, vm)
    }

    /// Raises HTTPStatusError unless the status is a success; returns the response.
    #[pymethod]
    fn raise_for_status(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        if zelf.is_class(2) {
            return Ok(zelf);
        }
        let request = zelf.request.clone();
        let message = zelf.status_message();
        Err(status_error(&message, request, zelf, vm)?)
    }

    /// 1xx.
    #[pygetset]
    fn is_informational(zelf: &Py<Self>) -> bool {
        zelf.is_class(1)
    }

    /// 2xx.
    #[pygetset]
    fn is_success(zelf: &Py<Self>) -> bool {
        zelf.is_class(2)
    }

    /// 3xx.
    #[pygetset]
    fn is_redirect(zelf: &Py<Self>) -> bool {
        zelf.is_class(3)
    }

    /// 4xx.
    #[pygetset]
    fn is_client_error(zelf: &Py<Self>) -> bool {
        zelf.is_class(4)
    }

    /// 5xx.
    #[pygetset]
    fn is_server_error(zelf: &Py<Self>) -> bool {
        zelf.is_class(5)
    }

    /// 4xx or 5xx.
    #[pygetset]
    fn is_error(zelf: &Py<Self>) -> bool {
        zelf.is_class(4) || zelf.is_class(5)
    }

    /// Whether the content was read or given up.
    #[pygetset]
    fn is_closed(zelf: &Py<Self>) -> bool {
        zelf.content.is_closed()
    }

    /// Whether some of the content was handed out.
    #[pygetset]
    fn is_stream_consumed(zelf: &Py<Self>) -> bool {
        zelf.content.is_consumed()
    }

    /// Reads the content and returns it.
    #[pymethod]
    fn read(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        block_on(vm, zelf.content.read())
    }

    /// Reads the content and returns it; await it.
    #[pymethod]
    fn aread(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("Response.aread", async move {
            zelf.content.read().await.map(Into::into)
        })
    }

    /// Iterates over the content, in parts of `chunk_size` bytes or as they come.
    #[pymethod]
    fn iter_bytes(
        zelf: PyRef<Self>,
        args: ChunkArgs,
        vm: &VirtualMachine,
    ) -> PyResult<ByteIterator> {
        Ok(Chunks::new(zelf, args.chunk_size, vm)?.into())
    }

    /// Iterates over the content, in parts of `chunk_size` bytes or as they come; `async for`.
    #[pymethod]
    fn aiter_bytes(
        zelf: PyRef<Self>,
        args: ChunkArgs,
        vm: &VirtualMachine,
    ) -> PyResult<AsyncByteIterator> {
        Ok(Chunks::new(zelf, args.chunk_size, vm)?.into())
    }

    /// Gives up what was not read, and the connection with it.
    #[pymethod]
    fn close(zelf: &Py<Self>) {
        zelf.content.close();
    }

    /// Gives up what was not read; await it.
    #[pymethod]
    fn aclose(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("Response.aclose", async move {
            zelf.content.close();
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}

impl Representable for Response {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        let code = zelf.status.as_u16();
        Ok(format!("<Response [{code} {}]>", zelf.reason_text()))
    }
}
