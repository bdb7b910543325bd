//! `httpx.Client`.

use std::sync::OnceLock;

use http::Method;
use runtime_bridge::block_on;
use rustpython_vm::{
    AsObject, Context, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::PyType,
    function::FuncArgs,
    pyclass,
    types::{Constructor, Initializer},
};

use rustpython_vm::object::{Traverse, TraverseFn};

use super::base_client::BaseClient;
use super::mode::Mode;
use super::options::{ClientOptions, MethodArgs, SendArgs, UrlArgs, UrlBodyArgs};
use super::request::parse_method;
use super::response::Response;
use super::sending::{self, Sending};
use super::session::Session;
use super::stream::{Pending, StreamContext};
use super::warnings;
use crate::modules::overrides::Originals;

/// The methods that send a request by way of each other.
const CHAIN: [&str; 3] = ["request", "build_request", "send"];

static ORIGINALS: OnceLock<Originals> = OnceLock::new();

/// Notes what the class is like, before a script can change it.
pub(super) fn remember(ctx: &Context) {
    ORIGINALS.get_or_init(|| Originals::of(Client::class(ctx), &CHAIN, ctx));
}

/// Client(*, auth, params, headers, cookies, verify, cert, trust_env, http1, http2, proxy, mounts,
/// timeout, follow_redirects, limits, max_redirects, event_hooks, base_url, transport,
/// default_encoding): an HTTP client that keeps connections open between requests. Threads may
/// share it.
///
/// Close it with `close()`, or use it in a `with` statement.
#[pyclass(module = "httpx", name = "Client", base = BaseClient, traverse = "manual")]
#[derive(Debug, Default)]
#[repr(transparent)]
pub(super) struct Client(BaseClient);

// SAFETY: that of its one field.
unsafe impl Traverse for Client {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.0.traverse(visit);
    }
}

impl Constructor for Client {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for Client {
    type Args = ClientOptions;

    fn init(zelf: &Py<Self>, options: ClientOptions, vm: &VirtualMachine) -> PyResult<()> {
        zelf.0
            .set_session(Session::new(options, Mode::Blocking, vm)?);
        Ok(())
    }
}

impl Client {
    /// A client as `Client(...)` makes it.
    pub(super) fn with(options: ClientOptions, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        let client = Self::default();
        client
            .0
            .set_session(Session::new(options, Mode::Blocking, vm)?);
        Ok(client.into_ref(&vm.ctx))
    }

    /// Whether the methods that send are the original ones, so that they need not be called one
    /// by one.
    fn is_untouched(zelf: &Py<Self>, vm: &VirtualMachine) -> bool {
        let originals = ORIGINALS.get();
        originals.is_some_and(|it| it.are_those_of(zelf.as_object(), vm))
    }

    /// A verb: what request() does, by way of it if a script has replaced it.
    fn verb(zelf: &Py<Self>, method: Method, args: UrlBodyArgs, vm: &VirtualMachine) -> PyResult {
        if !Self::is_untouched(zelf, vm) {
            let name = vm.ctx.new_str(method.as_str());
            let call = args.with_method(name.into()).request_args(vm);
            return zelf.as_object().get_attr("request", vm)?.call(call, vm);
        }
        warnings::of_request_cookies(&args.options, vm)?;
        Self::fetch(zelf, method, args.with_method(vm.ctx.none()), vm)
    }

    fn fetch(zelf: &Py<Self>, method: Method, args: MethodArgs, vm: &VirtualMachine) -> PyResult {
        let sending = Self::sending(zelf, method, args, vm)?;
        Ok(block_on(vm, sending.fetch())?.into())
    }

    /// What request() does: by way of build_request() and send() if a script has replaced one.
    pub(super) fn request_by(zelf: &Py<Self>, args: MethodArgs, vm: &VirtualMachine) -> PyResult {
        warnings::of_request_cookies(&args.options, vm)?;
        if Self::is_untouched(zelf, vm) {
            let method = parse_method(&args.method, vm)?;
            return Self::fetch(zelf, method, args, vm);
        }
        let zelf = zelf.as_object();
        let build = args.build_args(vm);
        let request = zelf.get_attr("build_request", vm)?.call(build, vm)?;
        let mut send = FuncArgs::from(vec![request]);
        args.sending.add_to(&mut send.kwargs, vm);
        zelf.get_attr("send", vm)?.call(send, vm)
    }

    /// What stream() does when it is entered.
    pub(super) fn pending(zelf: &Py<Self>, args: MethodArgs, vm: &VirtualMachine) -> Pending {
        if !Self::is_untouched(zelf, vm) {
            return Pending::scripted(zelf.as_object().to_owned(), args);
        }
        let zelf = zelf.to_owned();
        Pending::native(move |vm| {
            let method = parse_method(&args.method, vm)?;
            Self::sending(&zelf, method, args, vm)
        })
    }

    /// Closes what the client holds.
    pub(super) fn close_now(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let session = zelf.0.session(vm)?;
        block_on(vm, session.close())
    }

    /// `get(url)`.
    pub(super) fn get_url(args: &[PyObjectRef], vm: &VirtualMachine) -> Option<PyResult> {
        let [zelf, url] = args else {
            return None;
        };
        Some(Self::get(zelf.downcast_ref()?, UrlArgs::of(url), vm))
    }

    fn sending(
        zelf: &Py<Self>,
        method: Method,
        mut args: MethodArgs,
        vm: &VirtualMachine,
    ) -> PyResult<Sending> {
        let session = zelf.0.session(vm)?;
        let options = std::mem::take(&mut args.sending);
        let request = BaseClient::request_of(&session, method, args, vm)?;
        session.sending(request, options, vm)
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl Client {
    /// Sends a GET request.
    #[pymethod]
    fn get(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> PyResult {
        Self::verb(zelf, Method::GET, args.into(), vm)
    }

    /// Sends an OPTIONS request.
    #[pymethod]
    fn options(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> PyResult {
        Self::verb(zelf, Method::OPTIONS, args.into(), vm)
    }

    /// Sends a HEAD request.
    #[pymethod]
    fn head(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> PyResult {
        Self::verb(zelf, Method::HEAD, args.into(), vm)
    }

    /// Sends a DELETE request.
    #[pymethod]
    fn delete(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> PyResult {
        Self::verb(zelf, Method::DELETE, args.into(), vm)
    }

    /// Sends a POST request.
    #[pymethod]
    fn post(zelf: &Py<Self>, args: UrlBodyArgs, vm: &VirtualMachine) -> PyResult {
        Self::verb(zelf, Method::POST, args, vm)
    }

    /// Sends a PUT request.
    #[pymethod]
    fn put(zelf: &Py<Self>, args: UrlBodyArgs, vm: &VirtualMachine) -> PyResult {
        Self::verb(zelf, Method::PUT, args, vm)
    }

    /// Sends a PATCH request.
    #[pymethod]
    fn patch(zelf: &Py<Self>, args: UrlBodyArgs, vm: &VirtualMachine) -> PyResult {
        Self::verb(zelf, Method::PATCH, args, vm)
    }

    /// Sends a request with any method: builds it with build_request() and sends it with send().
    #[pymethod]
    fn request(zelf: &Py<Self>, args: MethodArgs, vm: &VirtualMachine) -> PyResult {
        Self::request_by(zelf, args, vm)
    }

    /// Sends a request that build_request() made. With stream=True the content of the response
    /// is left to be read, and the response to be closed.
    #[pymethod]
    fn send(zelf: &Py<Self>, args: SendArgs, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
        let session = zelf.0.session(vm)?;
        session.engage(vm)?;
        let request = sending::request_of(&args.request, &session, vm)?;
        let sending = session.sending(request, args.sending, vm)?;
        match args.stream.into_bool() {
            true => block_on(vm, sending.open()),
            false => block_on(vm, sending.fetch()),
        }
    }

    /// Sends a request and hands out the response before its content is read; in a `with`
    /// statement.
    #[pymethod]
    fn stream(zelf: &Py<Self>, args: MethodArgs, vm: &VirtualMachine) -> StreamContext {
        StreamContext::new(Self::pending(zelf, args, vm))
    }

    /// Closes the client and its connections.
    #[pymethod]
    fn close(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        Self::close_now(zelf, vm)
    }

    #[pymethod]
    fn __enter__(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        let session = zelf.0.session(vm)?;
        session.open(vm)?;
        block_on(vm, session.enter_transports())?;
        Ok(zelf)
    }

    #[pymethod]
    fn __exit__(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let session = zelf.0.session(vm)?;
        block_on(vm, session.exit_transports(args.args))
    }

    #[extend_class]
    fn extend_class(_ctx: &Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
