//! Pickling: everything but the extensions and the stream.

use rustpython_vm::{AsObject as _, Py, PyObject, PyResult, VirtualMachine};

use super::Request;
use crate::modules::httpx::{pickling, streams};

/// The state, under the names that httpx uses.
pub(super) fn state(zelf: &Py<Request>, vm: &VirtualMachine) -> PyResult {
    let state = pickling::state_of(zelf.as_object(), vm);
    state.set_item("method", Request::method(zelf, vm)?, vm)?;
    state.set_item("url", Request::url(zelf, vm)?, vm)?;
    state.set_item("headers", Request::headers(zelf, vm)?, vm)?;
    if let Some(content) = zelf.held(vm) {
        state.set_item("_content", content.into(), vm)?;
    }
    Ok(state.into())
}

pub(super) fn restore(zelf: &Py<Request>, state: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    for (name, value) in pickling::items(state, vm)? {
        if name == "_content" {
            zelf.fields.lock().content = Some(value.try_into_value(vm)?);
        } else {
            zelf.as_object()
                .set_attr(&*vm.ctx.new_str(name), value, vm)?;
        }
    }
    let (extensions, stream) = (vm.ctx.new_dict().into(), streams::unattached(vm)?);
    let mut fields = zelf.fields.lock();
    fields.extensions = Some(extensions);
    fields.stream = Some(stream);
    Ok(())
}
