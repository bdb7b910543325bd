//! Messages, handshake requests and responses as objects.

use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyStr};

use crate::engine::ws::Message;
use crate::engine::ws::handshake::{Headers, Request, Response};
use crate::modules::convert::{bytes_like, header_str, new_bytes, new_str, utf8};

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

/// A received message; `decode` asks for str (true) or bytes (false) whatever came.
pub(super) fn message_object(
    message: Message,
    decode: Option<bool>,
    vm: &VirtualMachine,
) -> PyResult {
    Ok(match (message, decode) {
        (Message::Text(text), Some(false)) => new_bytes(text.as_bytes(), vm).into(),
        (Message::Text(text), _) => new_str(&text, vm).into(),
        (Message::Binary(data), Some(true)) => {
            let bytes = new_bytes(data, vm);
            vm.call_method(bytes.as_object(), "decode", ())?
        }
        (Message::Binary(data), _) => new_bytes(data, vm).into(),
    })
}

fn http11(name: &'static str, args: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let module = vm.import("websockets.http11", 0)?.get_attr("http11", vm)?;
    let args = rustpython_vm::function::FuncArgs::from(args);
    module.get_attr(name, vm)?.call(args, vm)
}

fn headers_object(headers: &Headers, vm: &VirtualMachine) -> PyResult {
    let pairs = headers.iter().map(|(name, value)| {
        let value = header_str(value.as_bytes(), vm).into();
        vm.ctx
            .new_tuple(vec![new_str(name, vm).into(), value])
            .into()
    });
    let pairs = vm.ctx.new_list(pairs.collect());
    let module = vm
        .import("websockets.datastructures", 0)?
        .get_attr("datastructures", vm)?;
    module.get_attr("Headers", vm)?.call((pairs,), vm)
}

/// A `websockets.http11.Request`.
pub(super) fn request_object(request: &Request, vm: &VirtualMachine) -> PyResult {
    let headers = headers_object(&request.headers, vm)?;
    http11(
        "Request",
        vec![new_str(&request.path, vm).into(), headers],
        vm,
    )
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
