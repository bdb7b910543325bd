//! Messages, handshake requests and responses as objects.

use bytes::Bytes;
use http::StatusCode;
use rustpython_vm::{
    PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyStr, PyStrRef},
};

use crate::engine::http::headers::HeaderList;
use crate::engine::net::Address;
use crate::engine::ws::handshake::{Headers, Request, Response};
use crate::engine::ws::{self, Message};
use crate::modules::convert::{bytes_like, new_bytes, new_str, utf8};
use crate::modules::fields::{parse_fields_by, value_of};

use super::exceptions::invalid_header_value;
use super::handshake_fields::HandshakeFields;

/// A message to send: str is text, bytes-like is binary.
pub(super) fn parse_message(message: &PyObject, vm: &VirtualMachine) -> PyResult<Message> {
    if let Some(text) = message.downcast_ref::<PyStr>() {
        return Ok(Message::text(utf8(text, vm)?.to_owned()));
    }
    bytes_like(message, vm).map(Message::binary).ok_or_else(|| {
        let class = message.class();
        let text = format!("data must be str or bytes-like, not {}", class.name());
        vm.new_type_error(text)
    })
}

/// A received message; `decode` asks for bytes (false), whatever came.
pub(super) fn message_object(
    message: Message,
    decode: Option<bool>,
    vm: &VirtualMachine,
) -> PyObjectRef {
    match (message, decode) {
        (Message::Text(text), Some(false)) => new_bytes(Bytes::from(text), vm).into(),
        (Message::Text(text), _) => vm.ctx.new_str(ws::into_string(text)).into(),
        (Message::Binary(data), _) => new_bytes(data, vm).into(),
    }
}

fn http11(name: &'static str, args: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let module = vm.import("websockets.http11", 0)?.get_attr("http11", vm)?;
    let args = rustpython_vm::function::FuncArgs::from(args);
    module.get_attr(name, vm)?.call(args, vm)
}

fn headers_object(headers: &Headers, vm: &VirtualMachine) -> PyResult {
    let fields = HandshakeFields::new(headers).into_ref(&vm.ctx);
    let module = vm
        .import("websockets.datastructures", 0)?
        .get_attr("datastructures", vm)?;
    let class = module.get_attr("Headers", vm)?;
    vm.call_method(&class, "_of", (fields,))
}

/// A `websockets.http11.Request`.
pub(super) fn request_object(request: &Request, vm: &VirtualMachine) -> PyResult {
    let args = vec![
        new_str(&request.path, vm).into(),
        headers_object(&request.headers, vm)?,
        match request.method.as_str() {
            // One object for all.
            "GET" => vm.ctx.intern_str("GET").to_object(),
            method => new_str(method, vm).into(),
        },
        vm.ctx.intern_str(request.version).to_object(),
    ];
    http11("Request", args, vm)
}

/// A `websockets.http11.Response`.
pub(super) fn response_object(response: &Response, vm: &VirtualMachine) -> PyResult {
    let args = vec![
        vm.ctx.new_int(response.status.as_u16()).into(),
        new_str(&response.reason, vm).into(),
        headers_object(&response.headers, vm)?,
        new_bytes(response.body.clone(), vm).into(),
    ];
    http11("Response", args, vm)
}

/// The fields of a handshake message: a mapping, Headers or pairs. As in the package, text is ISO
/// 8859-1.
pub(super) fn handshake_fields(fields: &PyObject, vm: &VirtualMachine) -> PyResult<HeaderList> {
    let value_of = |name: &PyObject, value: &PyObject| {
        let Some(text) = value.downcast_ref::<PyStr>() else {
            return value_of(value, vm);
        };
        let bytes = utf8(text, vm)?.chars().map(u8::try_from).collect();
        let beyond = |_| invalid_header_value(name, value, vm);
        Result::<Vec<u8>, _>::map_err(bytes, beyond)
    };
    parse_fields_by(fields, value_of, vm)
}

/// The engine's headers of an object that a script may have changed.
fn headers_of(object: &PyObject, vm: &VirtualMachine) -> PyResult<Headers> {
    let fields = object.get_attr("headers", vm)?;
    let mut headers = Headers::new();
    for field in handshake_fields(&fields, vm)?.fields() {
        let name = String::from_utf8_lossy(field.raw_name);
        let pushed = headers.push(&name, field.value);
        pushed.map_err(|error| vm.new_value_error(error.to_string()))?;
    }
    Ok(headers)
}

/// Takes over what a script may have changed of a request's object.
pub(super) fn change_request(
    request: &mut Request,
    object: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    request.headers = headers_of(object, vm)?;
    let path: PyStrRef = object.get_attr("path", vm)?.try_into_value(vm)?;
    utf8(&path, vm)?.clone_into(&mut request.path);
    Ok(())
}

/// The engine's response of a script's; `callback` returned it.
pub(super) fn response_of(
    object: &PyObject,
    callback: &str,
    vm: &VirtualMachine,
) -> PyResult<Response> {
    let Some(status) = vm.get_attribute_opt(object, "status_code")? else {
        let class = object.class();
        let text = format!(
            "{callback} must return a Response or None, not {}",
            class.name()
        );
        return Err(vm.new_type_error(text));
    };
    let code: u16 = status.try_int(vm)?.try_to_primitive(vm)?;
    let status = StatusCode::from_u16(code)
        .map_err(|_| vm.new_value_error(format!("invalid HTTP status code: {code}")))?;
    let reason: PyStrRef = object.get_attr("reason_phrase", vm)?.try_into_value(vm)?;
    let body = object.get_attr("body", vm)?;
    let body = match vm.is_none(&body) {
        true => Vec::new(),
        false => bytes_like(&body, vm)
            .ok_or_else(|| vm.new_type_error("the body of a response must be bytes"))?,
    };
    let headers = headers_of(object, vm)?;
    let mut response = Response::new(status, headers, body);
    utf8(&reason, vm)?.clone_into(&mut response.reason);
    Ok(response)
}

/// What a Python socket says of an address: host and port, or the path of a unix socket.
pub(super) fn address_object(address: Option<&Address>, vm: &VirtualMachine) -> PyObjectRef {
    let address = match address {
        None => return vm.ctx.none(),
        Some(Address::Unix(path)) => return new_str(&path.to_string_lossy(), vm).into(),
        Some(Address::Ip(address)) => address,
    };
    let host = new_str(&address.ip().to_string(), vm).into();
    let mut items = vec![host, vm.ctx.new_int(address.port()).into()];
    if let std::net::SocketAddr::V6(address) = address {
        items.push(vm.ctx.new_int(address.flowinfo()).into());
        items.push(vm.ctx.new_int(address.scope_id()).into());
    }
    vm.ctx.new_tuple(items).into()
}
