//! `httpx.HTTPTransport` and `httpx.AsyncHTTPTransport`: the engine's transport as an object.

use std::fmt;
use std::sync::Arc;

use runtime_bridge::{Coroutine, block_on};
use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyTuple, PyType},
    common::lock::PyRwLock,
    function::FuncArgs,
    pyclass,
    types::{Constructor, Initializer},
};

use super::base::{AsyncBaseTransport, BaseTransport};
use crate::engine::http as engine;
use crate::modules::httpx::exceptions::to_exception;
use crate::modules::httpx::mode::Mode;
use crate::modules::httpx::request::{self, Request};
use crate::modules::httpx::response::{Reception, Response};
use crate::modules::httpx::transport_options::HttpTransportArgs;
use crate::modules::httpx::with_vm;

/// The engine's transport, once `__init__` has made it.
#[derive(Debug, Default)]
struct Slot(PyRwLock<Option<engine::HttpTransport>>);

impl Slot {
    fn of(transport: engine::HttpTransport) -> Self {
        Self(PyRwLock::new(Some(transport)))
    }

    fn get(&self) -> Option<engine::HttpTransport> {
        self.0.read().clone()
    }

    fn expect(&self) -> PyResult<engine::HttpTransport> {
        let missing = "the transport's __init__() was not called";
        self.get()
            .ok_or_else(|| with_vm(|vm| vm.new_runtime_error(missing)))
    }

    fn close(&self) {
        if let Some(transport) = self.get() {
            transport.close();
        }
    }
}

/// Sends one request, with nothing but the transport; the content of the response is unread.
async fn handle(
    transport: PyResult<engine::HttpTransport>,
    request: PyObjectRef,
    mode: Mode,
) -> PyResult<PyRef<Response>> {
    let transport = transport?;
    let request = with_vm(|vm| request::to_engine(&request, engine::Timeouts::all(None), vm))?;
    let sent = Arc::new(request.sent());
    match transport.answer(request, sent.clone()).await {
        Ok(answer) => {
            let reception = Reception::of(mode);
            Ok(with_vm(|vm| {
                Response::from_last(&Arc::new(answer), &reception, vm)
            }))
        }
        Err(error) => Err(with_vm(|vm| {
            to_exception(error, Some(Request::from_sent(&sent, vm)), vm)
        })),
    }
}

/// The pool as a package looks at it, by httpcore's class of that prefix.
fn described(slot: &Slot, prefix: &str, vm: &VirtualMachine) -> PyResult {
    let transport = slot.expect()?;
    let (url, fields) = transport.http_proxy().unzip();
    let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = vm.ctx.new_bytes(value.as_bytes().to_vec()).into();
        vm.ctx
            .new_tuple(vec![vm.ctx.new_str(name.as_str()).into(), value])
    };
    let fields: Vec<PyObjectRef> = fields
        .into_iter()
        .flatten()
        .map(|it| field(it).into())
        .collect();
    let names = PyTuple::new_ref(vec![vm.ctx.new_str("describe").into()], &vm.ctx);
    let describe = vm.import_from("httpx._pool", names, 0)?;
    let describe = describe.get_attr("describe", vm)?;
    let url = url.map(ToString::to_string);
    describe.call((prefix.to_owned(), url, vm.ctx.new_list(fields)), vm)
}

/// HTTPTransport(*, verify=True, cert=None, trust_env=True, http1=True, http2=False, limits, proxy,
/// uds, local_address, retries=0, socket_options): sends requests over a pool of connections.
///
/// Knows nothing of redirects, cookies and authentication. It is what Client uses by default.
#[pyclass(module = "httpx", name = "HTTPTransport", base = BaseTransport)]
#[derive(Default)]
pub(in crate::modules::httpx) struct HttpTransport {
    _base: BaseTransport,
    slot: Slot,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HTTPTransport")
    }
}

impl HttpTransport {
    pub(in crate::modules::httpx) fn object(
        transport: engine::HttpTransport,
        vm: &VirtualMachine,
    ) -> PyObjectRef {
        let transport = Self {
            slot: Slot::of(transport),
            ..Self::default()
        };
        transport.into_ref(&vm.ctx).into()
    }

    pub(in crate::modules::httpx) fn engine(&self) -> Option<engine::HttpTransport> {
        self.slot.get()
    }
}

impl Constructor for HttpTransport {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for HttpTransport {
    type Args = HttpTransportArgs;

    fn init(zelf: &Py<Self>, args: HttpTransportArgs, vm: &VirtualMachine) -> PyResult<()> {
        *zelf.slot.0.write() = Some(args.transport(vm)?);
        Ok(())
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl HttpTransport {
    /// Sends a single request and returns the response, whose content is unread.
    #[pymethod]
    fn handle_request(
        zelf: &Py<Self>,
        request: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Response>> {
        block_on(vm, handle(zelf.slot.expect(), request, Mode::Blocking))
    }

    #[pygetset]
    fn _pool(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        described(&zelf.slot, "", vm)
    }

    /// Closes the connections.
    #[pymethod]
    fn close(zelf: &Py<Self>) {
        zelf.slot.close();
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}

/// AsyncHTTPTransport(*, verify=True, cert=None, trust_env=True, http1=True, http2=False, limits,
/// proxy, uds, local_address, retries=0, socket_options): sends requests over a pool of
/// connections.
///
/// Knows nothing of redirects, cookies and authentication. It is what AsyncClient uses by default.
#[pyclass(module = "httpx", name = "AsyncHTTPTransport", base = AsyncBaseTransport)]
#[derive(Default)]
pub(in crate::modules::httpx) struct AsyncHttpTransport {
    _base: AsyncBaseTransport,
    slot: Slot,
}

impl fmt::Debug for AsyncHttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsyncHTTPTransport")
    }
}

impl AsyncHttpTransport {
    pub(in crate::modules::httpx) fn object(
        transport: engine::HttpTransport,
        vm: &VirtualMachine,
    ) -> PyObjectRef {
        let transport = Self {
            slot: Slot::of(transport),
            ..Self::default()
        };
        transport.into_ref(&vm.ctx).into()
    }

    pub(in crate::modules::httpx) fn engine(&self) -> Option<engine::HttpTransport> {
        self.slot.get()
    }
}

impl Constructor for AsyncHttpTransport {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for AsyncHttpTransport {
    type Args = HttpTransportArgs;

    fn init(zelf: &Py<Self>, args: HttpTransportArgs, vm: &VirtualMachine) -> PyResult<()> {
        *zelf.slot.0.write() = Some(args.transport(vm)?);
        Ok(())
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl AsyncHttpTransport {
    /// Sends a single request; await the response, whose content is unread.
    #[pymethod]
    fn handle_async_request(zelf: &Py<Self>, request: PyObjectRef) -> Coroutine {
        let transport = zelf.slot.expect();
        Coroutine::new("AsyncHTTPTransport.handle_async_request", async move {
            handle(transport, request, Mode::Awaited)
                .await
                .map(Into::into)
        })
    }

    #[pygetset]
    fn _pool(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        described(&zelf.slot, "Async", vm)
    }

    /// Closes the connections; await it.
    #[pymethod]
    fn aclose(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("AsyncHTTPTransport.aclose", async move {
            zelf.slot.close();
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
