//! Pickling: everything but the extensions and the stream. What was not read is given up.

use std::sync::Arc;

use rustpython_vm::{AsObject as _, Py, PyObject, PyResult, VirtualMachine};

use super::Response;
use super::marks::Marks as _;
use crate::engine::http::Content;
use crate::modules::httpx::{pickling, streams};

/// The state, under the names that httpx uses.
pub(super) fn state(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult {
    let state = pickling::state_of(zelf.as_object(), vm);
    let set = |name, value| state.set_item(name, value, vm);
    set("status_code", vm.ctx.new_int(zelf.code()).into())?;
    set("headers", Response::headers(zelf, vm)?)?;
    let request = zelf.request_object(vm);
    set("_request", request.unwrap_or_else(|| vm.ctx.none()))?;
    set("next_request", Response::next_request(zelf, vm)?)?;
    set("history", Response::history(zelf, vm)?)?;
    set("default_encoding", Response::default_encoding(zelf, vm))?;
    let is_consumed = Response::is_stream_consumed(zelf);
    set("is_stream_consumed", vm.ctx.new_bool(is_consumed).into())?;
    let downloaded = Response::num_bytes_downloaded(zelf);
    set("_num_bytes_downloaded", vm.ctx.new_int(downloaded).into())?;
    if let Some(content) = zelf.held(vm) {
        set("_content", content.into())?;
    }
    if zelf.content().elapsed().is_some() {
        set("_elapsed", Response::elapsed(zelf, vm)?)?;
    }
    if let Some(encoding) = zelf.get(|fields| &mut fields.encoding) {
        set("_encoding", encoding)?;
    }
    Ok(state.into())
}

pub(super) fn restore(zelf: &Py<Response>, state: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let mut is_consumed = false;
    for (name, value) in pickling::items(state, vm)? {
        let shown = match name.as_str() {
            "is_stream_consumed" => {
                is_consumed = value.try_to_bool(vm)?;
                continue;
            }
            "_content" => {
                zelf.fields.lock().held = Some(value.try_into_value(vm)?);
                continue;
            }
            "_num_bytes_downloaded" => {
                zelf.fields.lock().downloaded = Some(value.try_into_value(vm)?);
                continue;
            }
            "_request" => "request",
            "_elapsed" => "elapsed",
            "_encoding" => "encoding",
            name => name,
        };
        let shown = vm.ctx.new_str(shown);
        zelf.as_object().set_attr(&*shown, value, vm)?;
    }
    let content = Arc::new(Content::closed(is_consumed));
    let before = std::mem::replace(&mut *zelf.content.write(), content);
    drop(before);
    let (extensions, stream) = (vm.ctx.new_dict().into(), streams::unattached(vm)?);
    let mut fields = zelf.fields.lock();
    fields.kind = streams::StreamKind::BOTH;
    fields.extensions = Some(extensions);
    fields.stream = Some(stream);
    Ok(())
}
