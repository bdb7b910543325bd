//! `httpx.AsyncClient`.

use std::sync::OnceLock;

use http::Method;
use runtime_bridge::{Coroutine, await_in_line};
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
use super::sending::{self, Sending};
use super::session::Session;
use super::stream::{AsyncStreamContext, Pending};
use super::{warnings, with_vm};
use crate::modules::overrides::Originals;

/// The methods that send a request by way of each other.
const CHAIN: [&str; 3] = ["request", "build_request", "send"];

static ORIGINALS: OnceLock<Originals> = OnceLock::new();

/// Notes what the class is like, before a script can change it.
pub(super) fn remember(ctx: &Context) {
    ORIGINALS.get_or_init(|| Originals::of(AsyncClient::class(ctx), &CHAIN, ctx));
}

/// AsyncClient(*, auth, params, headers, cookies, verify, cert, trust_env, http1, http2, proxy,
/// mounts, timeout, follow_redirects, limits, max_redirects, event_hooks, base_url, transport,
/// default_encoding): an HTTP client for asyncio that keeps connections open between requests.
///
/// Close it with `aclose()`, or use it in an `async with` statement.
#[pyclass(module = "httpx", name = "AsyncClient", base = BaseClient, traverse = "manual")]
#[derive(Debug, Default)]
#[repr(transparent)]
pub(super) struct AsyncClient(BaseClient);

// SAFETY: that of its one field.
unsafe impl Traverse for AsyncClient {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.0.traverse(visit);
    }
}

impl Constructor for AsyncClient {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for AsyncClient {
    type Args = ClientOptions;

    fn init(zelf: &Py<Self>, options: ClientOptions, vm: &VirtualMachine) -> PyResult<()> {
        zelf.0
            .set_session(Session::new(options, Mode::Awaited, vm)?);
        Ok(())
    }
}

impl AsyncClient {
    /// Whether the methods that send are the original ones, so that they need not be called one
    /// by one.
    fn is_untouched(zelf: &Py<Self>, vm: &VirtualMachine) -> bool {
        let originals = ORIGINALS.get();
        originals.is_some_and(|it| it.are_those_of(zelf.as_object(), vm))
    }

    /// A verb: what request() does, by way of it if a script has replaced it.
    fn verb(
        zelf: PyRef<Self>,
        name: &'static str,
        method: Method,
        args: impl Into<UrlBodyArgs>,
    ) -> Coroutine {
        let args: UrlBodyArgs = args.into();
        Coroutine::new(name, async move {
            let scripted = with_vm(|vm| !Self::is_untouched(&zelf, vm));
            if scripted {
                let request = with_vm(|vm| {
                    let args = args.with_method(vm.ctx.new_str(method.as_str()).into());
                    let call = args.request_args(vm);
                    zelf.as_object().get_attr("request", vm)?.call(call, vm)
                })?;
                return await_in_line(request).await;
            }
            let sending = with_vm(|vm| {
                warnings::of_request_cookies(&args.options, vm)?;
                Self::sending(&zelf, method, args.with_method(vm.ctx.none()), vm)
            })?;
            drop(zelf);
            sending.fetch().await.map(Into::into)
        })
    }

    /// `get(url)`.
    pub(super) fn get_url(args: &[PyObjectRef], vm: &VirtualMachine) -> Option<PyResult> {
        let [zelf, url] = args else {
            return None;
        };
        let zelf = zelf.downcast_ref::<Self>()?.to_owned();
        let coroutine = Self::get(zelf, UrlArgs::of(url));
        Some(Ok(coroutine.into_ref(&vm.ctx).into()))
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

    /// request() by way of build_request() and send(), as a script has them.
    async fn request_by_methods(zelf: &PyObjectRef, args: MethodArgs) -> PyResult {
        let response = with_vm(|vm| {
            let build = args.build_args(vm);
            let request = zelf.get_attr("build_request", vm)?.call(build, vm)?;
            let mut send = FuncArgs::from(vec![request]);
            args.sending.add_to(&mut send.kwargs, vm);
            zelf.get_attr("send", vm)?.call(send, vm)
        })?;
        await_in_line(response).await
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl AsyncClient {
    /// Sends a GET request.
    #[pymethod]
    fn get(zelf: PyRef<Self>, args: UrlArgs) -> Coroutine {
        Self::verb(zelf, "AsyncClient.get", Method::GET, args)
    }

    /// Sends an OPTIONS request.
    #[pymethod]
    fn options(zelf: PyRef<Self>, args: UrlArgs) -> Coroutine {
        Self::verb(zelf, "AsyncClient.options", Method::OPTIONS, args)
    }

    /// Sends a HEAD request.
    #[pymethod]
    fn head(zelf: PyRef<Self>, args: UrlArgs) -> Coroutine {
        Self::verb(zelf, "AsyncClient.head", Method::HEAD, args)
    }

    /// Sends a DELETE request.
    #[pymethod]
    fn delete(zelf: PyRef<Self>, args: UrlArgs) -> Coroutine {
        Self::verb(zelf, "AsyncClient.delete", Method::DELETE, args)
    }

    /// Sends a POST request.
    #[pymethod]
    fn post(zelf: PyRef<Self>, args: UrlBodyArgs) -> Coroutine {
        Self::verb(zelf, "AsyncClient.post", Method::POST, args)
    }

    /// Sends a PUT request.
    #[pymethod]
    fn put(zelf: PyRef<Self>, args: UrlBodyArgs) -> Coroutine {
        Self::verb(zelf, "AsyncClient.put", Method::PUT, args)
    }

    /// Sends a PATCH request.
    #[pymethod]
    fn patch(zelf: PyRef<Self>, args: UrlBodyArgs) -> Coroutine {
        Self::verb(zelf, "AsyncClient.patch", Method::PATCH, args)
    }

    /// Sends a request with any method: builds it with build_request() and sends it with send().
    #[pymethod]
    fn request(zelf: PyRef<Self>, args: MethodArgs) -> Coroutine {
        Coroutine::new("AsyncClient.request", async move {
            let untouched = with_vm(|vm| {
                warnings::of_request_cookies(&args.options, vm)?;
                Ok(Self::is_untouched(&zelf, vm))
            })?;
            if !untouched {
                return Self::request_by_methods(&zelf.into(), args).await;
            }
            let sending = with_vm(|vm| {
                let method = parse_method(&args.method, vm)?;
                Self::sending(&zelf, method, args, vm)
            })?;
            sending.fetch().await.map(Into::into)
        })
    }

    /// Sends a request that build_request() made. With stream=True the content of the response
    /// is left to be read, and the response to be closed.
    #[pymethod]
    fn send(zelf: PyRef<Self>, args: SendArgs) -> Coroutine {
        Coroutine::new("AsyncClient.send", async move {
            let stream = args.stream.into_bool();
            let sending = with_vm(|vm| {
                let session = zelf.0.session(vm)?;
                session.engage(vm)?;
                let request = sending::request_of(&args.request, &session, vm)?;
                session.sending(request, args.sending, vm)
            })?;
            let response = match stream {
                true => sending.open().await,
                false => sending.fetch().await,
            };
            response.map(Into::into)
        })
    }

    /// Sends a request and hands out the response before its content is read; in an `async with`
    /// statement.
    #[pymethod]
    fn stream(zelf: PyRef<Self>, args: MethodArgs, vm: &VirtualMachine) -> AsyncStreamContext {
        let untouched = Self::is_untouched(&zelf, vm);
        let pending = if untouched {
            Pending::native(move |vm| {
                let method = parse_method(&args.method, vm)?;
                Self::sending(&zelf, method, args, vm)
            })
        } else {
            Pending::scripted(zelf.into(), args)
        };
        AsyncStreamContext::new(pending)
    }

    /// Closes the client and its connections.
    #[pymethod]
    fn aclose(zelf: &Py<Self>, vm: &VirtualMachine) -> Coroutine {
        let session = zelf.0.session(vm);
        Coroutine::new("AsyncClient.aclose", async move {
            session?.close().await?;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    #[pymethod]
    fn __aenter__(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("AsyncClient.__aenter__", async move {
            let session = with_vm(|vm| {
                let session = zelf.0.session(vm)?;
                session.open(vm)?;
                Ok(session)
            })?;
            session.enter_transports().await?;
            Ok(zelf.into())
        })
    }

    #[pymethod]
    fn __aexit__(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> Coroutine {
        let session = zelf.0.session(vm);
        Coroutine::new("AsyncClient.__aexit__", async move {
            session?.exit_transports(args.args).await?;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    #[extend_class]
    fn extend_class(_ctx: &Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
