//! The content of a response as the engine brings it, for scripts to read as a stream.

use std::fmt;
use std::sync::Arc;

use futures_util::{Stream, stream};
use runtime_bridge::{AsyncIterator, BlockingIterator, Coroutine, block_on};
use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, builtins::PyBaseExceptionRef, pyclass,
};

use crate::engine::Error;
use crate::engine::http::Content;
use crate::engine::http::parts::Parts;
use crate::modules::convert::new_bytes;
use crate::modules::httpx::exceptions::to_exception;
use crate::modules::httpx::with_vm;

/// What the streams of httpx._content_streams read a response from.
#[pyclass(module = "_httpx", name = "ContentHandle")]
#[derive(PyPayload)]
pub(in crate::modules::httpx) struct ContentHandle {
    content: Arc<Content>,
}

impl fmt::Debug for ContentHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.content.fmt(f)
    }
}

impl ContentHandle {
    pub(super) fn new(content: Arc<Content>) -> Self {
        Self { content }
    }
}

#[pyclass(flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl ContentHandle {
    /// Iterates over the content as it comes.
    #[pymethod]
    fn iterate(zelf: &Py<Self>) -> BlockingIterator {
        BlockingIterator::new("Response.stream", chunks(zelf.content.clone()))
    }

    /// Iterates over the content as it comes, in an `async for` statement.
    #[pymethod]
    fn aiterate(zelf: &Py<Self>) -> AsyncIterator {
        AsyncIterator::new("Response.stream", chunks(zelf.content.clone()))
    }

    /// Gives up what was not read.
    #[pymethod]
    fn close(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        block_on(vm, async { zelf.content.close().await.map_err(raised) })
    }

    /// Gives up what was not read; await it.
    #[pymethod]
    fn aclose(zelf: &Py<Self>) -> Coroutine {
        let content = zelf.content.clone();
        Coroutine::new("Response.stream.aclose", async move {
            content.close().await.map_err(raised)?;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }
}

fn raised(error: Error) -> PyBaseExceptionRef {
    with_vm(|vm| to_exception(error, None, vm))
}

fn chunks(content: Arc<Content>) -> impl Stream<Item = PyResult<PyObjectRef>> + Send {
    stream::unfold(Begin::Not(content), |state| async move {
        let mut parts = match state {
            Begin::Not(content) => match Parts::begin(content, None, None) {
                Ok(parts) => parts,
                Err(error) => return Some((Err(raised(error)), Begin::Over)),
            },
            Begin::Begun(parts) => parts,
            Begin::Over => return None,
        };
        match parts.next().await {
            Ok(Some(chunk)) => {
                let chunk = with_vm(|vm| new_bytes(chunk, vm));
                Some((Ok(chunk.into()), Begin::Begun(parts)))
            }
            Ok(None) => None,
            Err(error) => Some((Err(raised(error)), Begin::Over)),
        }
    })
}

/// The content is claimed when the first part is asked for.
enum Begin {
    Not(Arc<Content>),
    Begun(Parts),
    Over,
}
