//! The one place that maps the engine's errors to the exceptions of `websockets.exceptions`.
//!
//! The classes are Python (`python/websockets/exceptions.py`), imported when one is raised.

mod connect;

use std::{error, fmt, io};

use runtime_bridge::{Homing, with_vm};

use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyTypeRef},
    function::FuncArgs,
};

use crate::engine::ws::extensions::{NegotiationError, Refusal};
use crate::engine::ws::handshake::{HandshakeError, Response, SecurityError};
use crate::engine::ws::{AcceptError, Cause, Close, Closed, ConnectionError, SendError, Violation};

use super::convert::response_object;

pub(super) use connect::{invalid_uri, of_connect, of_redirect};

/// A new exception of `websockets.exceptions`, made by its constructor.
fn new(name: &'static str, args: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyBaseExceptionRef {
    make(name, args, vm).unwrap_or_else(|error| error)
}

fn make(
    name: &'static str,
    args: Vec<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<PyBaseExceptionRef> {
    class(name, vm)?
        .as_object()
        .call(FuncArgs::from(args), vm)?
        .try_into_value(vm)
}

fn class(name: &'static str, vm: &VirtualMachine) -> PyResult<PyTypeRef> {
    let module = vm.import("websockets.exceptions", 0)?;
    // A dotted import gives the package.
    let module = module.get_attr("exceptions", vm)?;
    module.get_attr(name, vm)?.try_into_value(vm)
}

fn message(name: &'static str, text: String, vm: &VirtualMachine) -> PyBaseExceptionRef {
    new(name, vec![vm.ctx.new_str(text).into()], vm)
}

/// Whether an exception is of that class of `websockets.exceptions`.
pub(super) fn is_instance(
    exception: &PyBaseExceptionRef,
    name: &'static str,
    vm: &VirtualMachine,
) -> bool {
    let class = vm
        .import("websockets.exceptions", 0)
        .and_then(|package| package.get_attr("exceptions", vm))
        .and_then(|module| module.get_attr(name, vm));
    class.is_ok_and(|class| {
        exception
            .as_object()
            .is_instance(&class, vm)
            .unwrap_or(false)
    })
}

/// What code of the user's raised behind one of the engine's traits.
pub(super) struct Raised(Homing<PyBaseExceptionRef>);

impl Raised {
    pub(super) fn new(exception: PyBaseExceptionRef) -> Self {
        Self(Homing::new(exception))
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Python code raised an exception")
    }
}

impl fmt::Debug for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raised")
    }
}

impl error::Error for Raised {}

/// The very exception that was raised.
fn of_user(
    error: &(dyn error::Error + Send + Sync + 'static),
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    match error.downcast_ref::<Raised>() {
        Some(raised) => (*raised.0).clone(),
        None => vm.new_runtime_error(error.to_string()),
    }
}

/// Something was asked of a connection in a state in which it cannot be done.
pub(super) fn invalid_state(text: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    message("InvalidState", text.to_owned(), vm)
}

/// Two do at once what only one can do.
pub(super) fn concurrency_error(text: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    message("ConcurrencyError", text.to_owned(), vm)
}

/// An error of an open connection.
pub(super) fn of_connection(error: &ConnectionError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error {
        ConnectionError::Closed(closed) => of_end(closed, vm),
        ConnectionError::ConcurrentRecv
        | ConnectionError::ConcurrentStream
        | ConnectionError::ConcurrentPing => message("ConcurrencyError", error.to_string(), vm),
        ConnectionError::InvalidFrame(violation) => of_violation(violation, vm),
    }
}

/// How a call tells what went wrong with its connection.
#[derive(Clone, Copy)]
pub(super) enum Failures {
    /// It is a coroutine.
    OfCoroutine,
    /// It blocks its thread.
    OfThread,
}

impl Failures {
    pub(super) fn raise(self, error: &ConnectionError) -> PyBaseExceptionRef {
        with_vm(|vm| match self {
            Self::OfCoroutine => of_connection(error, vm),
            Self::OfThread => of_connection_of_thread(error, vm),
        })
    }
}

/// An error of an open connection that threads use: the words are theirs.
pub(super) fn of_connection_of_thread(
    error: &ConnectionError,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    match error {
        ConnectionError::ConcurrentRecv | ConnectionError::ConcurrentStream => {
            concurrency_error(&error.to_string().replace("coroutine", "thread"), vm)
        }
        _ => of_connection(error, vm),
    }
}

/// What a forked child gets for a connection of its parent.
pub(super) fn of_inherited(vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_runtime_error("the connection belongs to the process that forked this one")
}

/// ConnectionClosedOK or ConnectionClosedError.
pub(super) fn of_end(closed: &Closed, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let name = if closed.is_ok() {
        "ConnectionClosedOK"
    } else {
        "ConnectionClosedError"
    };
    let order = closed.rcvd_then_sent();
    let order = order.map_or_else(|| vm.ctx.none(), |order| vm.ctx.new_bool(order).into());
    let args = [closed.rcvd(), closed.sent()]
        .into_iter()
        .map(|close| close_object(close, vm))
        .chain([Ok(order)])
        .collect::<PyResult<Vec<_>>>();
    let exception = match args {
        Ok(args) => new(name, args, vm),
        Err(error) => return error,
    };
    if let Some(cause) = closed.cause() {
        exception.set_cause(Some(of_cause(cause, vm)));
    }
    exception
}

fn close_object(close: Option<&Close>, vm: &VirtualMachine) -> PyResult {
    let Some(close) = close else {
        return Ok(vm.ctx.none());
    };
    let frames = vm.import("websockets.frames", 0)?.get_attr("frames", vm)?;
    let args = (close.code, close.reason.clone());
    frames.get_attr("Close", vm)?.call(args, vm)
}

fn of_cause(cause: &Cause, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match cause {
        Cause::Violation(violation) => of_violation(violation, vm),
        Cause::Io(error) => os_error(error, &error.to_string(), vm),
        Cause::UnexpectedEof => {
            let class = vm.ctx.exceptions.eof_error.to_owned();
            vm.new_exception_msg(class, cause.to_string().into())
        }
        Cause::CloseTimeout => timeout(&cause.to_string(), vm),
        Cause::RuntimeGone => vm.new_runtime_error(cause.to_string()),
    }
}

pub(super) fn of_violation(violation: &Violation, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match violation {
        Violation::Protocol(_) => message("ProtocolError", violation.to_string(), vm),
        Violation::PayloadTooBig {
            size,
            received,
            limit,
        } => too_big(*size, *received, *limit, vm),
        Violation::User(fault) => of_user(&*fault.cause, vm),
        // The text itself is not kept: it may be large, and it is the peer's.
        Violation::InvalidUtf8 { reason, position } => vm.new_unicode_decode_error(
            vm.ctx.new_str("utf-8"),
            vm.ctx.new_bytes(Vec::new()),
            *position,
            position.saturating_add(1),
            vm.ctx.new_str(*reason),
        ),
    }
}

/// The exception counts `received` apart from the limit.
fn too_big(
    size: Option<u64>,
    received: Option<usize>,
    limit: usize,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let args = vec![
        vm.unwrap_or_none(size.map(|size| vm.new_pyobj(size))),
        vm.new_pyobj(limit.saturating_sub(received.unwrap_or(0))),
        vm.unwrap_or_none(received.map(|received| vm.new_pyobj(received))),
    ];
    new("PayloadTooBig", args, vm)
}

/// A frame that was not sent.
pub(super) fn of_send(error: &SendError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error {
        SendError::InvalidState(_) => invalid_state(&error.to_string(), vm),
        SendError::InvalidFrame(violation) => of_violation(violation, vm),
    }
}

/// A header field that a script gave, with characters that it cannot have.
pub(super) fn invalid_header_value(
    name: &PyObject,
    value: &PyObject,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let args = vec![name.to_owned(), value.to_owned()];
    new("InvalidHeaderValue", args, vm)
}

/// A frame that breaks the protocol.
pub(super) fn protocol_error(text: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    message("ProtocolError", text.to_owned(), vm)
}

fn timeout(text: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let class = vm.ctx.exceptions.timeout_error.to_owned();
    vm.new_exception_msg(class, text.into())
}

pub(super) fn os_error(error: &io::Error, text: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error.raw_os_error() {
        Some(errno) => vm.new_errno_error(errno, text.to_owned()).upcast(),
        None => vm.new_os_error(text.to_owned()),
    }
}

/// Why there is no connection to a client.
pub(super) fn of_accept(error: &AcceptError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error {
        AcceptError::Handshake(error) => of_handshake(error, vm),
        AcceptError::Timeout(_) => timeout(&error.to_string(), vm),
        AcceptError::Tls(source) => os_error(source, &error.to_string(), vm),
        AcceptError::Abandoned => vm.new_runtime_error(error.to_string()),
    }
}

/// What a script's InvalidHandshake says, with its causes; `None` for any other exception.
pub(super) fn is_refusal(exception: &PyBaseExceptionRef, vm: &VirtualMachine) -> Option<String> {
    let describe = || -> PyResult<Option<String>> {
        let module = vm.import("websockets.exceptions", 0)?;
        let module = module.get_attr("exceptions", vm)?;
        let class = module.get_attr("InvalidHandshake", vm)?;
        if !exception.as_object().is_instance(&class, vm)? {
            return Ok(None);
        }
        let mut text = exception
            .as_object()
            .str(vm)?
            .to_string_lossy()
            .into_owned();
        let mut cause = exception.__cause__();
        while let Some(exception) = cause {
            text.push_str("; ");
            text.push_str(&exception.as_object().str(vm)?.to_string_lossy());
            cause = exception.__cause__();
        }
        Ok(Some(text))
    };
    describe().ok().flatten()
}

pub(super) fn of_handshake(error: &HandshakeError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let text = |text: &str| -> PyObjectRef { vm.ctx.new_str(text).into() };
    let optional = |value: &Option<String>| match value {
        Some(value) => text(value),
        None => vm.ctx.none(),
    };
    match error {
        HandshakeError::Security(limit) => of_security(limit, vm),
        HandshakeError::InvalidProtocol(version) => new("InvalidProtocol", vec![text(version)], vm),
        HandshakeError::InvalidMessage { .. } => message("InvalidMessage", error.to_string(), vm),
        HandshakeError::InvalidMethod(method) => new("InvalidMethod", vec![text(method)], vm),
        HandshakeError::InvalidStatus(response) => of_status(response, vm),
        HandshakeError::InvalidHeader { name, value } => {
            new("InvalidHeader", vec![text(name), optional(value)], vm)
        }
        HandshakeError::InvalidHeaderValue { name, value } => {
            new("InvalidHeaderValue", vec![text(name), text(value)], vm)
        }
        HandshakeError::InvalidUpgrade { name, value } => {
            new("InvalidUpgrade", vec![text(name), optional(value)], vm)
        }
        HandshakeError::InvalidOrigin(origin) => new("InvalidOrigin", vec![optional(origin)], vm),
        HandshakeError::Negotiation(_) => message("NegotiationError", error.to_string(), vm),
        HandshakeError::InvalidExtensions(invalid) => {
            let args = vec![
                text("Sec-WebSocket-Extensions"),
                text(invalid.expected),
                text(&invalid.header),
                vm.ctx.new_int(invalid.position).into(),
            ];
            new("InvalidHeaderFormat", args, vm)
        }
        HandshakeError::Extension(Refusal::Negotiation(error)) => of_negotiation(error, vm),
        HandshakeError::Extension(Refusal::User(error)) => of_user(&**error, vm),
        HandshakeError::InvalidHeaderText(_) => vm.new_value_error(error.to_string()),
        HandshakeError::Io { source, .. } => {
            let exception = message("InvalidMessage", error.to_string(), vm);
            exception.set_cause(Some(os_error(source, &source.to_string(), vm)));
            exception
        }
    }
}

fn of_negotiation(error: &NegotiationError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let text = |text: &str| -> PyObjectRef { vm.ctx.new_str(text).into() };
    match error {
        NegotiationError::Refused(_) => message("NegotiationError", error.to_string(), vm),
        NegotiationError::DuplicateParameter(name) => {
            new("DuplicateParameter", vec![text(name)], vm)
        }
        NegotiationError::UnknownParameter(name) => {
            new("InvalidParameterName", vec![text(name)], vm)
        }
        NegotiationError::InvalidParameterValue { name, value } => {
            let value = value.as_deref().map_or_else(|| vm.ctx.none(), text);
            new("InvalidParameterValue", vec![text(name), value], vm)
        }
    }
}

fn of_security(limit: &SecurityError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let name = match limit {
        SecurityError::RequestLineTooLong(_) => "RequestLineTooLong",
        SecurityError::StatusLineTooLong(_) => "StatusLineTooLong",
        SecurityError::HeaderLineTooLong(_) => "HeaderLineTooLong",
        SecurityError::TooManyHeaders(_) => "TooManyHeaders",
        _ => "SecurityError",
    };
    message(name, limit.to_string(), vm)
}

fn of_status(response: &Response, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match response_object(response, vm) {
        Ok(response) => new("InvalidStatus", vec![response], vm),
        Err(error) => error,
    }
}
