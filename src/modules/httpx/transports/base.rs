//! `httpx.BaseTransport` and `httpx.AsyncBaseTransport`, for scripts to derive from.

use runtime_bridge::{Coroutine, await_in_line};
use rustpython_vm::{
    Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine, builtins::PyType,
    function::FuncArgs, pyclass, types::Constructor,
};

use crate::modules::httpx::with_vm;

/// Base class of transports for Client: derive from it and define handle_request(request).
#[pyclass(module = "httpx", name = "BaseTransport")]
#[derive(Debug, Default, PyPayload)]
pub(in crate::modules::httpx) struct BaseTransport;

impl Constructor for BaseTransport {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self)
    }
}

// Its methods take any object: a class that derives from both has the payload of only one.
#[pyclass(with(Constructor), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl BaseTransport {
    /// Sends a single request and returns the response. To be overridden.
    #[pymethod]
    fn handle_request(_zelf: PyObjectRef, _request: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        let message = "The 'handle_request' method must be implemented.";
        Err(vm.new_not_implemented_error(message))
    }

    /// Lets go of what the transport holds. May be overridden.
    #[pymethod]
    fn close(_zelf: PyObjectRef) {}

    #[pymethod]
    fn __enter__(zelf: PyObjectRef) -> PyObjectRef {
        zelf
    }

    #[pymethod]
    fn __exit__(zelf: PyObjectRef, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        vm.call_method(&zelf, "close", ()).map(drop)
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}

/// Base class of transports for AsyncClient: derive from it and define
/// handle_async_request(request).
#[pyclass(module = "httpx", name = "AsyncBaseTransport")]
#[derive(Debug, Default, PyPayload)]
pub(in crate::modules::httpx) struct AsyncBaseTransport;

impl Constructor for AsyncBaseTransport {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self)
    }
}

/// Closes a transport by the method that its class has.
async fn close(transport: &PyObject) -> PyResult {
    let closing = with_vm(|vm| vm.call_method(transport, "aclose", ()))?;
    await_in_line(closing).await
}

#[pyclass(with(Constructor), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl AsyncBaseTransport {
    /// Sends a single request; await the response. To be overridden.
    #[pymethod]
    fn handle_async_request(_zelf: PyObjectRef, _request: PyObjectRef) -> Coroutine {
        Coroutine::new("AsyncBaseTransport.handle_async_request", async {
            let message = "The 'handle_async_request' method must be implemented.";
            Err(with_vm(|vm| vm.new_not_implemented_error(message)))
        })
    }

    /// Lets go of what the transport holds; await it. May be overridden.
    #[pymethod]
    fn aclose(_zelf: PyObjectRef) -> Coroutine {
        Coroutine::new("AsyncBaseTransport.aclose", async {
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    #[pymethod]
    fn __aenter__(zelf: PyObjectRef) -> Coroutine {
        Coroutine::new("AsyncBaseTransport.__aenter__", async move { Ok(zelf) })
    }

    #[pymethod]
    fn __aexit__(zelf: PyObjectRef, _args: FuncArgs) -> Coroutine {
        Coroutine::new("AsyncBaseTransport.__aexit__", async move {
            close(&zelf).await?;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
