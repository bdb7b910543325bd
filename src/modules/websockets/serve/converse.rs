//! What a server does with a client, from the accepted socket to the end of the connection.

use std::sync::Arc;

use runtime_bridge::{await_in_line, with_vm};
use rustpython_vm::{
    AsObject, PyObjectRef, PyRef, PyResult, VirtualMachine, builtins::PyBaseExceptionRef,
    class::StaticType as _, function::FuncArgs,
};

use super::asked::{Asked, log_error};
use super::clients::{Clients, Seat};
use super::policy::Policy;
use super::settling::{acceptance, path_of, settle};
use crate::engine::net::{Address, Socket};
use crate::engine::ws::Accept;
use crate::engine::ws::close::code;
use crate::modules::websockets::log::{self, Level};
use crate::modules::websockets::server_connection::ServerConnection;

/// What is the same for all clients of a server.
pub(super) struct House {
    pub(super) policy: Arc<Policy>,
    pub(super) clients: Arc<Clients>,
    pub(super) handler: PyObjectRef,
    /// Whether the handler takes the path of the request too.
    pub(super) takes_path: bool,
}

/// A client that has connected.
pub(super) struct Arrived {
    pub(super) socket: Socket,
    pub(super) peer: Address,
    /// The Python object of the server.
    pub(super) server: PyObjectRef,
}

/// Shakes hands with a client, runs the handler, and closes the connection.
pub(super) async fn converse(house: Arc<House>, arrived: Arrived, seat: Seat) -> PyResult {
    let none = with_vm(|vm| vm.ctx.none());
    // Boxed, so that what the handshake needs is not held for as long as the handler runs.
    let Some(connection) = Box::pin(open(&house, arrived)).await? else {
        return Ok(none);
    };
    seat.opened(connection.clone());
    let handled = handle(&house, &connection).await;
    let failed = handled.is_err();
    let ended = match handled {
        Ok(_) => Ok(none),
        Err(exception) => with_vm(|vm| report(&connection, exception, vm)).map(|()| none),
    };
    let code = match failed {
        true => code::INTERNAL_ERROR,
        false => code::NORMAL_CLOSURE,
    };
    close(&connection, code, "").await?;
    ended
}

/// Gives the connection, or nothing when there will be none. Whatever is the client's fault is
/// logged and no more.
async fn open(house: &House, arrived: Arrived) -> PyResult<Option<PyRef<ServerConnection>>> {
    let (accept, connection, socket) = match with_vm(|vm| prepare(house, arrived, vm)) {
        Ok(prepared) => prepared,
        Err(error) => {
            with_vm(|vm| log_about_server(house, &error, vm));
            return Ok(None);
        }
    };
    let serving = house.clients.serving.clone();
    let mut asked = Asked::about(connection.clone().upcast(), house.policy.clone(), serving);
    let accepted = accept.client(socket, &mut asked).await;
    if let Some(raised) = asked.take_raised() {
        return Err(raised);
    }
    with_vm(|vm| {
        let opened = settle(connection.upcast_ref(), accepted, vm);
        Ok(opened.then(|| connection.clone()))
    })
}

/// The connection's object, and how to accept it.
fn prepare(
    house: &House,
    arrived: Arrived,
    vm: &VirtualMachine,
) -> PyResult<(Accept, PyRef<ServerConnection>, Socket)> {
    let connection = new_connection(&house.policy, arrived.server, vm)?;
    let (base, socket) = (connection.base(), arrived.socket);
    let accept = acceptance(&house.policy, base, &socket, arrived.peer, vm)?;
    Ok((accept, connection, socket))
}

fn new_connection(
    policy: &Policy,
    server: PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<PyRef<ServerConnection>> {
    use rustpython_vm::PyPayload as _;
    let Some(factory) = &policy.create_connection else {
        return Ok(ServerConnection::unopened(Some(server)).into_ref(&vm.ctx));
    };
    let args = FuncArgs::new(vec![vm.ctx.none(), server], policy.keywords.clone());
    let made = factory.call(args, vm)?;
    made.downcast().map_err(|other| {
        let class = other.class().name().to_string();
        let text = format!("create_connection must return a ServerConnection, not {class}");
        vm.new_type_error(text)
    })
}

/// A failure before there is a connection to log about.
fn log_about_server(house: &House, error: &PyBaseExceptionRef, vm: &VirtualMachine) {
    log::log_to(
        &house.policy.logger,
        Level::Error,
        "opening handshake failed",
        Vec::new(),
        Some(error),
        vm,
    );
}

async fn handle(house: &House, connection: &PyRef<ServerConnection>) -> PyResult {
    let awaitable = with_vm(|vm| -> PyResult {
        let mut args = vec![connection.as_object().to_owned()];
        if house.takes_path {
            args.push(path_of(connection.base(), vm)?);
        }
        house.handler.call(FuncArgs::from(args), vm)
    })?;
    await_in_line(awaitable).await
}

/// An Exception ends with the log; a cancellation or an interrupt goes on, once the connection is
/// closed.
fn report(
    connection: &PyRef<ServerConnection>,
    exception: PyBaseExceptionRef,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if !exception.fast_isinstance(vm.ctx.exceptions.exception_type) {
        return Err(exception);
    }
    log_error(
        connection.upcast_ref(),
        "connection handler failed",
        &exception,
        vm,
    );
    Ok(())
}

/// Closes a connection, by a script's own `close()` where a subclass has one.
pub(super) async fn close(
    connection: &PyRef<ServerConnection>,
    code: u16,
    reason: &str,
) -> PyResult<()> {
    if connection.class().is(ServerConnection::static_type()) {
        if let Some(connection) = connection.base().opened() {
            // The code and the reason are checked before.
            let _ = connection.close(code, reason).await;
        }
        return Ok(());
    }
    let reason = reason.to_owned();
    let closing = with_vm(|vm| vm.call_method(connection.as_object(), "close", (code, reason)))?;
    await_in_line(closing).await.map(drop)
}
