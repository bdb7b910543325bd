//! `files=`, and `data=` beside it, as a multipart form.

mod file;
pub(super) mod length;
pub(super) mod memory;

use std::sync::Arc;

use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyBytes, PyDict, PyFloat, PyInt, PyList, PyStr, PyTuple},
    protocol::PyIterReturn,
};

use self::file::PythonFile;
use super::exceptions::to_exception;
use super::query::primitive;
use crate::engine::http::multipart::{Boundary, Multipart, Part, guess_media_type};
use crate::modules::convert::utf8;
use crate::modules::fields::parse_fields;

/// The form of `data`, a mapping, and `files`, a mapping or pairs. `content_type` is the value of
/// the Content-Type field that the request has already, which may name a boundary.
///
/// The form's `body()` is what is sent, `source()` the same bytes for whoever else wants to read
/// them, `content_type()` the Content-Type to send unless there is one.
pub(super) fn parse(
    data: Option<&PyObject>,
    files: &PyObject,
    content_type: Option<&[u8]>,
    vm: &VirtualMachine,
) -> PyResult<Multipart> {
    let given = content_type.map(Boundary::from_content_type).transpose();
    let given = given.map_err(|error| to_exception(error, None, vm))?;
    let mut parts = Vec::new();
    if let Some(data) = data {
        add_fields(&mut parts, data, vm)?;
    }
    let files = match is_mapping(files, vm)? {
        true => vm.call_method(files, "items", ())?,
        false => files.to_owned(),
    };
    for pair in list(&files, vm)? {
        let [name, value] = unpack(&pair, vm)?;
        parts.push(parse_file(&name, &value, vm)?);
    }
    let boundary = given.flatten().unwrap_or_else(Boundary::random);
    Ok(Multipart::new(parts, boundary))
}

fn add_fields(parts: &mut Vec<Part>, data: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let items = vm.call_method(data, "items", ())?;
    for pair in list(&items, vm)? {
        let [name, value] = unpack(&pair, vm)?;
        if value.downcastable::<PyList>() || value.downcastable::<PyTuple>() {
            for value in list(&value, vm)? {
                parts.push(parse_field(&name, &value, vm)?);
            }
        } else {
            parts.push(parse_field(&name, &value, vm)?);
        }
    }
    Ok(())
}

fn parse_field(name: &PyObject, value: &PyObject, vm: &VirtualMachine) -> PyResult<Part> {
    let invalid = |what: &str, value: &PyObject| {
        let (class, value) = (value.class().as_object().repr(vm)?, value.repr(vm)?);
        Err(vm.new_type_error(format!("Invalid type for {what}, got {class}: {value}")))
    };
    let Some(text) = name.downcast_ref::<PyStr>() else {
        return invalid("name. Expected str", name);
    };
    let name = utf8(text, vm)?;
    if let Some(bytes) = value.downcast_ref::<PyBytes>() {
        return Ok(Part::field(name, memory::share(bytes)));
    }
    let is_primitive = vm.is_none(value)
        || value.downcastable::<PyStr>()
        || value.downcastable::<PyInt>()
        || value.downcastable::<PyFloat>();
    if !is_primitive {
        return invalid("value. Expected primitive type", value);
    }
    Ok(Part::field(name, primitive(value, vm)?))
}

/// What `files=` says of one file.
struct FileValue {
    filename: PyObjectRef,
    content: PyObjectRef,
    content_type: Option<PyObjectRef>,
    headers: Option<PyObjectRef>,
}

impl FileValue {
    /// The content alone, or a tuple of filename, content, content type and header fields.
    fn new(value: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        let Some(tuple) = value.downcast_ref::<PyTuple>() else {
            return Ok(Self {
                filename: file::default_name(value, vm)?,
                content: value.to_owned(),
                content_type: None,
                headers: None,
            });
        };
        let (filename, content, rest) = match tuple.as_slice() {
            [filename, content, rest @ ..] if rest.len() <= 2 => (filename, content, rest),
            other => return Err(wrong_count(4, other.len(), vm)),
        };
        Ok(Self {
            filename: filename.clone(),
            content: content.clone(),
            content_type: rest.first().filter(|it| !vm.is_none(it)).cloned(),
            headers: rest.get(1).cloned(),
        })
    }
}

fn parse_file(name: &PyObject, value: &PyObject, vm: &VirtualMachine) -> PyResult<Part> {
    let value = FileValue::new(value, vm)?;
    let name = text("the name of a file", name, vm)?;
    let filename = match value.filename.clone().try_to_bool(vm)? {
        true => Some(text("a filename", &value.filename, vm)?),
        false => None,
    };
    let mut part = new_part(name, filename, &value.content, vm)?;
    let mut has_content_type = false;
    if let Some(headers) = &value.headers {
        for field in parse_fields(headers, vm)?.fields() {
            has_content_type |= field.name.windows(12).any(|it| it == b"content-type");
            part = with_header(part, field.raw_name, field.value, vm)?;
        }
    }
    let content_type = match &value.content_type {
        _ if has_content_type => None,
        Some(content_type) => Some(text("a content type", content_type, vm)?),
        None => filename.map(guess_media_type),
    };
    match content_type {
        Some(content_type) => with_header(part, b"Content-Type", content_type.as_bytes(), vm),
        None => Ok(part),
    }
}

fn new_part(
    name: &str,
    filename: Option<&str>,
    content: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<Part> {
    if let Some(bytes) = content.downcast_ref::<PyBytes>() {
        return Ok(Part::file(name, filename, memory::share(bytes)));
    }
    if let Some(text) = content.downcast_ref::<PyStr>() {
        let text = utf8(text, vm)?.to_owned();
        return Ok(Part::file(name, filename, text));
    }
    file::refuse_text(content, vm)?;
    let file = PythonFile::new(content, vm)?;
    Ok(Part::source(name, filename, Arc::new(file)))
}

fn with_header(part: Part, name: &[u8], value: &[u8], vm: &VirtualMachine) -> PyResult<Part> {
    let part = part.with_header(name, value);
    part.map_err(|error| to_exception(error, None, vm))
}

fn text<'a>(what: &str, value: &'a PyObject, vm: &VirtualMachine) -> PyResult<&'a str> {
    let Some(text) = value.downcast_ref::<PyStr>() else {
        let class = value.class();
        let message = format!("files=: {what} must be str, not {}", class.name());
        return Err(vm.new_type_error(message));
    };
    utf8(text, vm)
}

fn is_mapping(value: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    if value.downcastable::<PyDict>() {
        return Ok(true);
    }
    let mapping = vm.import("_collections_abc", 0)?.get_attr("Mapping", vm)?;
    value.is_instance(&mapping, vm)
}

fn list(iterable: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    iterable.try_to_value(vm)
}

/// As in `first, second = value`.
fn unpack(value: &PyObject, vm: &VirtualMachine) -> PyResult<[PyObjectRef; 2]> {
    let iterator = value.to_owned().get_iter(vm).map_err(|error| {
        if !error.fast_isinstance(vm.ctx.exceptions.type_error) {
            return error;
        }
        let class = value.class();
        vm.new_type_error(format!(
            "cannot unpack non-iterable {} object",
            class.name()
        ))
    })?;
    let mut items = Vec::with_capacity(2);
    while let PyIterReturn::Return(item) = iterator.next(vm)? {
        items.push(item);
        if items.len() > 2 {
            break;
        }
    }
    items
        .try_into()
        .map_err(|items: Vec<_>| wrong_count(2, items.len(), vm))
}

fn wrong_count(expected: usize, got: usize, vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_value_error(if got > expected {
        format!("too many values to unpack (expected {expected})")
    } else {
        format!("not enough values to unpack (expected {expected}, got {got})")
    })
}
