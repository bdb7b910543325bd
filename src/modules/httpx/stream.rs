//! `stream()` and the iterators over a response's content.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use runtime_bridge::{Coroutine, block_on};
use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    common::lock::PyMutex,
    function::FuncArgs,
    protocol::PyIterReturn,
    pyclass,
    types::{IterNext, Iterable, SelfIter},
};

use super::response::Response;
use super::session::{Exchange, Session};
use super::with_vm;
use crate::modules::convert::new_bytes;

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

    fn exit(&self) {
        let open = self.open.lock().take();
        if let Some((response, owned)) = open {
            response.body().close();
            if let Some(session) = owned {
                session.close();
            }
        }
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
stream_debug!(
    StreamContext,
    AsyncStreamContext,
    ByteIterator,
    AsyncByteIterator
);

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
    fn __exit__(zelf: &Py<Self>, _args: FuncArgs) {
        zelf.stream.exit();
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
            zelf.stream.exit();
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }
}

/// The parts of a response's content, cut to a size if one was asked for.
pub(super) struct Chunks {
    response: PyRef<Response>,
    size: Option<usize>,
    buffer: BytesMut,
    started: bool,
    ended: bool,
}

impl Chunks {
    pub(super) fn new(
        response: PyRef<Response>,
        size: Option<usize>,
        vm: &VirtualMachine,
    ) -> PyResult<Self> {
        if size == Some(0) {
            return Err(vm.new_value_error("chunk_size must be at least 1"));
        }
        Ok(Self {
            response,
            size,
            buffer: BytesMut::new(),
            started: false,
            ended: false,
        })
    }

    async fn next(&mut self) -> PyResult<Option<Bytes>> {
        loop {
            if let Some(size) = self.size
                && self.buffer.len() >= size
            {
                return Ok(Some(self.buffer.split_to(size).freeze()));
            }
            if self.ended {
                let rest = self.buffer.split().freeze();
                return Ok((!rest.is_empty()).then_some(rest));
            }
            match self.next_part().await? {
                Some(part) if self.size.is_none() => return Ok(Some(part)),
                Some(part) => self.buffer.extend_from_slice(&part),
                None => self.ended = true,
            }
        }
    }

    async fn next_part(&mut self) -> PyResult<Option<Bytes>> {
        let first = !std::mem::replace(&mut self.started, true);
        match self.response.body().bytes() {
            Some(content) if first => {
                let content = Bytes::copy_from_slice(content.as_bytes());
                Ok((!content.is_empty()).then_some(content))
            }
            Some(_) => Ok(None),
            None => self.response.body().next_part(!first).await,
        }
    }
}

type SharedChunks = Arc<tokio::sync::Mutex<Chunks>>;

/// Iterates over the content of a response.
#[pyclass(module = "httpx", name = "ByteIterator")]
#[derive(PyPayload)]
pub(super) struct ByteIterator {
    chunks: SharedChunks,
}

impl From<Chunks> for ByteIterator {
    fn from(chunks: Chunks) -> Self {
        Self {
            chunks: Arc::new(chunks.into()),
        }
    }
}

#[pyclass(with(IterNext, Iterable), flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl ByteIterator {}

impl SelfIter for ByteIterator {}

impl IterNext for ByteIterator {
    fn next(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        let chunk = block_on(vm, async { zelf.chunks.lock().await.next().await })?;
        Ok(match chunk {
            Some(chunk) => PyIterReturn::Return(new_bytes(chunk, vm).into()),
            None => PyIterReturn::StopIteration(None),
        })
    }
}

/// Iterates over the content of a response, in an `async for` statement.
#[pyclass(module = "httpx", name = "AsyncByteIterator")]
#[derive(PyPayload)]
pub(super) struct AsyncByteIterator {
    chunks: SharedChunks,
}

impl From<Chunks> for AsyncByteIterator {
    fn from(chunks: Chunks) -> Self {
        Self {
            chunks: Arc::new(chunks.into()),
        }
    }
}

#[pyclass(flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl AsyncByteIterator {
    #[pymethod]
    fn __aiter__(zelf: PyRef<Self>) -> PyRef<Self> {
        zelf
    }

    #[pymethod]
    fn __anext__(zelf: &Py<Self>) -> Coroutine {
        let chunks = zelf.chunks.clone();
        Coroutine::new("Response.aiter_bytes", async move {
            let chunk = chunks.lock().await.next().await?;
            with_vm(|vm| chunk_or_stop(chunk, vm))
        })
    }

    /// Ends the iteration; the response stays as it is.
    #[pymethod]
    fn aclose(_zelf: &Py<Self>) -> Coroutine {
        Coroutine::new("Response.aiter_bytes", async {
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }
}

fn chunk_or_stop(chunk: Option<Bytes>, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    match chunk {
        Some(chunk) => Ok(new_bytes(chunk, vm).into()),
        None => {
            let class = vm.ctx.exceptions.stop_async_iteration.to_owned();
            Err(vm.new_exception_empty(class))
        }
    }
}
