//! `broadcast`.

use rustpython_vm::{
    AsObject, FromArgs, Py, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyModule, PyStr},
};

use super::base_connection::BaseConnection;
use super::connection::Connection;
use super::convert::parse_message;
use super::exceptions::concurrency_error;
use super::log::{self, Level};
use crate::engine::ws::{Message, NotSent};
use crate::modules::method::{Description, Method};

/// Connections that are written to on the spot; further ones have it done by their own tasks, so
/// that the loop is not held up for thousands of system calls.
const WRITTEN_AT_ONCE: usize = 128;

#[derive(FromArgs)]
pub(super) struct BroadcastArgs {
    #[pyarg(any)]
    connections: PyObjectRef,
    #[pyarg(any)]
    message: PyObjectRef,
    #[pyarg(named, default)]
    text: Option<bool>,
    #[pyarg(named, default = false)]
    raise_exceptions: bool,
}

/// Says what `inspect.signature` is to tell.
pub(super) fn describe(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    Method::prepare_classes();
    let description = Description {
        name: "broadcast",
        parameters: "connections, message, *, text=None, raise_exceptions=False",
        is_coroutine: false,
        shortcut: None,
    };
    let function = module.get_attr("broadcast", vm)?;
    let function = Method::function(function, "websockets", description, vm);
    module.set_attr("broadcast", function, vm)
}

/// Sends a message to many connections.
pub(super) fn broadcast(args: BroadcastArgs, vm: &VirtualMachine) -> PyResult<()> {
    let message = message_of(&args.message, args.text, vm)?;
    let mut exceptions = Vec::new();
    let mut written = 0;
    let connections: Vec<PyObjectRef> = args.connections.try_to_value(vm)?;
    for connection in connections {
        let connection = connection.downcast::<Connection>().map_err(|other| {
            let class = other.class().name().to_string();
            vm.new_type_error(format!("broadcast needs connections, not {class}"))
        })?;
        let Some(handle) = connection.base().opened() else {
            continue;
        };
        let sent = handle.send_now(message.clone(), written < WRITTEN_AT_ONCE);
        written += 1;
        match sent {
            Ok(()) | Err(NotSent::NotOpen) => {}
            Err(reason) if args.raise_exceptions => exceptions.push(exception_of(reason, vm)),
            Err(reason) => warn(connection.upcast_ref(), reason, vm),
        }
    }
    match exceptions.is_empty() {
        true => Ok(()),
        false => Err(group(exceptions, vm)?),
    }
}

/// What is to be sent.
pub(super) fn message_of(
    message: &PyObject,
    text: Option<bool>,
    vm: &VirtualMachine,
) -> PyResult<Message> {
    let is_str = message.downcast_ref::<PyStr>().is_some();
    let parsed = parse_message(message, vm).map_err(|error| {
        match error.fast_isinstance(vm.ctx.exceptions.type_error) {
            true => vm.new_type_error("data must be str or bytes"),
            false => error,
        }
    })?;
    Ok(match (parsed, text) {
        (Message::Text(text), Some(false)) if is_str => Message::Binary(text.into()),
        (Message::Binary(data), Some(true)) => {
            let text = data.try_into().map_err(|error: std::str::Utf8Error| {
                vm.new_value_error(format!("a text message must be UTF-8: {error}"))
            })?;
            Message::Text(text)
        }
        (message, _) => message,
    })
}

/// What `raise_exceptions=True` tells of a connection.
pub(super) fn exception_of(reason: NotSent, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match reason {
        NotSent::Busy => concurrency_error(&reason.to_string(), vm),
        NotSent::Full | NotSent::NotOpen => {
            let class = vm.ctx.exceptions.buffer_error.to_owned();
            let cause = vm.new_exception_msg(class, reason.to_string().into());
            let exception = vm.new_runtime_error("failed to write message");
            exception.set_cause(Some(cause));
            exception
        }
    }
}

/// Tells of a connection that was skipped, in its log.
pub(super) fn warn(connection: &Py<BaseConnection>, reason: NotSent, vm: &VirtualMachine) {
    let text = match reason {
        NotSent::Busy => "skipped broadcast: sending a fragmented message",
        NotSent::Full | NotSent::NotOpen => {
            "skipped broadcast: more than write_limit bytes wait to be written"
        }
    };
    let source = connection.logger_source();
    let about = connection.as_object();
    log::log(about, &source, Level::Warning, text, Vec::new(), None, vm);
}

/// What is raised at the end.
pub(super) fn group(
    exceptions: Vec<PyBaseExceptionRef>,
    vm: &VirtualMachine,
) -> PyResult<PyBaseExceptionRef> {
    let exceptions = exceptions.into_iter().map(Into::into).collect();
    let exceptions = vm.ctx.new_list(exceptions);
    let class = vm.builtins.get_attr("ExceptionGroup", vm)?;
    class
        .call(("skipped broadcast", exceptions), vm)?
        .try_into_value(vm)
}
