//! `stream()` and the iterators over a response's content.

use std::fmt;
use std::sync::Arc;

use runtime_bridge::{Coroutine, block_on};
use rustpython_vm::{
    Py, PyPayload, PyRef, PyResult, VirtualMachine, common::lock::PyMutex, function::FuncArgs,
    pyclass,
};

use super::response::Response;
use super::session::{Exchange, Session};
use super::with_vm;

/// A request that is sent when its context is entered. What was wrong with it is raised there too,
/// as for a function with `@contextmanager`.
pub(super) struct Pending {
    exchange: PyResult<Exchange>,
    /// Closed with the response: the client of `httpx.stream()`.
    owned: Option<Arc<Session>>,
}

impl Pending {
    pub(super) fn new(exchange: PyResult<Exchange>, owned: Option<Arc<Session>>) -> Self {
        Self { exchange, owned }
    }
}

/// The state of a `with` or `async with` over a stream.
struct Stream {
    pending: PyMutex<Option<Pending>>,
    open: PyMutex<Option<Open>>,
}

/// What is to be closed at the end of the statement.
type Open = (PyRef<Response>, Option<Arc<Session>>);

impl Stream {
    fn new(pending: Pending) -> Self {
        Self {
            pending: PyMutex::new(Some(pending)),
            open: PyMutex::default(),
        }
    }

    async fn enter(&self) -> PyResult<PyRef<Response>> {
        let Some(Pending { exchange, owned }) = self.pending.lock().take() else {
            let message = "a stream can be entered only once";
            return Err(with_vm(|vm| vm.new_runtime_error(message)));
        };
        let response = exchange?.open().await?;
        *self.open.lock() = Some((response.clone(), owned));
        Ok(response)
    }

    async fn exit(&self) -> PyResult<()> {
        let open = self.open.lock().take();
        if let Some((response, owned)) = open {
            response.give_up().await?;
            if let Some(session) = owned {
                session.close();
            }
        }
        Ok(())
    }
}

macro_rules! stream_debug {
    ($($class:ident),*) => {$(
        impl fmt::Debug for $class {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($class))
            }
        }
    )*};
}
stream_debug!(StreamContext, AsyncStreamContext);

/// What Client.stream() returns: use it in a `with` statement.
#[pyclass(module = "httpx", name = "StreamContext")]
#[derive(PyPayload)]
pub(super) struct StreamContext {
    stream: Stream,
}

impl From<Pending> for StreamContext {
    fn from(pending: Pending) -> Self {
        Self {
            stream: Stream::new(pending),
        }
    }
}

#[pyclass(flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl StreamContext {
    #[pymethod]
    fn __enter__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
        block_on(vm, zelf.stream.enter())
    }

    #[pymethod]
    fn __exit__(zelf: &Py<Self>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        block_on(vm, zelf.stream.exit())
    }
}

/// What AsyncClient.stream() returns: use it in an `async with` statement.
#[pyclass(module = "httpx", name = "AsyncStreamContext")]
#[derive(PyPayload)]
pub(super) struct AsyncStreamContext {
    stream: Stream,
}

impl From<Pending> for AsyncStreamContext {
    fn from(pending: Pending) -> Self {
        Self {
            stream: Stream::new(pending),
        }
    }
}

#[pyclass(flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl AsyncStreamContext {
    #[pymethod]
    fn __aenter__(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("AsyncClient.stream", async move {
            zelf.stream.enter().await.map(Into::into)
        })
    }

    #[pymethod]
    fn __aexit__(zelf: PyRef<Self>, _args: FuncArgs) -> Coroutine {
        Coroutine::new("AsyncClient.stream", async move {
            zelf.stream.exit().await?;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }
}
