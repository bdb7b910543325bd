//! File-like objects of a script, read while they are sent.

use std::path::Path;
use std::task::{Context, Poll};

use bytes::Bytes;
use runtime_bridge::Homing;
use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyBytes};

use super::{length, memory};
use crate::engine::BoxError;
use crate::engine::http::BodySource;
use crate::engine::http::multipart::PartSource;
use crate::modules::convert::{new_str, str_or_bytes};
use crate::modules::httpx::with_vm;
use crate::modules::raised::Raised;

/// How much is read at once, in bytes.
const READ_SIZE: usize = 64 * 1024;

/// An object with `read()`.
pub(super) struct PythonFile {
    file: Homing<PyObjectRef>,
    length: Option<u64>,
}

impl PythonFile {
    pub(super) fn new(file: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self {
            file: Homing::new(file.to_owned()),
            length: length::of(file, vm)?,
        })
    }
}

impl PartSource for PythonFile {
    fn content_length(&self) -> Option<u64> {
        self.length
    }

    fn open(&self) -> Box<dyn BodySource> {
        Box::new(Reading {
            file: self.file.clone(),
            started: false,
        })
    }
}

/// The reading of a file, once. Polled on a thread of the interpreter, as every body is.
struct Reading {
    file: Homing<PyObjectRef>,
    started: bool,
}

impl BodySource for Reading {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let chunk = with_vm(|vm| self.read(vm)).map_err(Raised::boxed);
        Poll::Ready(chunk.transpose())
    }

    fn content_length(&self) -> Option<u64> {
        None
    }
}

impl Reading {
    fn read(&mut self, vm: &VirtualMachine) -> PyResult<Option<Bytes>> {
        if !std::mem::replace(&mut self.started, true) {
            rewind(&self.file, vm)?;
        }
        let chunk = vm.call_method(&self.file, "read", (READ_SIZE,))?;
        if !chunk.clone().try_to_bool(vm)? {
            return Ok(None);
        }
        let bytes = match chunk.downcast_ref::<PyBytes>() {
            Some(bytes) => memory::share(bytes),
            None => str_or_bytes(&chunk, "what read() of a file returns", vm)?.into(),
        };
        Ok(Some(bytes))
    }
}

/// To its start, where the object can do that.
fn rewind(file: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let Some(seek) = vm.get_attribute_opt(file, "seek")? else {
        return Ok(());
    };
    let Err(error) = seek.call((0,), vm) else {
        return Ok(());
    };
    let unsupported = vm.import("io", 0)?.get_attr("UnsupportedOperation", vm)?;
    match error.as_object().is_instance(&unsupported, vm)? {
        true => Ok(()),
        false => Err(error),
    }
}

/// # Errors
/// `TypeError` for a file that gives text: what would be sent is not what is in the file.
pub(super) fn refuse_text(file: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let io = vm.import("io", 0)?;
    if file.is_instance(&*io.get_attr("StringIO", vm)?, vm)? {
        let message = "Multipart file uploads require 'io.BytesIO', not 'io.StringIO'.";
        return Err(vm.new_type_error(message));
    }
    if file.is_instance(&*io.get_attr("TextIOBase", vm)?, vm)? {
        let message = "Multipart file uploads must be opened in binary mode, not text mode.";
        return Err(vm.new_type_error(message));
    }
    Ok(())
}

/// The last component of the object's `name`, or "upload".
pub(super) fn default_name(file: &PyObject, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    let Some(name) = vm.get_attribute_opt(file, "name")? else {
        return Ok(new_str("upload", vm).into());
    };
    let name = name.str(vm)?;
    let name = name.to_string_lossy();
    let last = match name.as_ref() {
        ".." => "..",
        path => Path::new(path)
            .file_name()
            .and_then(|it| it.to_str())
            .unwrap_or_default(),
    };
    Ok(new_str(last, vm).into())
}
