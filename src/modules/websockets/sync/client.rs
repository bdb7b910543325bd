//! Connecting, for threads.

use std::sync::Arc;

use runtime_bridge::block_on;
use rustpython_vm::{Py, PyPayload, PyRef, PyResult, VirtualMachine};

use super::client_connection::ClientConnection;
use super::drive_in_background;
use crate::engine::tls::TlsConfig;
use crate::modules::websockets::connect::ConnectOptions;
use crate::modules::websockets::exceptions::of_connect;

/// Connects as the options say, and waits for it.
pub(in crate::modules::websockets) fn connect(
    options: &Py<ConnectOptions>,
    vm: &VirtualMachine,
) -> PyResult<PyRef<ClientConnection>> {
    let (uri, mut connect) = options.take(vm)?;
    drive_in_background(&mut connect.options, vm)?;
    let tls = Arc::new(TlsConfig::default());
    let opened = block_on(vm, async { Ok(connect.to(&uri, &tls).await) })?
        .map_err(|error| of_connect(&error, vm))?;
    let connection = ClientConnection::unopened();
    connection.base().open(opened);
    Ok(connection.into_ref(&vm.ctx))
}
