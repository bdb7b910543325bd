//! What a response's status says.

use http::header::LOCATION;
use rustpython_vm::{
    AsObject as _, Py, PyRef, PyResult, VirtualMachine,
    builtins::{PyBytes, PyStrRef},
};

use super::{Response, headers};
use crate::modules::convert::new_str;
use crate::modules::httpx::exceptions::status_error;

/// A text of the extensions: what is not ASCII is left out.
fn extension(
    zelf: &Py<Response>,
    name: &'static str,
    vm: &VirtualMachine,
) -> PyResult<Option<PyStrRef>> {
    let Some(extensions) = zelf.get(|fields| &mut fields.extensions) else {
        return Ok(None);
    };
    let value = vm.call_method(&extensions, "get", (name,))?;
    if vm.is_none(&value) {
        return Ok(None);
    }
    let value = value.try_downcast_ref::<PyBytes>(vm)?;
    let ascii = value.as_bytes().iter().filter(|byte| byte.is_ascii());
    let text: String = ascii.map(|&byte| char::from(byte)).collect();
    Ok(Some(new_str(&text, vm)))
}

fn has_extensions(zelf: &Py<Response>) -> bool {
    zelf.fields.lock().extensions.is_some()
}

pub(super) fn http_version(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
    if let Some(version) = extension(zelf, "http_version", vm)? {
        return Ok(version);
    }
    let origin = zelf.origin.get().filter(|_| !has_extensions(zelf));
    Ok(new_str(origin.map_or("HTTP/1.1", |it| it.version()), vm))
}

pub(super) fn reason_phrase(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
    if let Some(reason) = extension(zelf, "reason_phrase", vm)? {
        return Ok(reason);
    }
    match zelf.origin.get().filter(|_| !has_extensions(zelf)) {
        Some(origin) => {
            let reason = origin.reason(zelf.code()).iter();
            let ascii = reason.filter(|byte| byte.is_ascii());
            let text: String = ascii.map(|&byte| char::from(byte)).collect();
            Ok(new_str(&text, vm))
        }
        None => usual_reason(zelf.code(), vm),
    }
}

/// The phrase that httpx.codes has, whose names are older than today's RFC.
fn usual_reason(code: i64, vm: &VirtualMachine) -> PyResult<PyStrRef> {
    if code == 200 {
        return Ok(new_str("OK", vm));
    }
    let codes = vm.import("httpx", 0)?.get_attr("codes", vm)?;
    vm.call_method(&codes, "get_reason_phrase", (code,))?
        .try_into_value(vm)
}

pub(super) fn has_redirect_location(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<bool> {
    let is_redirect = matches!(zelf.code(), 301 | 302 | 303 | 307 | 308);
    Ok(is_redirect && headers::value(zelf, &LOCATION, vm)?.is_some())
}

pub(super) fn raise(zelf: PyRef<Response>, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
    if zelf.is_class(2) && zelf.origin.get().is_some() {
        return Ok(zelf);
    }
    let Some(request) = zelf.request_object(vm) else {
        let message = "Cannot call `raise_for_status` as the request instance has not been set on \
                       this response.";
        return Err(vm.new_runtime_error(message));
    };
    if zelf.is_class(2) {
        return Ok(zelf);
    }
    let message = message(&zelf, vm)?;
    Err(status_error(&message, request, zelf, vm)?)
}

fn message(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<String> {
    let code = zelf.code();
    let kind = match code.div_euclid(100) {
        1 => "Informational response",
        3 => "Redirect response",
        4 => "Client error",
        5 => "Server error",
        _ => "Invalid status code",
    };
    let url = Response::url(zelf, vm)?;
    let url = match crate::modules::httpx::url::parse(&url, vm) {
        Ok(url) => url.without_userinfo().as_str().to_owned(),
        Err(_) => url.as_object().str(vm)?.to_string_lossy().into_owned(),
    };
    let location = match headers::value(zelf, &LOCATION, vm)? {
        Some(location) if has_redirect_location(zelf, vm)? => {
            format!("\nRedirect location: '{location}'")
        }
        _ => String::new(),
    };
    let reason = reason_phrase(zelf, vm)?;
    Ok(format!(
        "{kind} '{code} {}' for url '{url}'{location}\nFor more information check: \
         https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/{code}",
        reason.to_string_lossy()
    ))
}
