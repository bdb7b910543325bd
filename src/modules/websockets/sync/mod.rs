//! `websockets.sync`: connections for threads.
//!
//! A thread that waits for a connection is in [`block_on`](runtime_bridge::block_on). The
//! connection itself is driven by the process's I/O thread, so it answers pings, keeps the time and
//! reads ahead while no thread is inside.

mod acceptor;
mod broadcast;
mod client_connection;
mod closing;
mod connection;
mod fragments;
mod messages;
mod pong;
mod server_connection;
mod waiting;

use rustpython_vm::{PyResult, VirtualMachine, class::PyClassImpl as _};

use crate::engine::net::background;
use crate::engine::ws::Options;

use super::exceptions::os_error;

pub(super) use acceptor::ThreadAcceptor;
pub(super) use broadcast::{BroadcastArgs, broadcast};
pub(super) use client_connection::ClientConnection;
pub(super) use closing::close_all;
pub(super) use connection::Connection;
pub(super) use server_connection::ServerConnection;

/// Makes the classes known to the interpreter that scripts do not name.
pub(super) fn prepare_classes() {
    drop(acceptor::Arrived::make_static_type());
    drop(fragments::FragmentIterator::make_static_type());
    drop(messages::Messages::make_static_type());
    drop(pong::Pong::make_static_type());
}

/// Has a connection that will have these options driven by the I/O thread.
pub(super) fn drive_in_background(options: &mut Options, vm: &VirtualMachine) -> PyResult<()> {
    let runtime = background::handle().map_err(|error| {
        let text = format!("the I/O thread could not be started: {error}");
        os_error(&error, &text, vm)
    })?;
    options.runtime = Some(runtime);
    Ok(())
}
