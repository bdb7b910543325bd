//! A Rust stream as a Python iterator: an asynchronous one, or a plain one over `block_on`.

use std::fmt;
use std::sync::Arc;

use futures_core::Stream;
use rustpython_vm::{
    AsObject as _, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::PyBaseExceptionRef,
    protocol::PyIterReturn,
    pyclass,
    types::{IterNext, Iterable, Representable, SelfIter},
};

use crate::blocking::block_on;
use crate::coroutine::Coroutine;
use crate::streams::shared_stream::{SharedStream, Turn};
use crate::with_vm;

/// A Rust stream as a Python asynchronous iterator: for `async for`, `anext`, `aclosing`.
///
/// The stream is polled only while a script awaits an item, so it never gets ahead of the script.
/// An awaited item that is cancelled is not lost: the next one to be awaited is the same. A second
/// `__anext__()` at the same time raises `RuntimeError`, as with an asynchronous generator. The
/// stream is dropped at its end, after an error, by `aclose()`, and with the iterator.
///
/// ```
/// use futures_util::stream;
/// use runtime_bridge::{AsyncIterator, with_vm};
///
/// fn countdown() -> AsyncIterator {
///     let numbers = stream::iter([3, 2, 1]);
///     let objects = futures_util::StreamExt::map(numbers, |number| {
///         with_vm(|vm| Ok(vm.ctx.new_int(number).into()))
///     });
///     AsyncIterator::new("countdown", objects)
/// }
/// ```
#[pyclass(module = "_runtime_bridge", name = "async_iterator")]
#[derive(PyPayload)]
pub struct AsyncIterator {
    name: &'static str,
    stream: Arc<SharedStream>,
}

impl AsyncIterator {
    /// Wraps `stream`; `name` is what a repr shows (`"Response.aiter_bytes"`).
    ///
    /// Items may be awaited under different loops, one after another: what the stream keeps between
    /// them must bear that, as a socket does that re-registers itself.
    ///
    /// As with a coroutine's future, the stream must not strongly own the object that owns the
    /// iterator.
    pub fn new(
        name: &'static str,
        stream: impl Stream<Item = PyResult<PyObjectRef>> + Send + 'static,
    ) -> Self {
        let stream = SharedStream::new(stream);
        Self { name, stream }
    }
}

impl fmt::Debug for AsyncIterator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AsyncIterator({})", self.name)
    }
}

#[pyclass(with(Representable), flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl AsyncIterator {
    #[pymethod]
    fn __aiter__(zelf: PyRef<Self>) -> PyRef<Self> {
        zelf
    }

    /// Returns an awaitable of the next item.
    #[pymethod]
    fn __anext__(zelf: &Py<Self>) -> Coroutine {
        let stream = zelf.stream.clone();
        Coroutine::new("async_iterator.__anext__", async move {
            let turn = begin(&stream, "anext()")?;
            let item = turn.next().await;
            drop(turn);
            with_vm(|vm| match item {
                Some(Ok(item)) => Ok(item),
                Some(Err(exception)) => Err(not_the_end(exception, vm)),
                None => Err(stop_async_iteration(vm)),
            })
        })
    }

    /// Returns an awaitable that drops the stream.
    #[pymethod]
    fn aclose(zelf: &Py<Self>) -> Coroutine {
        let stream = zelf.stream.clone();
        Coroutine::new("async_iterator.aclose", async move {
            begin(&stream, "aclose()")?.close();
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }
}

impl Representable for AsyncIterator {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok(format!("<native async iterator {}>", zelf.name))
    }
}

/// A Rust stream as a plain Python iterator, each item awaited with [`block_on`].
///
/// The rules are those of [`AsyncIterator`]: the stream is polled only inside `__next__()`, which
/// refuses a second thread with `RuntimeError`; an interrupted `__next__()` loses no item;
/// `close()`, the end, an error and the end of the iterator drop the stream.
///
/// ```
/// use futures_util::stream;
/// use runtime_bridge::{BlockingIterator, with_vm};
///
/// fn once(value: rustpython_vm::PyObjectRef) -> BlockingIterator {
///     BlockingIterator::new("once", stream::iter([Ok(value)]))
/// }
/// ```
#[pyclass(module = "_runtime_bridge", name = "blocking_iterator")]
#[derive(PyPayload)]
pub struct BlockingIterator {
    name: &'static str,
    stream: Arc<SharedStream>,
}

impl BlockingIterator {
    /// Wraps `stream`; `name` is what a repr shows (`"Response.iter_bytes"`).
    pub fn new(
        name: &'static str,
        stream: impl Stream<Item = PyResult<PyObjectRef>> + Send + 'static,
    ) -> Self {
        let stream = SharedStream::new(stream);
        Self { name, stream }
    }
}

impl fmt::Debug for BlockingIterator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockingIterator({})", self.name)
    }
}

#[pyclass(
    with(IterNext, Iterable, Representable),
    flags(HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl BlockingIterator {
    /// Drops the stream.
    #[pymethod]
    fn close(zelf: &Py<Self>) -> PyResult<()> {
        begin(&zelf.stream, "close()")?.close();
        Ok(())
    }
}

impl SelfIter for BlockingIterator {}

impl IterNext for BlockingIterator {
    fn next(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        let turn = begin(&zelf.stream, "next()")?;
        let item = block_on(vm, async { Ok(turn.next().await) })?;
        match item {
            Some(Ok(item)) => Ok(PyIterReturn::Return(item)),
            Some(Err(exception)) => Err(not_the_end(exception, vm)),
            None => Ok(PyIterReturn::StopIteration(None)),
        }
    }
}

impl Representable for BlockingIterator {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok(format!("<native iterator {}>", zelf.name))
    }
}

fn begin(stream: &Arc<SharedStream>, what: &str) -> PyResult<Turn> {
    let is_running = || {
        let message = format!("{what}: the iterator is already running");
        with_vm(|vm| vm.new_runtime_error(message))
    };
    stream.begin().ok_or_else(is_running)
}

/// A stream that fails with an exception that ends loops must not look as if it had ended.
fn not_the_end(exception: PyBaseExceptionRef, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let exceptions = &vm.ctx.exceptions;
    let name = if exception.fast_isinstance(exceptions.stop_async_iteration) {
        "StopAsyncIteration"
    } else if exception.fast_isinstance(exceptions.stop_iteration) {
        "StopIteration"
    } else {
        return exception;
    };
    let error = vm.new_runtime_error(format!("native iterator raised {name}"));
    error.set_context(Some(exception.clone()));
    error.set_cause(Some(exception));
    error
}

fn stop_async_iteration(vm: &VirtualMachine) -> PyBaseExceptionRef {
    let class = vm.ctx.exceptions.stop_async_iteration.to_owned();
    vm.new_exception(class, Vec::new())
}
