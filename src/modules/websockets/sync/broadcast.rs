//! `broadcast` of threads: to all connections at once, waiting for each of them.

use futures_util::future::join_all;
use runtime_bridge::block_on;
use rustpython_vm::{
    AsObject, FromArgs, PyObjectRef, PyRef, PyResult, VirtualMachine, builtins::PyBaseExceptionRef,
    function::KwArgs,
};

use super::connection::Connection;
use crate::engine::ws::{self, ConnectionError, Message, NotSent, State};
use crate::modules::websockets::broadcast::{exception_of, group, message_of, warn};
use crate::modules::websockets::exceptions::of_connection_of_thread;
use crate::modules::websockets::log::{self, Level};

#[derive(FromArgs)]
pub(in crate::modules::websockets) struct BroadcastArgs {
    #[pyarg(any)]
    connections: PyObjectRef,
    #[pyarg(any)]
    message: PyObjectRef,
    #[pyarg(named, default = false)]
    raise_exceptions: bool,
    #[pyarg(named, default)]
    text: Option<bool>,
    /// Of a pool of threads, which is not needed.
    #[pyarg(flatten)]
    _pool: KwArgs,
}

/// Why a connection did not get the message.
enum Skipped {
    Busy,
    Failed(ConnectionError),
}

/// Sends a message to many connections, and waits until each has taken it.
pub(in crate::modules::websockets) fn broadcast(
    args: BroadcastArgs,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let message = message_of(&args.message, args.text, vm)?;
    let connections: Vec<PyRef<Connection>> = args.connections.try_to_value(vm)?;
    let opened = connections
        .iter()
        .filter_map(|connection| Some((connection, connection.base().opened()?)))
        .filter(|(_, opened)| !opened.is_inherited() && opened.state() == State::Open)
        .collect::<Vec<_>>();
    let sending = opened
        .iter()
        .map(|(_, opened)| send(opened, message.clone()));
    let results = block_on(vm, async { Ok(join_all(sending).await) })?;
    let mut exceptions = Vec::new();
    for ((connection, _), result) in opened.iter().zip(results) {
        match result {
            Ok(()) => {}
            Err(skipped) if args.raise_exceptions => exceptions.push(skipped.raised(vm)),
            Err(Skipped::Busy) => warn(connection.upcast_ref(), NotSent::Busy, vm),
            Err(Skipped::Failed(error)) => warn_of_failure(connection, &error, vm),
        }
    }
    match exceptions.is_empty() {
        true => Ok(()),
        false => Err(group(exceptions, vm)?),
    }
}

async fn send(connection: &ws::Connection, message: Message) -> Result<(), Skipped> {
    if connection.is_sending_fragments() {
        return Err(Skipped::Busy);
    }
    connection.send(message).await.map_err(Skipped::Failed)
}

impl Skipped {
    fn raised(&self, vm: &VirtualMachine) -> PyBaseExceptionRef {
        match self {
            Self::Busy => exception_of(NotSent::Busy, vm),
            Self::Failed(error) => {
                let exception = vm.new_runtime_error("failed to write message");
                exception.set_cause(Some(of_connection_of_thread(error, vm)));
                exception
            }
        }
    }
}

fn warn_of_failure(connection: &PyRef<Connection>, error: &ConnectionError, vm: &VirtualMachine) {
    let exception = of_connection_of_thread(error, vm);
    let shown = format!("{}: {error}", exception.class().name());
    log::log(
        connection.as_object(),
        &connection.base().logger_source(),
        Level::Warning,
        "skipped broadcast: failed to write message: %s",
        vec![vm.ctx.new_str(shown).into()],
        None,
        vm,
    );
}
