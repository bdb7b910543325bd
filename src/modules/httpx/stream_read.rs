//! Reading a script's stream whole.

use std::future::poll_fn;
use std::pin::Pin;

use bytes::BytesMut;
use futures_util::Stream as _;
use runtime_bridge::ByteStream;
use rustpython_vm::{
    AsObject as _, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyBytesRef},
};

use super::{streams, with_vm};
use crate::modules::convert::new_bytes;

/// Reads an iterable of bytes.
///
/// # Errors
/// AssertionError for one that is asynchronous, and what it raises.
pub(super) fn join(stream: &PyObject, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
    if !streams::has(stream, "__iter__", vm) {
        let message = "Attempted to call a sync iterator on an async stream.";
        return Err(assertion(message, vm));
    }
    let empty = vm.ctx.empty_bytes.clone();
    vm.call_method(empty.as_object(), "join", (stream.to_owned(),))?
        .try_into_value(vm)
}

/// Reads an asynchronous iterable of bytes.
///
/// # Errors
/// AssertionError for one that is plain, and what it raises.
pub(super) async fn collect(stream: PyObjectRef) -> PyResult<PyBytesRef> {
    let mut reader = with_vm(|vm| {
        if !streams::has(&stream, "__aiter__", vm) {
            let message = "Attempted to call an async iterator on an sync stream.";
            return Err(assertion(message, vm));
        }
        ByteStream::new(stream, vm)
    })?;
    let mut all = BytesMut::new();
    while let Some(chunk) = poll_fn(|cx| Pin::new(&mut reader).poll_next(cx)).await {
        all.extend_from_slice(&chunk?);
    }
    Ok(with_vm(|vm| new_bytes(all.freeze(), vm)))
}

fn assertion(message: &'static str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let class = vm.ctx.exceptions.assertion_error.to_owned();
    vm.new_exception_msg(class, message.into())
}
