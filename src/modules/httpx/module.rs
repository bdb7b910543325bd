//! The native module `_httpx`, which the frozen package `httpx` shows.

pub(in crate::modules) use _httpx::module_def;

#[rustpython_vm::pymodule]
mod _httpx {
    use http::Method;
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::class::PyClassImpl;
    use rustpython_vm::{Py, PyObjectRef, PyResult, VirtualMachine, extend_module};

    use crate::modules::httpx::api::{self, FunctionBodyArgs, FunctionMethodArgs, FunctionUrlArgs};
    use crate::modules::httpx::async_client::{self, AsyncClient};
    use crate::modules::httpx::auth::{self, Auth, BasicAuth, DigestAuth, FunctionAuth, NetRcAuth};
    use crate::modules::httpx::base_client::BaseClient;
    use crate::modules::httpx::body_handle::BodyHandle;
    use crate::modules::httpx::client::{self, Client};
    use crate::modules::httpx::config::{Limits, Timeout};
    use crate::modules::httpx::content_decoder::Decoder;
    use crate::modules::httpx::cookies::Cookies;
    use crate::modules::httpx::encode::{self, RequestBody, ResponseBody};
    use crate::modules::httpx::headers::Headers;
    use crate::modules::httpx::network_stream::{AsyncNetworkStream, NetworkStream, SslObject};
    use crate::modules::httpx::proxy::Proxy;
    use crate::modules::httpx::query_params::QueryParams;
    use crate::modules::httpx::request::Request;
    use crate::modules::httpx::response::{ContentHandle, Response};
    use crate::modules::httpx::stream::{AsyncStreamContext, StreamContext};
    use crate::modules::httpx::tls::{self, ContextArgs};
    use crate::modules::httpx::transports::{
        self, AsyncBaseTransport, AsyncHttpTransport, BaseTransport, HttpTransport,
    };
    use crate::modules::httpx::url::Url;
    use crate::modules::httpx::use_client_default::{self, UseClientDefault};
    use crate::modules::httpx::{COMPATIBLE_VERSION, exceptions, model_signatures, signatures};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        exceptions::register(vm, module)?;
        exceptions::add_members(vm)?;
        for class in [
            StreamContext::make_static_type(),
            AsyncStreamContext::make_static_type(),
            BodyHandle::make_static_type(),
            ContentHandle::make_static_type(),
            NetworkStream::make_static_type(),
            AsyncNetworkStream::make_static_type(),
            SslObject::make_static_type(),
        ] {
            drop(class);
        }
        let headers = Headers::make_static_type();
        let abc = vm.import("_collections_abc", 0)?;
        let mapping = abc.get_attr("MutableMapping", vm)?;
        vm.call_method(&mapping, "register", (headers.clone(),))?;
        let cookies = Cookies::make_static_type();
        vm.call_method(&mapping, "register", (cookies.clone(),))?;
        let query_params = QueryParams::make_static_type();
        let mapping = abc.get_attr("Mapping", vm)?;
        vm.call_method(&mapping, "register", (query_params.clone(),))?;
        let use_client_default = UseClientDefault::make_static_type();
        extend_module!(vm, module, {
            "__version__" => vm.ctx.new_str(COMPATIBLE_VERSION),
            "BaseClient" => BaseClient::make_static_type(),
            "Client" => Client::make_static_type(),
            "AsyncClient" => AsyncClient::make_static_type(),
            "Decoder" => Decoder::make_static_type(),
            "Request" => Request::make_static_type(),
            "Response" => Response::make_static_type(),
            "Headers" => headers,
            "Cookies" => cookies,
            "Auth" => Auth::make_static_type(),
            "BasicAuth" => BasicAuth::make_static_type(),
            "DigestAuth" => DigestAuth::make_static_type(),
            "FunctionAuth" => FunctionAuth::make_static_type(),
            "NetRCAuth" => NetRcAuth::make_static_type(),
            "URL" => Url::make_static_type(),
            "Timeout" => Timeout::make_static_type(),
            "Limits" => Limits::make_static_type(),
            "Proxy" => Proxy::make_static_type(),
            "QueryParams" => query_params,
            "UseClientDefault" => use_client_default,
            "USE_CLIENT_DEFAULT" => use_client_default::object(vm),
            "BaseTransport" => BaseTransport::make_static_type(),
            "AsyncBaseTransport" => AsyncBaseTransport::make_static_type(),
            "HTTPTransport" => HttpTransport::make_static_type(),
            "AsyncHTTPTransport" => AsyncHttpTransport::make_static_type(),
        });
        signatures::describe(vm, module)?;
        model_signatures::describe(vm, module)?;
        auth::remember(&vm.ctx);
        client::remember(&vm.ctx);
        async_client::remember(&vm.ctx);
        transports::remember(&vm.ctx);
        Ok(())
    }

    /// Makes an `ssl.SSLContext` of the arguments `verify` and `cert`, as a client takes them.
    #[pyfunction]
    fn create_ssl_context(args: ContextArgs, vm: &VirtualMachine) -> PyResult {
        tls::create_context(args, vm)
    }

    /// The header fields and the stream that a request with such a body has.
    #[pyfunction]
    fn encode_request(
        body: RequestBody,
        vm: &VirtualMachine,
    ) -> PyResult<(PyObjectRef, PyObjectRef)> {
        body.encode(None, vm)?.into_pair(vm)
    }

    /// The header fields and the stream of a form with files, whose boundary the Content-Type names.
    #[pyfunction]
    fn encode_multipart(
        data: PyObjectRef,
        files: PyObjectRef,
        content_type: String,
        vm: &VirtualMachine,
    ) -> PyResult<(PyObjectRef, PyObjectRef)> {
        let content_type = Some(content_type.as_bytes());
        encode::encode_form(Some(&data), &files, content_type, vm)?.into_pair(vm)
    }

    /// The header fields and the stream that a response with such content has.
    #[pyfunction]
    fn encode_response(
        body: ResponseBody,
        vm: &VirtualMachine,
    ) -> PyResult<(PyObjectRef, PyObjectRef)> {
        body.encode(vm)?.into_pair(vm)
    }

    /// Sends a GET request.
    #[pyfunction]
    fn get(args: FunctionUrlArgs, vm: &VirtualMachine) -> PyResult {
        api::request(args.with_method(Method::GET, vm), vm)
    }

    /// Sends an OPTIONS request.
    #[pyfunction]
    fn options(args: FunctionUrlArgs, vm: &VirtualMachine) -> PyResult {
        api::request(args.with_method(Method::OPTIONS, vm), vm)
    }

    /// Sends a HEAD request.
    #[pyfunction]
    fn head(args: FunctionUrlArgs, vm: &VirtualMachine) -> PyResult {
        api::request(args.with_method(Method::HEAD, vm), vm)
    }

    /// Sends a DELETE request.
    #[pyfunction]
    fn delete(args: FunctionUrlArgs, vm: &VirtualMachine) -> PyResult {
        api::request(args.with_method(Method::DELETE, vm), vm)
    }

    /// Sends a POST request.
    #[pyfunction]
    fn post(args: FunctionBodyArgs, vm: &VirtualMachine) -> PyResult {
        api::request(args.with_method(Method::POST, vm), vm)
    }

    /// Sends a PUT request.
    #[pyfunction]
    fn put(args: FunctionBodyArgs, vm: &VirtualMachine) -> PyResult {
        api::request(args.with_method(Method::PUT, vm), vm)
    }

    /// Sends a PATCH request.
    #[pyfunction]
    fn patch(args: FunctionBodyArgs, vm: &VirtualMachine) -> PyResult {
        api::request(args.with_method(Method::PATCH, vm), vm)
    }

    /// Sends a request with any method.
    #[pyfunction]
    fn request(args: FunctionMethodArgs, vm: &VirtualMachine) -> PyResult {
        api::request(args, vm)
    }

    /// Sends a request and hands out the response before its content is read; in a `with`
    /// statement.
    #[pyfunction]
    fn stream(args: FunctionMethodArgs, vm: &VirtualMachine) -> PyResult<StreamContext> {
        api::stream(args, vm)
    }
}
