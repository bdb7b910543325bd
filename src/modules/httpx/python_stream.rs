//! A script's stream as the engine reads it: the body of a request, or the content of a response.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream as _;
use futures_util::future::BoxFuture;
use runtime_bridge::{ByteStream, Homing, await_in_line, is_blocking};
use rustpython_vm::{AsObject as _, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::{streams, with_vm};
use crate::engine::BoxError;
use crate::engine::http::BodySource;
use crate::engine::http::content::ContentSource;
use crate::modules::raised::Raised;

/// A stream object, iterated anew by each reader.
pub(super) struct PythonStream {
    stream: Homing<PyObjectRef>,
    reader: Option<ByteStream>,
    is_one_shot: bool,
    moves: bool,
}

impl PythonStream {
    pub(super) fn new(stream: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self {
            is_one_shot: streams::is_one_shot(stream, vm)?,
            stream: Homing::new(stream.to_owned()),
            reader: None,
            moves: false,
        })
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let reader = match &mut self.reader {
            Some(reader) => reader,
            None => {
                let stream = (*self.stream).clone();
                match with_vm(|vm| ByteStream::new(stream, vm)) {
                    Ok(reader) if self.moves => self.reader.insert(reader.movable()),
                    Ok(reader) => self.reader.insert(reader),
                    Err(exception) => return Poll::Ready(Some(Err(Raised::boxed(exception)))),
                }
            }
        };
        let chunk = ready!(Pin::new(reader).poll_next(cx));
        Poll::Ready(chunk.map(|chunk| chunk.map_err(Raised::boxed)))
    }
}

impl BodySource for PythonStream {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        self.poll(cx)
    }

    /// The request's Content-Length says it, if it is known.
    fn content_length(&self) -> Option<u64> {
        None
    }

    fn set_movable(&mut self) {
        self.moves = true;
    }

    fn replay(&self) -> Option<Box<dyn BodySource>> {
        (!self.is_one_shot).then(|| {
            let again = Self {
                stream: self.stream.clone(),
                reader: None,
                is_one_shot: false,
                moves: self.moves,
            };
            Box::new(again) as Box<dyn BodySource>
        })
    }
}

impl ContentSource for PythonStream {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        self.poll(cx)
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), BoxError>> {
        Box::pin(async move {
            let Self { stream, reader, .. } = *self;
            drop(reader);
            close(&stream).await.map_err(Raised::boxed)
        })
    }
}

/// Calls `aclose()` where that can be awaited, and `close()` elsewhere.
async fn close(stream: &PyObjectRef) -> PyResult<()> {
    let names = if is_blocking() {
        ["close", "aclose"]
    } else {
        ["aclose", "close"]
    };
    let closed = with_vm(|vm| {
        for name in names {
            if let Some(close) = vm.get_attribute_opt(stream, vm.ctx.intern_str(name))? {
                let result = close.call((), vm)?;
                return Ok((!vm.is_none(&result)).then_some(result));
            }
        }
        Ok(None)
    })?;
    if let Some(awaitable) = closed
        && with_vm(|vm| streams::has(awaitable.as_object(), "__await__", vm))
    {
        await_in_line(awaitable).await?;
    }
    Ok(())
}
