//! Iterating over a response's content.

use std::num::NonZeroUsize;

use bytes::Bytes;
use futures_util::{Stream, stream};
use rustpython_vm::{FromArgs, PyObjectRef, PyRef, PyResult, VirtualMachine, builtins::PyBytesRef};

use super::{Response, headers, reading};
use crate::engine::http::decode::Decoder;
use crate::engine::http::parts::Parts;
use crate::modules::convert::new_bytes;
use crate::modules::httpx::streams::StreamKind;
use crate::modules::httpx::with_vm;

#[derive(FromArgs)]
pub(super) struct ChunkArgs {
    #[pyarg(any, default)]
    chunk_size: Option<isize>,
}

impl ChunkArgs {
    /// # Errors
    /// ValueError for a size that is not positive.
    pub(super) fn size(self, vm: &VirtualMachine) -> PyResult<Option<NonZeroUsize>> {
        let Some(size) = self.chunk_size else {
            return Ok(None);
        };
        let size = usize::try_from(size).ok().and_then(NonZeroUsize::new);
        size.map(Some)
            .ok_or_else(|| vm.new_value_error("chunk_size must be at least 1"))
    }
}

/// One pass over the content, as it came or decoded.
pub(super) struct Pass {
    response: PyRef<Response>,
    /// How it is to be read.
    kind: StreamKind,
    is_raw: bool,
    size: Option<NonZeroUsize>,
    state: State,
}

enum State {
    Unbegun,
    /// Over content that was read before.
    Held {
        content: PyBytesRef,
        at: usize,
    },
    Parts(Parts),
}

impl Pass {
    pub(super) fn new(
        response: PyRef<Response>,
        kind: StreamKind,
        is_raw: bool,
        size: Option<NonZeroUsize>,
    ) -> Self {
        Self {
            response,
            kind,
            is_raw,
            size,
            state: State::Unbegun,
        }
    }

    pub(super) fn response(&self) -> &PyRef<Response> {
        &self.response
    }

    /// The next part, or `None` at the end.
    pub(super) async fn next(&mut self) -> PyResult<Option<Bytes>> {
        if let State::Unbegun = self.state {
            self.state = with_vm(|vm| self.begin(vm))?;
        }
        match &mut self.state {
            State::Unbegun => Ok(None),
            State::Held { content, at } => Ok(next_slice(content.as_bytes(), at, self.size)),
            State::Parts(parts) => {
                let part = parts.next().await;
                part.map_err(|error| with_vm(|vm| self.response.exception(error, vm)))
            }
        }
    }

    fn begin(&self, vm: &VirtualMachine) -> PyResult<State> {
        let response = &self.response;
        if !self.is_raw
            && let Some(content) = response.held(vm)
        {
            return Ok(State::Held { content, at: 0 });
        }
        reading::check(response, self.kind, vm)?;
        let decoder = match self.is_raw {
            true => None,
            false => {
                let decoder = Decoder::new(&*headers::map(response, vm)?);
                Some(decoder.map_err(|error| response.exception(error, vm))?)
            }
        };
        let parts = Parts::begin(response.content(), decoder, self.size);
        let parts = parts.map_err(|error| response.exception(error, vm))?;
        Ok(State::Parts(parts))
    }
}

fn next_slice(content: &[u8], at: &mut usize, size: Option<NonZeroUsize>) -> Option<Bytes> {
    let rest = &content[*at..];
    let part = &rest[..size.map_or(rest.len(), |size| rest.len().min(size.get()))];
    *at += part.len();
    (!part.is_empty()).then(|| Bytes::copy_from_slice(part))
}

/// What an iterator of a script goes over.
pub(super) trait Items: Send + Sized + 'static {
    /// The next object, or `None` at the end.
    fn next_object(&mut self) -> impl Future<Output = PyResult<Option<PyObjectRef>>> + Send;

    /// The objects, to their end or the first error.
    fn objects(self) -> impl Stream<Item = PyResult<PyObjectRef>> + Send {
        stream::unfold(Some(self), |state| async move {
            let mut items = state?;
            match items.next_object().await {
                Ok(Some(object)) => Some((Ok(object), Some(items))),
                Ok(None) => None,
                Err(exception) => Some((Err(exception), None)),
            }
        })
    }
}

impl Items for Pass {
    async fn next_object(&mut self) -> PyResult<Option<PyObjectRef>> {
        let part = self.next().await?;
        Ok(part.map(|part| with_vm(|vm| new_bytes(part, vm).into())))
    }
}
