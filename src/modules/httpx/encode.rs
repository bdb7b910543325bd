//! The bodies that `content=`, `data=`, `files=`, `json=`, `text=` and `html=` give, and the header
//! fields that describe them.

use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyBytes, PyBytesRef, PyDict, PyStr},
    function::OptionalArg,
};

use super::body_handle::BodyHandle;
use super::multipart::{self, length};
use super::{query, streams};
use crate::engine::http::headers::HeaderList;
use crate::modules::convert::{bytes_like, given, new_bytes, utf8};
use crate::modules::json;

/// A body as a request or response keeps it.
pub(super) enum Payload {
    /// In memory.
    Held(PyBytesRef),
    /// To be read from a stream object.
    Stream(PyObjectRef),
}

/// A body and the header fields that it has by itself.
pub(super) struct Encoded {
    fields: Vec<(&'static str, String)>,
    pub(super) payload: Payload,
}

/// What a request's body is made from.
#[derive(rustpython_vm::FromArgs, Default)]
pub(super) struct RequestBody {
    #[pyarg(named, optional)]
    pub(super) content: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) data: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) files: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) json: OptionalArg<PyObjectRef>,
}

/// What a response's body is made from.
#[derive(rustpython_vm::FromArgs, Default)]
pub(super) struct ResponseBody {
    #[pyarg(named, optional)]
    pub(super) content: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) text: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) html: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) json: OptionalArg<PyObjectRef>,
}

impl RequestBody {
    /// In httpx's order: data= that is no mapping, content=, files= and data= with something in
    /// them, json=. `content_type` is what the request says already, and may name a boundary.
    pub(super) fn encode(
        self,
        content_type: Option<&[u8]>,
        vm: &VirtualMachine,
    ) -> PyResult<Encoded> {
        let data = given(self.data, vm);
        if let Some(raw) = &data
            && !is_mapping(raw, vm)?
        {
            warn_of_raw_data(vm)?;
            return encode_content(raw, vm);
        }
        if let Some(content) = given(self.content, vm) {
            return encode_content(&content, vm);
        }
        let data = filled(data, vm)?;
        if let Some(files) = filled(given(self.files, vm), vm)? {
            return encode_form(data.as_deref(), &files, content_type, vm);
        }
        if let Some(data) = data {
            let form = query::encode_form(&data, vm)?;
            let media_type = "application/x-www-form-urlencoded";
            return Ok(Encoded::of(form.into_bytes(), media_type, vm));
        }
        match given(self.json, vm) {
            Some(value) => Ok(Encoded::of(
                json::dumps(&value, vm)?,
                "application/json",
                vm,
            )),
            None => Ok(Encoded::empty(vm)),
        }
    }
}

impl ResponseBody {
    /// The first that is given of content=, text=, html= and json=.
    pub(super) fn encode(self, vm: &VirtualMachine) -> PyResult<Encoded> {
        if let Some(content) = given(self.content, vm) {
            return encode_content(&content, vm);
        }
        for (text, media_type) in [
            (self.text, "text/plain; charset=utf-8"),
            (self.html, "text/html; charset=utf-8"),
        ] {
            if let Some(text) = given(text, vm) {
                let text = text.try_into_value::<rustpython_vm::builtins::PyStrRef>(vm)?;
                return Ok(Encoded::of(utf8(&text, vm)?, media_type, vm));
            }
        }
        match given(self.json, vm) {
            Some(value) => Ok(Encoded::of(
                json::dumps(&value, vm)?,
                "application/json",
                vm,
            )),
            None => Ok(Encoded::empty(vm)),
        }
    }
}

impl Encoded {
    fn empty(vm: &VirtualMachine) -> Self {
        Self {
            fields: Vec::new(),
            payload: Payload::Held(vm.ctx.empty_bytes.clone()),
        }
    }

    fn of(body: impl Into<Vec<u8>>, media_type: &str, vm: &VirtualMachine) -> Self {
        let body = new_bytes(body, vm);
        Self {
            fields: vec![
                ("Content-Length", body.as_bytes().len().to_string()),
                ("Content-Type", media_type.to_owned()),
            ],
            payload: Payload::Held(body),
        }
    }

    fn held(body: PyBytesRef) -> Self {
        let length = body.as_bytes().len();
        let fields = match length {
            0 => Vec::new(),
            length => vec![("Content-Length", length.to_string())],
        };
        let payload = Payload::Held(body);
        Self { fields, payload }
    }

    fn stream(stream: PyObjectRef, length: Option<u64>) -> Self {
        let field = match length {
            Some(length) => ("Content-Length", length.to_string()),
            None => ("Transfer-Encoding", "chunked".to_owned()),
        };
        let payload = Payload::Stream(stream);
        Self {
            fields: vec![field],
            payload,
        }
    }

    /// The pair of a dict of header fields and a stream.
    pub(super) fn into_pair(self, vm: &VirtualMachine) -> PyResult<(PyObjectRef, PyObjectRef)> {
        let headers = vm.ctx.new_dict();
        for (name, value) in self.fields {
            headers.set_item(name, vm.ctx.new_str(value).into(), vm)?;
        }
        let stream = match self.payload {
            Payload::Held(body) => streams::of_bytes(body, vm)?,
            Payload::Stream(stream) => stream,
        };
        Ok((headers.into(), stream))
    }

    /// Adds the body's fields to those that are missing. A Content-Length that was given rules
    /// Transfer-Encoding out.
    pub(super) fn describe(&self, headers: &mut HeaderList) {
        for (name, value) in &self.fields {
            let is_ruled_out = *name == "Transfer-Encoding" && headers.contains(b"Content-Length");
            if !is_ruled_out && !headers.contains(name.as_bytes()) {
                headers.append(name.as_bytes(), value.as_bytes());
            }
        }
    }
}

fn filled(value: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    match value {
        Some(value) => Ok(value.clone().try_to_bool(vm)?.then_some(value)),
        None => Ok(None),
    }
}

fn is_mapping(value: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    if value.downcastable::<PyDict>() {
        return Ok(true);
    }
    if value.downcastable::<PyStr>() || value.downcastable::<PyBytes>() {
        return Ok(false);
    }
    let mapping = vm.import("_collections_abc", 0)?.get_attr("Mapping", vm)?;
    value.is_instance(&mapping, vm)
}

fn warn_of_raw_data(vm: &VirtualMachine) -> PyResult<()> {
    let message = "Use 'content=<...>' to upload raw bytes/text content.";
    let category = vm.ctx.exceptions.deprecation_warning.to_owned();
    rustpython_vm::warn::warn(vm.ctx.new_str(message).into(), Some(category), 1, None, vm)
}

fn encode_content(content: &PyObject, vm: &VirtualMachine) -> PyResult<Encoded> {
    if let Some(text) = content.downcast_ref::<PyStr>() {
        return Ok(Encoded::held(new_bytes(utf8(text, vm)?, vm)));
    }
    if let Some(bytes) = content.downcast_ref_if_exact::<PyBytes>(vm) {
        return Ok(Encoded::held(bytes.to_owned()));
    }
    if let Some(bytes) = bytes_like(content, vm) {
        return Ok(Encoded::held(new_bytes(bytes, vm)));
    }
    if streams::has(content, "__iter__", vm) && !content.downcastable::<PyDict>() {
        let length = length::of(content, vm)?;
        return Ok(Encoded::stream(streams::of_iterable(content, vm)?, length));
    }
    if streams::has(content, "__aiter__", vm) {
        return Ok(Encoded::stream(
            streams::of_async_iterable(content, vm)?,
            None,
        ));
    }
    let class = content.class().as_object().repr(vm)?;
    Err(vm.new_type_error(format!("Unexpected type for 'content', {class}")))
}

/// A form with files, or one that is sent as if it had some.
pub(super) fn encode_form(
    data: Option<&PyObject>,
    files: &PyObject,
    content_type: Option<&[u8]>,
    vm: &VirtualMachine,
) -> PyResult<Encoded> {
    let form = multipart::parse(data, files, content_type, vm)?;
    let body = BodyHandle::new(form.body()).into_ref(&vm.ctx);
    let stream = streams::of_body(body.into(), vm)?;
    let mut encoded = Encoded::stream(stream, form.content_length());
    encoded.fields.push(("Content-Type", form.content_type()));
    Ok(encoded)
}
