//! A request body of the engine's, for scripts to read.

use std::fmt;
use std::future::poll_fn;

use bytes::Bytes;
use futures_util::{Stream, stream};
use runtime_bridge::{AsyncIterator, BlockingIterator};
use rustpython_vm::{Py, PyObjectRef, PyPayload, PyResult, common::lock::PyMutex, pyclass};

use super::exceptions::to_exception;
use super::with_vm;
use crate::engine::http::{Body, BodySource};
use crate::engine::{Error, Kind};
use crate::modules::convert::new_bytes;

/// What httpx._content_streams.BodyStream reads from.
#[pyclass(module = "_httpx", name = "BodyHandle")]
#[derive(PyPayload)]
pub(super) struct BodyHandle {
    body: PyMutex<Body>,
}

impl fmt::Debug for BodyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyHandle")
    }
}

impl BodyHandle {
    pub(super) fn new(body: Body) -> Self {
        let body = PyMutex::new(body);
        Self { body }
    }

    /// The body, from its start. One that can be had only once is given away.
    pub(super) fn body(&self) -> Body {
        let mut body = self.body.lock();
        match body.replay() {
            Some(again) => again,
            None => std::mem::replace(&mut *body, Body::Stream(Box::new(Spent))),
        }
    }
}

#[pyclass(flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl BodyHandle {
    /// Iterates over the body.
    #[pymethod]
    fn iterate(zelf: &Py<Self>) -> BlockingIterator {
        BlockingIterator::new("Request.stream", chunks(zelf.body()))
    }

    /// Iterates over the body, in an `async for` statement.
    #[pymethod]
    fn aiterate(zelf: &Py<Self>) -> AsyncIterator {
        AsyncIterator::new("Request.stream", chunks(zelf.body()))
    }
}

fn chunks(body: Body) -> impl Stream<Item = PyResult<PyObjectRef>> + Send {
    stream::unfold(body, |body| async move {
        let (chunk, rest) = match body {
            Body::Empty => return None,
            Body::Bytes(bytes) => (Ok(bytes), Body::Empty),
            Body::Stream(mut source) => {
                let chunk = poll_fn(|cx| source.poll_chunk(cx)).await?;
                (chunk.map_err(Error::user), Body::Stream(source))
            }
        };
        Some((with_vm(|vm| to_object(chunk, vm)), rest))
    })
}

fn to_object(
    chunk: Result<Bytes, Error>,
    vm: &rustpython_vm::VirtualMachine,
) -> PyResult<PyObjectRef> {
    let chunk = chunk.map_err(|error| to_exception(error, None, vm))?;
    Ok(new_bytes(chunk, vm).into())
}

/// A body that was given away.
struct Spent;

impl BodySource for Spent {
    fn poll_chunk(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Bytes, crate::engine::BoxError>>> {
        let message = "Attempted to read or stream some content, but the content has already been \
                       streamed.";
        let error = Error::new(Kind::StreamConsumed, message);
        std::task::Poll::Ready(Some(Err(Box::new(error))))
    }

    fn content_length(&self) -> Option<u64> {
        None
    }
}
