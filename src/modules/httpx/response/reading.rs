//! Reading and closing a response.

use std::sync::Arc;

use rustpython_vm::{Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, builtins::PyBytesRef};

use super::{ContentHandle, Response, headers};
use crate::engine::http::Content;
use crate::engine::http::content::Source;
use crate::modules::httpx::python_stream::PythonStream;
use crate::modules::httpx::streams::{self, StreamKind};
use crate::modules::httpx::with_vm;

/// Whether the content can be read in this way, and was not read or given up.
///
/// # Errors
/// StreamConsumed, StreamClosed, and RuntimeError for a stream of the other kind.
pub(super) fn check(zelf: &Response, wanted: StreamKind, vm: &VirtualMachine) -> PyResult<()> {
    let unread = zelf.content().may_begin();
    unread.map_err(|error| zelf.exception(error, vm))?;
    let kind = zelf.fields.lock().kind;
    if wanted.asynchronous && !kind.asynchronous {
        let message = "Attempted to call an async iterator on an sync stream.";
        return Err(vm.new_runtime_error(message));
    }
    if wanted.sync && !kind.sync {
        let message = "Attempted to call a sync iterator on an async stream.";
        return Err(vm.new_runtime_error(message));
    }
    Ok(())
}

/// # Errors
/// RuntimeError for a stream of the other kind.
pub(super) fn check_closing(
    zelf: &Response,
    wanted: StreamKind,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let kind = zelf.fields.lock().kind;
    if wanted.asynchronous && !kind.asynchronous {
        let message = "Attempted to call an async close on an sync stream.";
        return Err(vm.new_runtime_error(message));
    }
    if wanted.sync && !kind.sync {
        let message = "Attempted to call an sync close on an async stream.";
        return Err(vm.new_runtime_error(message));
    }
    Ok(())
}

pub(super) async fn read(zelf: &Py<Response>) -> PyResult<PyBytesRef> {
    if let Some(held) = with_vm(|vm| zelf.held(vm)) {
        return Ok(held);
    }
    let (content, headers) = with_vm(|vm| {
        Ok::<_, rustpython_vm::builtins::PyBaseExceptionRef>((
            zelf.content(),
            headers::map(zelf, vm)?,
        ))
    })?;
    let result = content.read(&headers).await;
    with_vm(|vm| {
        result.map_err(|error| zelf.exception(error, vm))?;
        zelf.held_or_error(vm)
    })
}

pub(super) async fn close(zelf: &Response) -> PyResult<()> {
    if let Some(origin) = zelf.origin.get() {
        origin.close();
    }
    let result = zelf.content().close().await;
    result.map_err(|error| with_vm(|vm| zelf.exception(error, vm)))
}

/// The stream that the response was made with, or one over what the engine brings.
pub(super) fn stream(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult {
    zelf.field(
        |fields| &mut fields.stream,
        || {
            if zelf.origin.get().is_some() {
                let content = ContentHandle::new(zelf.content()).into_ref(&vm.ctx);
                let kind = zelf.fields.lock().kind;
                return streams::of_content(content.into(), kind, vm);
            }
            match zelf.held(vm) {
                Some(content) => streams::of_bytes(content, vm),
                None => streams::unattached(vm),
            }
        },
    )
}

/// Content that a script's stream brings.
pub(super) fn content_of(stream: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Content> {
    let source = PythonStream::new(stream, vm)?;
    Ok(Content::new(Source::Other(Box::new(source))))
}

/// Content that was not read yet comes from `stream` from now on.
pub(super) fn set_stream(
    zelf: &Py<Response>,
    stream: PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let kind = StreamKind::of(&stream, vm)?;
    let content = content_of(&stream, vm)?;
    let old = zelf.content();
    if !old.is_closed() {
        content.take_start_of(&old);
        *zelf.content.write() = Arc::new(content);
    }
    let mut fields = zelf.fields.lock();
    fields.kind = kind;
    let old_stream = fields.stream.replace(stream);
    drop(fields);
    drop((old, old_stream));
    Ok(())
}

pub(super) fn elapsed(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult {
    zelf.field(
        |fields| &mut fields.elapsed,
        || {
            let Some(elapsed) = zelf.content().elapsed() else {
                let message = "'.elapsed' may only be accessed after the response has been read \
                               or closed.";
                return Err(vm.new_runtime_error(message));
            };
            let timedelta = vm.import("datetime", 0)?.get_attr("timedelta", vm)?;
            timedelta.call((0, elapsed.as_secs_f64()), vm)
        },
    )
}
