//! `httpx.Client`.

use http::Method;
use runtime_bridge::block_on;
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
use super::response::Response;
use super::session::Session;
use super::stream::{Pending, StreamContext};

/// Client(*, auth, params, headers, timeout, limits, base_url, verify, trust_env): an HTTP client
/// that keeps connections open between requests.
///
/// It may be shared by threads. Close it, or use it in a `with` statement.
#[pyclass(module = "httpx", name = "Client", base = BaseClient)]
#[derive(Debug, Default)]
#[repr(transparent)]
pub(super) struct Client(BaseClient);

impl Constructor for Client {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for Client {
    type Args = ClientOptions;

    fn init(zelf: &Py<Self>, options: ClientOptions, vm: &VirtualMachine) -> PyResult<()> {
        zelf.0.set_session(Session::new(options, vm)?);
        Ok(())
    }
}

impl Client {
    fn send(
        &self,
        method: Method,
        url: &PyObject,
        body: BodyOptions,
        options: RequestOptions,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Response>> {
        let session = self.0.session(vm)?;
        let exchange = session.prepare(method, url, body, options, vm)?;
        block_on(vm, exchange.fetch())
    }

    fn send_url(
        &self,
        method: Method,
        args: UrlArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Response>> {
        self.send(method, &args.url, BodyOptions::default(), args.options, vm)
    }

    fn send_body(
        &self,
        method: Method,
        args: UrlBodyArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Response>> {
        self.send(method, &args.url, args.body, args.options, vm)
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl Client {
    /// Sends a GET request.
    #[pymethod]
    fn get(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
        zelf.send_url(Method::GET, args, vm)
    }

    /// Sends an OPTIONS request.
    #[pymethod]
    fn options(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
        zelf.send_url(Method::OPTIONS, args, vm)
    }

    /// Sends a HEAD request.
    #[pymethod]
    fn head(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
        zelf.send_url(Method::HEAD, args, vm)
    }

    /// Sends a DELETE request.
    #[pymethod]
    fn delete(zelf: &Py<Self>, args: UrlArgs, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
        zelf.send_url(Method::DELETE, args, vm)
    }

    /// Sends a POST request.
    #[pymethod]
    fn post(zelf: &Py<Self>, args: UrlBodyArgs, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
        zelf.send_body(Method::POST, args, vm)
    }

    /// Sends a PUT request.
    #[pymethod]
    fn put(zelf: &Py<Self>, args: UrlBodyArgs, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
        zelf.send_body(Method::PUT, args, vm)
    }

    /// Sends a PATCH request.
    #[pymethod]
    fn patch(zelf: &Py<Self>, args: UrlBodyArgs, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
        zelf.send_body(Method::PATCH, args, vm)
    }

    /// Sends a request with any method.
    #[pymethod]
    fn request(
        zelf: &Py<Self>,
        args: MethodArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Response>> {
        let method = parse_method(&args.method, vm)?;
        zelf.send(method, &args.url, args.body, args.options, vm)
    }

    /// Sends a request and hands out the response before its content is read; in a `with`
    /// statement.
    #[pymethod]
    fn stream(zelf: &Py<Self>, args: MethodArgs, vm: &VirtualMachine) -> PyResult<StreamContext> {
        let session = zelf.0.session(vm)?;
        let exchange = parse_method(&args.method, vm)
            .and_then(|method| session.prepare(method, &args.url, args.body, args.options, vm));
        Ok(Pending::new(exchange, None).into())
    }

    /// Closes the client and its connections.
    #[pymethod]
    fn close(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        zelf.0.session(vm)?.close();
        Ok(())
    }

    #[pymethod]
    fn __enter__(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        zelf.0.session(vm)?.open(vm)?;
        Ok(zelf)
    }

    #[pymethod]
    fn __exit__(zelf: &Py<Self>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        Self::close(zelf, vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
