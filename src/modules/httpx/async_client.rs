//! `httpx.AsyncClient`.

use http::Method;
use runtime_bridge::Coroutine;
use rustpython_vm::{
    Py, PyObject, PyRef, PyResult, VirtualMachine,
    builtins::PyType,
    function::FuncArgs,
    pyclass,
    types::{Constructor, Initializer},
};

use super::args::{
    BodyOptions, ClientOptions, MethodArgs, RequestOptions, UrlArgs, UrlBodyArgs, parse_method,
};
use super::base_client::BaseClient;
use super::session::Session;
use super::stream::{AsyncStreamContext, Pending};
use super::with_vm;

/// AsyncClient(*, auth, params, headers, timeout, limits, base_url, verify, trust_env): an HTTP
/// client for asyncio that keeps connections open between requests.
///
/// Close it with `aclose()`, or use it in an `async with` statement.
#[pyclass(module = "httpx", name = "AsyncClient", base = BaseClient)]
#[derive(Debug, Default)]
#[repr(transparent)]
pub(super) struct AsyncClient(BaseClient);

impl Constructor for AsyncClient {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for AsyncClient {
    type Args = ClientOptions;

    fn init(zelf: &Py<Self>, options: ClientOptions, vm: &VirtualMachine) -> PyResult<()> {
        zelf.0.set_session(Session::new(options, vm)?);
        Ok(())
    }
}

impl AsyncClient {
    /// What is wrong with the arguments is raised where the coroutine is awaited, as in httpx.
    fn send(
        &self,
        name: &'static str,
        method: PyResult<Method>,
        url: &PyObject,
        body: BodyOptions,
        options: RequestOptions,
        vm: &VirtualMachine,
    ) -> Coroutine {
        let exchange = method.and_then(|method| {
            let session = self.0.session(vm)?;
            session.prepare(method, url, body, options, vm)
        });
        Coroutine::new(name, async move {
            let response = exchange?.fetch().await?;
            Ok(response.into())
        })
    }

    fn send_url(
        &self,
        name: &'static str,
        method: Method,
        args: UrlArgs,
        vm: &VirtualMachine,
    ) -> Coroutine {
        let body = BodyOptions::default();
        self.send(name, Ok(method), &args.url, body, args.options, vm)
    }

    fn send_body(
        &self,
        name: &'static str,
        method: Method,
        args: UrlBodyArgs,
        vm: &VirtualMachine,
    ) -> Coroutine {
        self.send(name, Ok(method), &args.url, args.body, args.options, vm)
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl AsyncClient {
    /// Sends a GET request.
    #[pymethod]
    fn get(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> Coroutine {
        zelf.send_url("AsyncClient.get", Method::GET, args, vm)
    }

    /// Sends an OPTIONS request.
    #[pymethod]
    fn options(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> Coroutine {
        zelf.send_url("AsyncClient.options", Method::OPTIONS, args, vm)
    }

    /// Sends a HEAD request.
    #[pymethod]
    fn head(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> Coroutine {
        zelf.send_url("AsyncClient.head", Method::HEAD, args, vm)
    }

    /// Sends a DELETE request.
    #[pymethod]
    fn delete(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> Coroutine {
        zelf.send_url("AsyncClient.delete", Method::DELETE, args, vm)
    }

    /// Sends a POST request.
    #[pymethod]
    fn post(zelf: &Py<Self>, args: UrlBodyArgs, vm: &VirtualMachine) -> Coroutine {
        zelf.send_body("AsyncClient.post", Method::POST, args, vm)
    }

    /// Sends a PUT request.
    #[pymethod]
    fn put(zelf: &Py<Self>, args: UrlBodyArgs, vm: &VirtualMachine) -> Coroutine {
        zelf.send_body("AsyncClient.put", Method::PUT, args, vm)
    }

    /// Sends a PATCH request.
    #[pymethod]
    fn patch(zelf: &Py<Self>, args: UrlBodyArgs, vm: &VirtualMachine) -> Coroutine {
        zelf.send_body("AsyncClient.patch", Method::PATCH, args, vm)
    }

    /// Sends a request with any method.
    #[pymethod]
    fn request(zelf: &Py<Self>, args: MethodArgs, vm: &VirtualMachine) -> Coroutine {
        let method = parse_method(&args.method, vm);
        let name = "AsyncClient.request";
        zelf.send(name, method, &args.url, args.body, args.options, vm)
    }

    /// Sends a request and hands out the response before its content is read; in an `async with`
    /// statement.
    #[pymethod]
    fn stream(
        zelf: &Py<Self>,
        args: MethodArgs,
        vm: &VirtualMachine,
    ) -> PyResult<AsyncStreamContext> {
        let session = zelf.0.session(vm)?;
        let exchange = parse_method(&args.method, vm)
            .and_then(|method| session.prepare(method, &args.url, args.body, args.options, vm));
        Ok(Pending::new(exchange, None).into())
    }

    /// Closes the client and its connections; await it.
    #[pymethod]
    fn aclose(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<Coroutine> {
        let session = zelf.0.session(vm)?;
        Ok(Coroutine::new("AsyncClient.aclose", async move {
            session.close();
            Ok(with_vm(|vm| vm.ctx.none()))
        }))
    }

    #[pymethod]
    fn __aenter__(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("AsyncClient.__aenter__", async move {
            with_vm(|vm| zelf.0.session(vm)?.open(vm))?;
            Ok(zelf.into())
        })
    }

    #[pymethod]
    fn __aexit__(zelf: &Py<Self>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<Coroutine> {
        Self::aclose(zelf, vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
