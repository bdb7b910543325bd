//! What a response notes of its content: whether it was read, iterated over, or given up.
//!
//! httpx keeps plain attributes, and test doubles set them to make a response unread again.

use std::sync::Arc;

use rustpython_vm::{
    Py, PyPayload, PyResult, VirtualMachine, builtins::PyBytesRef, function::PySetterValue, pyclass,
};

use super::{Response, reading};
use crate::engine::http::Content;

#[pyclass]
pub(super) trait Marks: PyPayload {
    /// Whether the content was read or given up.
    #[pygetset]
    fn is_closed(zelf: &Py<Response>) -> bool {
        zelf.content().is_closed()
    }

    #[pygetset(setter)]
    fn set_is_closed(zelf: &Py<Response>, value: bool, vm: &VirtualMachine) -> PyResult<()> {
        match (zelf.content().is_closed(), value) {
            (true, false) => reopen(zelf, vm),
            (false, true) => {
                let begun = zelf.content().is_consumed();
                *zelf.content.write() = Arc::new(Content::closed(begun));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether somebody read the content or iterates over it.
    #[pygetset]
    fn is_stream_consumed(zelf: &Py<Response>) -> bool {
        zelf.content().is_consumed()
    }

    #[pygetset(setter)]
    fn set_is_stream_consumed(
        zelf: &Py<Response>,
        value: bool,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        match (zelf.content().is_consumed(), value) {
            (true, false) => reopen(zelf, vm),
            (false, true) => {
                let begun = zelf.content().begin();
                begun.map_err(|error| zelf.exception(error, vm))
            }
            _ => Ok(()),
        }
    }

    #[pygetset(name = "_content")]
    fn kept_content(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        zelf.held(vm).ok_or_else(|| none_kept(vm))
    }

    #[pygetset(name = "_content", setter)]
    fn set_kept_content(
        zelf: &Py<Response>,
        value: PySetterValue<PyBytesRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        if matches!(value, PySetterValue::Delete) && zelf.held(vm).is_none() {
            return Err(none_kept(vm));
        }
        let mut fields = zelf.fields.lock();
        let old_text = fields.text.take();
        let new = match value {
            PySetterValue::Assign(content) => Some(content),
            PySetterValue::Delete => None,
        };
        let old = std::mem::replace(&mut fields.held, new);
        drop(fields);
        drop((old, old_text));
        Ok(())
    }
}

impl Marks for Response {}

fn none_kept(vm: &VirtualMachine) -> rustpython_vm::builtins::PyBaseExceptionRef {
    vm.new_attribute_error("'Response' object has no attribute '_content'")
}

/// The content comes from the stream once more. What was read of it stays.
fn reopen(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<()> {
    zelf.held(vm);
    let stream = reading::stream(zelf, vm)?;
    let content = reading::content_of(&stream, vm)?;
    content.take_start_of(&zelf.content());
    *zelf.content.write() = Arc::new(content);
    Ok(())
}
