//! Closing many connections at once.

use futures_util::future::join_all;
use runtime_bridge::block_on;
use rustpython_vm::{PyRef, PyResult, VirtualMachine};

use super::connection::Connection;

/// Closes all connections, and waits until they are closed.
pub(in crate::modules::websockets) fn close_all(
    connections: &[PyRef<Connection>],
    code: u16,
    reason: &str,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let connections = connections.iter();
    let opened = connections.filter_map(|connection| connection.base().opened());
    let closing = opened.map(|connection| connection.close(code, reason));
    block_on(vm, async {
        join_all(closing).await;
        Ok(())
    })
}
