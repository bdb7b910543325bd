//! `httpx.Response`.

mod content_handle;
mod exceptional;
mod headers;
mod init;
mod lines;
mod links;
mod marks;
mod origin;
mod parts;
mod pickle;
mod reading;
mod status;
mod texts;

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use runtime_bridge::{AsyncIterator, BlockingIterator, Coroutine, block_on};
use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBytesRef, PyStrRef, PyType},
    common::lock::{PyMutex, PyRwLock},
    function::{FuncArgs, PySetterValue},
    pyclass,
    types::{Constructor, Initializer, Representable},
};

use self::exceptional::AnyLayout;
use self::marks::Marks;
use self::origin::Origin;
use self::parts::{ChunkArgs, Items as _, Pass};
use super::cookies::Cookies;
use super::request::Request;
use super::streams::StreamKind;
use super::{exceptions, with_vm};
use crate::engine::http::{self as engine, Answer, Content};
use crate::modules::convert::{new_bytes, new_str};
use crate::modules::json;

pub(super) use content_handle::ContentHandle;
pub(super) use origin::Reception;

/// Response(status_code, *, headers=None, content=None, text=None, html=None, json=None,
/// stream=None, request=None, extensions=None, history=None, default_encoding="utf-8"): an HTTP
/// response.
///
/// `content=`, `text=`, `html=` and `json=` add the header fields that describe the content;
/// `stream=` adds none.
#[pyclass(module = "httpx", name = "Response", traverse = "manual")]
#[derive(PyPayload)]
pub(super) struct Response {
    status: AtomicI64,
    fields: PyMutex<Fields>,
    content: PyRwLock<Arc<Content>>,
    origin: OnceLock<Origin>,
}

/// The attributes. One that is `None` is what the origin says, made when it is asked for.
#[derive(Default)]
struct Fields {
    headers: Option<PyObjectRef>,
    request: Option<PyObjectRef>,
    next_request: Option<PyObjectRef>,
    history: Option<PyObjectRef>,
    extensions: Option<PyObjectRef>,
    stream: Option<PyObjectRef>,
    cookies: Option<PyObjectRef>,
    elapsed: Option<PyObjectRef>,
    /// `None` is "utf-8".
    default_encoding: Option<PyObjectRef>,
    encoding: Option<PyObjectRef>,
    /// The content, once it was read.
    held: Option<PyBytesRef>,
    text: Option<PyStrRef>,
    /// In which ways the content can be read.
    kind: StreamKind,
    /// Of a response that was pickled.
    downloaded: Option<u64>,
    /// The answers that led to this one, until their objects are asked for.
    answers: Vec<Arc<Answer>>,
    /// The request that a redirect asks for, until its object is asked for.
    next: Option<Box<engine::Request>>,
}

// SAFETY: every object that the fields hold is visited once.
unsafe impl Traverse for Response {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        let Some(fields) = self.fields.try_lock() else {
            return;
        };
        for field in [
            &fields.headers,
            &fields.request,
            &fields.next_request,
            &fields.history,
            &fields.extensions,
            &fields.stream,
            &fields.cookies,
            &fields.elapsed,
            &fields.default_encoding,
            &fields.encoding,
        ] {
            field.traverse(visit);
        }
        fields.held.traverse(visit);
        fields.text.traverse(visit);
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({})", self.status.load(Relaxed))
    }
}

type Field = fn(&mut Fields) -> &mut Option<PyObjectRef>;

impl Response {
    fn new(status: i64, content: Arc<Content>, fields: Fields) -> Self {
        Self {
            status: AtomicI64::new(status),
            fields: PyMutex::new(fields),
            content: PyRwLock::new(content),
            origin: OnceLock::new(),
        }
    }

    /// The attribute, made at first use.
    fn field(&self, field: Field, make: impl FnOnce() -> PyResult<PyObjectRef>) -> PyResult {
        if let Some(value) = field(&mut self.fields.lock()) {
            return Ok(value.clone());
        }
        // Not under the lock: making it may run Python code.
        let made = make()?;
        Ok(field(&mut self.fields.lock()).get_or_insert(made).clone())
    }

    fn get(&self, field: Field) -> Option<PyObjectRef> {
        field(&mut self.fields.lock()).clone()
    }

    fn set(&self, field: Field, value: PySetterValue) {
        let value = match value {
            PySetterValue::Assign(value) => Some(value),
            PySetterValue::Delete => None,
        };
        let old = std::mem::replace(field(&mut self.fields.lock()), value);
        drop(old);
    }

    fn content(&self) -> Arc<Content> {
        self.content.read().clone()
    }

    /// The content, if all of it was read: the same object each time.
    fn held(&self, vm: &VirtualMachine) -> Option<PyBytesRef> {
        let mut fields = self.fields.lock();
        if fields.held.is_none() {
            let content = self.content.read().take()?;
            fields.held = Some(new_bytes(content, vm));
        }
        fields.held.clone()
    }

    fn held_or_error(&self, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        self.held(vm)
            .ok_or_else(|| exceptions::stream_error("ResponseNotRead", vm))
    }

    fn code(&self) -> i64 {
        self.status.load(Relaxed)
    }

    fn is_class(&self, hundreds: i64) -> bool {
        self.code().div_euclid(100) == hundreds
    }

    /// The request, if one was set.
    fn request_object(&self, vm: &VirtualMachine) -> Option<PyObjectRef> {
        let request = self.field(
            |fields| &mut fields.request,
            || {
                let origin = self.origin.get();
                Ok(origin.map_or_else(|| vm.ctx.none(), |it| it.request(vm).into()))
            },
        );
        request.ok().filter(|request| !vm.is_none(request))
    }

    /// The request for an exception, if it is one.
    fn request_of_error(&self, vm: &VirtualMachine) -> Option<PyRef<Request>> {
        self.request_object(vm)?.downcast().ok()
    }

    /// Reads the whole content, unless that was done.
    ///
    /// # Errors
    /// What went wrong on the way.
    pub(super) async fn read_all(zelf: &Py<Self>) -> PyResult<PyBytesRef> {
        reading::read(zelf).await
    }

    /// Closes what was not read.
    ///
    /// # Errors
    /// What closing a script's stream raises.
    pub(super) async fn give_up(&self) -> PyResult<()> {
        reading::close(self).await
    }

    fn exception(
        &self,
        error: crate::engine::Error,
        vm: &VirtualMachine,
    ) -> rustpython_vm::builtins::PyBaseExceptionRef {
        exceptions::to_exception(error, self.request_of_error(vm), vm)
    }

    /// `json()`.
    pub(super) fn json_of_content(args: &[PyObjectRef], vm: &VirtualMachine) -> Option<PyResult> {
        let [zelf] = args else {
            return None;
        };
        Some(Self::json(zelf.downcast_ref()?, FuncArgs::default(), vm))
    }
}

impl Constructor for Response {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        let content = Arc::new(Content::closed(false));
        Ok(Self::new(0, content, Fields::default()))
    }
}

#[pyclass(
    with(Constructor, Initializer, Representable, AnyLayout, Marks),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Response {
    /// The status code.
    #[pygetset]
    fn status_code(zelf: &Py<Self>) -> i64 {
        zelf.code()
    }

    #[pygetset(setter)]
    fn set_status_code(zelf: &Py<Self>, value: i64) {
        zelf.status.store(value, Relaxed);
    }

    /// The reason phrase of the status line.
    #[pygetset]
    fn reason_phrase(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
        status::reason_phrase(zelf, vm)
    }

    /// The version of the protocol: "HTTP/1.1".
    #[pygetset]
    fn http_version(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
        status::http_version(zelf, vm)
    }

    /// The header fields.
    #[pygetset]
    fn headers(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        headers::object(zelf, vm)
    }

    #[pygetset(setter)]
    fn set_headers(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.headers, value);
    }

    /// The URL that was asked for.
    #[pygetset]
    fn url(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        Self::request(zelf, vm)?.get_attr("url", vm)
    }

    /// The request that this answers.
    #[pygetset]
    fn request(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.request_object(vm).ok_or_else(|| {
            let message = "The request instance has not been set on this response.";
            vm.new_runtime_error(message)
        })
    }

    #[pygetset(setter)]
    fn set_request(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.request, value);
    }

    /// The request that a redirect asks for, if it was not followed; or None.
    #[pygetset]
    fn next_request(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        origin::next_request(zelf, vm)
    }

    #[pygetset(setter)]
    fn set_next_request(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.next_request, value);
    }

    /// The responses that led to this one, the first one first.
    #[pygetset]
    fn history(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        origin::history(zelf, vm)
    }

    #[pygetset(setter)]
    fn set_history(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.history, value);
    }

    /// What is said beyond HTTP: http_version, reason_phrase, network_stream, stream_id.
    #[pygetset]
    fn extensions(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.field(
            |fields| &mut fields.extensions,
            || match zelf.origin.get() {
                Some(origin) => {
                    let kind = zelf.fields.lock().kind;
                    origin.extensions(zelf.code(), kind, vm)
                }
                None => Ok(vm.ctx.new_dict().into()),
            },
        )
    }

    #[pygetset(setter)]
    fn set_extensions(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.extensions, value);
    }

    /// What the content is read from.
    #[pygetset]
    fn stream(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        reading::stream(zelf, vm)
    }

    #[pygetset(setter)]
    fn set_stream(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        match value {
            PySetterValue::Assign(stream) => reading::set_stream(zelf, stream, vm),
            PySetterValue::Delete => Err(vm.new_attribute_error("can't delete attribute")),
        }
    }

    /// How long it took from sending the request to closing the response.
    #[pygetset]
    fn elapsed(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        reading::elapsed(zelf, vm)
    }

    #[pygetset(setter)]
    fn set_elapsed(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.elapsed, value);
    }

    /// The cookies that the response sets.
    #[pygetset]
    fn cookies(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.field(
            |fields| &mut fields.cookies,
            || {
                let url = super::url::parse(&*Self::url(zelf, vm)?, vm)?;
                let cookies = Cookies::default();
                cookies.extract(&url, &*headers::map(zelf, vm)?, vm)?;
                Ok(cookies.into_ref(&vm.ctx).into())
            },
        )
    }

    /// The links of the Link field, by their rel, or by their URL.
    #[pygetset]
    fn links(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        links::dict(zelf, vm)
    }

    /// The content. ResponseNotRead while a streamed one was not read.
    #[pygetset(name = "content")]
    fn get_content(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        zelf.held_or_error(vm)
    }

    /// The content, decoded to a str.
    #[pygetset(name = "text")]
    fn get_text(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
        texts::text(zelf, vm)
    }

    /// The encoding that .text uses: what was set, the charset of the Content-Type, or the default.
    #[pygetset]
    fn encoding(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        texts::encoding(zelf, vm)
    }

    #[pygetset(setter)]
    fn set_encoding(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        if zelf.fields.lock().text.is_some() {
            let message = "Setting encoding after `text` has been accessed is not allowed.";
            return Err(vm.new_value_error(message));
        }
        zelf.set(|fields| &mut fields.encoding, value);
        Ok(())
    }

    /// The charset of the Content-Type, or None.
    #[pygetset]
    fn charset_encoding(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<Option<String>> {
        texts::charset(zelf, vm)
    }

    /// The encoding of text whose Content-Type names none: a str, or a function of the content.
    #[pygetset]
    fn default_encoding(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.get(|fields| &mut fields.default_encoding)
            .unwrap_or_else(|| new_str("utf-8", vm).into())
    }

    #[pygetset(setter)]
    fn set_default_encoding(zelf: &Py<Self>, value: PySetterValue) {
        zelf.set(|fields| &mut fields.default_encoding, value);
    }

    /// How many bytes of the content were received, before decoding.
    #[pygetset]
    fn num_bytes_downloaded(zelf: &Py<Self>) -> u64 {
        let downloaded = zelf.fields.lock().downloaded;
        downloaded.unwrap_or_else(|| zelf.content().received())
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

    /// 3xx, whether it says where to or not.
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

    /// 301, 302, 303, 307 or 308, with a Location.
    #[pygetset]
    fn has_redirect_location(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
        status::has_redirect_location(zelf, vm)
    }

    /// Parses the content as JSON; keyword arguments go to json.loads.
    #[pymethod]
    fn json(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let content = zelf.held_or_error(vm)?;
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
        status::raise(zelf, vm)
    }

    /// Reads the content and returns it.
    #[pymethod]
    fn read(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        if let Some(held) = zelf.held(vm) {
            return Ok(held);
        }
        reading::check(zelf, StreamKind::SYNC, vm)?;
        block_on(vm, reading::read(zelf))
    }

    /// Reads the content and returns it; await it.
    #[pymethod]
    fn aread(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("Response.aread", async move {
            if let Some(held) = with_vm(|vm| zelf.held(vm)) {
                return Ok(held.into());
            }
            with_vm(|vm| reading::check(&zelf, StreamKind::ASYNC, vm))?;
            reading::read(&zelf).await.map(Into::into)
        })
    }

    /// Iterates over the content as it comes, in parts of `chunk_size` bytes if one is given.
    #[pymethod]
    fn iter_raw(
        zelf: PyRef<Self>,
        args: ChunkArgs,
        vm: &VirtualMachine,
    ) -> PyResult<BlockingIterator> {
        let pass = Pass::new(zelf, StreamKind::SYNC, true, args.size(vm)?);
        Ok(BlockingIterator::new("Response.iter_raw", pass.objects()))
    }

    /// Iterates over the content as it comes, in an `async for` statement.
    #[pymethod]
    fn aiter_raw(
        zelf: PyRef<Self>,
        args: ChunkArgs,
        vm: &VirtualMachine,
    ) -> PyResult<AsyncIterator> {
        let pass = Pass::new(zelf, StreamKind::ASYNC, true, args.size(vm)?);
        Ok(AsyncIterator::new("Response.aiter_raw", pass.objects()))
    }

    /// Iterates over the decoded content, in parts of `chunk_size` bytes or as they come.
    #[pymethod]
    fn iter_bytes(
        zelf: PyRef<Self>,
        args: ChunkArgs,
        vm: &VirtualMachine,
    ) -> PyResult<BlockingIterator> {
        let pass = Pass::new(zelf, StreamKind::SYNC, false, args.size(vm)?);
        Ok(BlockingIterator::new("Response.iter_bytes", pass.objects()))
    }

    /// Iterates over the decoded content, in an `async for` statement.
    #[pymethod]
    fn aiter_bytes(
        zelf: PyRef<Self>,
        args: ChunkArgs,
        vm: &VirtualMachine,
    ) -> PyResult<AsyncIterator> {
        let pass = Pass::new(zelf, StreamKind::ASYNC, false, args.size(vm)?);
        Ok(AsyncIterator::new("Response.aiter_bytes", pass.objects()))
    }

    /// Iterates over the content as text, in parts of `chunk_size` characters or as they come.
    #[pymethod]
    fn iter_text(
        zelf: PyRef<Self>,
        args: ChunkArgs,
        vm: &VirtualMachine,
    ) -> PyResult<BlockingIterator> {
        let size = args.size(vm)?;
        let pass = Pass::new(zelf, StreamKind::SYNC, false, None);
        let texts = texts::Texts::new(pass, size);
        Ok(BlockingIterator::new("Response.iter_text", texts.objects()))
    }

    /// Iterates over the content as text, in an `async for` statement.
    #[pymethod]
    fn aiter_text(
        zelf: PyRef<Self>,
        args: ChunkArgs,
        vm: &VirtualMachine,
    ) -> PyResult<AsyncIterator> {
        let size = args.size(vm)?;
        let pass = Pass::new(zelf, StreamKind::ASYNC, false, None);
        let texts = texts::Texts::new(pass, size);
        Ok(AsyncIterator::new("Response.aiter_text", texts.objects()))
    }

    /// Iterates over the lines of the content, without their ends.
    #[pymethod]
    fn iter_lines(zelf: PyRef<Self>) -> BlockingIterator {
        let pass = Pass::new(zelf, StreamKind::SYNC, false, None);
        BlockingIterator::new("Response.iter_lines", lines::Lines::new(pass).objects())
    }

    /// Iterates over the lines of the content, in an `async for` statement.
    #[pymethod]
    fn aiter_lines(zelf: PyRef<Self>) -> AsyncIterator {
        let pass = Pass::new(zelf, StreamKind::ASYNC, false, None);
        AsyncIterator::new("Response.aiter_lines", lines::Lines::new(pass).objects())
    }

    /// Gives up what was not read, and the connection with it.
    #[pymethod]
    fn close(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        reading::check_closing(zelf, StreamKind::SYNC, vm)?;
        block_on(vm, reading::close(zelf))
    }

    /// Gives up what was not read; await it.
    #[pymethod]
    fn aclose(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("Response.aclose", async move {
            with_vm(|vm| reading::check_closing(&zelf, StreamKind::ASYNC, vm))?;
            reading::close(&zelf).await?;
            Ok(with_vm(|vm| vm.ctx.none()))
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

impl Representable for Response {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let reason = status::reason_phrase(zelf, vm)?;
        Ok(format!(
            "<Response [{} {}]>",
            zelf.code(),
            reason.to_string_lossy()
        ))
    }
}
