//! The `websockets` module.
//!
//! Connections, listening and the opening handshakes are native; `python/websockets` has the
//! exception tree, `connect` as a context manager, and the server that runs handlers as tasks.

mod client_connection;
mod connect;
mod connection;
mod convert;
mod exceptions;
mod log;
mod options;
mod sansio;
mod serve;
mod server_connection;
mod slot;
mod transcript;

pub(super) use _websockets::module_def;

/// What a client names itself.
const USER_AGENT: &str = concat!("Tauraro websockets/", env!("CARGO_PKG_VERSION"));

#[rustpython_vm::pymodule]
mod _websockets {
    use rustpython_vm::builtins::{PyBytesRef, PyModule, PyStrRef};
    use rustpython_vm::class::PyClassImpl;
    use rustpython_vm::function::ArgBytesLike;
    use rustpython_vm::{Py, PyObjectRef, PyResult, VirtualMachine, extend_module};

    use super::client_connection::ClientConnection;
    use super::connect::ConnectOptions;
    use super::connection::Connection;
    use super::sansio;
    use super::serve::Acceptor;
    use super::server_connection::ServerConnection;
    use crate::engine::ws::handshake;
    use crate::modules::convert::utf8;

    /// Whether a header field may have this value.
    #[pyfunction]
    fn is_field_value(value: PyStrRef) -> bool {
        let value = value.to_str();
        value.is_some_and(|value| sansio::is_field_value(value.as_bytes()))
    }

    /// The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key.
    #[pyfunction]
    fn accept_key(key: PyStrRef, vm: &VirtualMachine) -> PyResult<String> {
        utf8(&key, vm).map(handshake::accept_key)
    }

    /// Masks or unmasks data by a mask of 4 bytes.
    #[pyfunction]
    fn apply_mask(
        data: PyObjectRef,
        mask: ArgBytesLike,
        vm: &VirtualMachine,
    ) -> PyResult<PyBytesRef> {
        sansio::apply_mask(&data, &mask, vm)
    }

    /// A frame as bytes, masked if there is a key.
    #[pyfunction]
    fn serialize_frame(
        frame: PyObjectRef,
        key: Option<ArgBytesLike>,
        vm: &VirtualMachine,
    ) -> PyResult<PyBytesRef> {
        sansio::serialize_frame(&frame, key, vm)
    }

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        extend_module!(vm, module, {
            "SERVER" => vm.ctx.new_str(super::USER_AGENT),
            "Connection" => Connection::make_static_type(),
            "ClientConnection" => ClientConnection::make_static_type(),
            "ServerConnection" => ServerConnection::make_static_type(),
            "ConnectOptions" => ConnectOptions::make_static_type(),
            "Acceptor" => Acceptor::make_static_type(),
            "Frame" => sansio::Frame::make_static_type(),
        });
        Ok(())
    }
}
