//! A response's header fields, as an object and as the engine has them.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use rustpython_vm::{Py, PyPayload, PyResult, VirtualMachine};

use super::Response;
use crate::engine::http::headers::HeaderList;
use crate::modules::convert::str_or_bytes;
use crate::modules::httpx::headers::{Headers, parse};

pub(super) fn object(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult {
    zelf.field(
        |fields| &mut fields.headers,
        || {
            let list = match zelf.origin.get() {
                Some(origin) => HeaderList::from(&*origin.headers),
                None => HeaderList::default(),
            };
            Ok(Headers::from(list).into_ref(&vm.ctx).into())
        },
    )
}

/// The fields as they are now; those that no response can have are left out.
pub(super) fn map(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<Arc<HeaderMap>> {
    let Some(object) = zelf.get(|fields| &mut fields.headers) else {
        let origin = zelf.origin.get();
        return Ok(origin.map(|it| it.headers.clone()).unwrap_or_default());
    };
    let mut map = HeaderMap::new();
    for field in parse(&object, vm)?.fields() {
        let name = HeaderName::from_bytes(field.raw_name);
        let value = HeaderValue::from_bytes(field.value);
        if let (Ok(name), Ok(value)) = (name, value) {
            map.append(name, value);
        }
    }
    Ok(Arc::new(map))
}

/// The value of a field as a str would show it, repetitions joined.
pub(super) fn value(
    zelf: &Py<Response>,
    name: &'static HeaderName,
    vm: &VirtualMachine,
) -> PyResult<Option<String>> {
    if let Some(object) = zelf.get(|fields| &mut fields.headers) {
        let value = vm.call_method(&object, "get", (name.as_str().to_owned(),))?;
        if vm.is_none(&value) {
            return Ok(None);
        }
        let value = str_or_bytes(&value, "a header value", vm)?;
        return Ok(Some(String::from_utf8_lossy(&value).into_owned()));
    }
    let Some(origin) = zelf.origin.get() else {
        return Ok(None);
    };
    let values = origin.headers.get_all(name).iter();
    let values = values.map(|value| text(value.as_bytes()));
    let joined = values.collect::<Vec<_>>().join(", ");
    Ok(origin.headers.contains_key(name).then_some(joined))
}

/// UTF-8 when it is, ISO-8859-1 otherwise.
fn text(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().map(|&byte| char::from(byte)).collect(),
    }
}
