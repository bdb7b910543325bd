//! The `websockets` module.
//!
//! Connections, listening and the opening handshakes are native; `python/websockets` has the
//! exception tree, `connect` as a context manager, and the server that runs handlers as tasks.

mod base_connection;
mod broadcast;
mod client_connection;
mod connect;
mod connection;
mod convert;
mod exceptions;
mod extensions;
mod handshake_fields;
mod log;
mod options;
mod receiving;
mod sansio;
mod sending;
mod serve;
mod server_connection;
mod signatures;
mod slot;
mod sync;
mod transcript;

pub(super) use _websockets::module_def;

/// What a client names itself.
const USER_AGENT: &str = concat!("Tauraro websockets/", env!("CARGO_PKG_VERSION"));

#[rustpython_vm::pymodule]
mod _websockets {
    use rustpython_vm::builtins::{PyBytesRef, PyIntRef, PyModule, PyStrRef};
    use rustpython_vm::class::PyClassImpl;
    use rustpython_vm::function::{ArgBytesLike, OptionalArg};
    use rustpython_vm::{Py, PyObjectRef, PyRef, PyResult, VirtualMachine, extend_module};

    use super::base_connection::BaseConnection;
    use super::client_connection::ClientConnection;
    use super::connect::{ConnectOptions, RedirectTarget, TargetArgs};
    use super::connection::{Connection, close_code};
    use super::sansio;
    use super::serve::Acceptor;
    use super::server_connection::ServerConnection;
    use super::sync;
    use crate::engine::ws::handshake;
    use crate::modules::convert::utf8;

    /// Whether a header field may have this value.
    #[pyfunction]
    fn is_field_value(value: PyStrRef) -> bool {
        let value = value.to_str();
        value.is_some_and(|value| sansio::is_field_value(value.as_bytes()))
    }

    /// What a log and a repr may show of a header field.
    #[pyfunction]
    fn shown_value(name: PyStrRef, value: PyObjectRef, vm: &VirtualMachine) -> PyObjectRef {
        match name.to_str().is_some_and(handshake::is_secret) {
            true => vm.ctx.new_str(handshake::MASK).into(),
            false => value,
        }
    }

    /// Whether text is a token of RFC 9110 section 5.6.2.
    #[pyfunction]
    fn is_token(text: PyStrRef) -> bool {
        text.to_str().is_some_and(handshake::is_token)
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

    /// Sends a message to many connections of threads, and waits until each has taken it.
    #[pyfunction]
    fn broadcast_blocking(args: sync::BroadcastArgs, vm: &VirtualMachine) -> PyResult<()> {
        sync::broadcast(args, vm)
    }

    /// Closes connections with this code and reason, and waits until they are closed.
    #[pyfunction]
    fn close_blocking(
        connections: Vec<PyRef<sync::Connection>>,
        code: PyIntRef,
        reason: PyStrRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let code = close_code(OptionalArg::Present(code));
        sync::close_all(&connections, code, utf8(&reason, vm)?, vm)
    }

    #[pyattr]
    use super::USER_AGENT;

    /// Where a redirect leads, by the rules of `connect`; None when the status is of no redirect.
    #[pyfunction]
    fn redirect_target(args: TargetArgs, vm: &VirtualMachine) -> PyResult<Option<RedirectTarget>> {
        super::connect::redirect_target(args, vm)
    }

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        drop(crate::modules::ssl_object::SslObject::make_static_type());
        sync::prepare_classes();
        drop(super::receiving::FragmentIterator::make_static_type());
        drop(super::handshake_fields::HandshakeFields::make_static_type());
        drop(RedirectTarget::make_static_type());
        extend_module!(vm, module, {
            "SERVER" => vm.ctx.new_str(super::USER_AGENT),
            "BaseConnection" => BaseConnection::make_static_type(),
            "Connection" => Connection::make_static_type(),
            "ClientConnection" => ClientConnection::make_static_type(),
            "ServerConnection" => ServerConnection::make_static_type(),
            "ConnectOptions" => ConnectOptions::make_static_type(),
            "SyncConnection" => sync::Connection::make_static_type(),
            "SyncClientConnection" => sync::ClientConnection::make_static_type(),
            "SyncServerConnection" => sync::ServerConnection::make_static_type(),
            "ThreadAcceptor" => sync::ThreadAcceptor::make_static_type(),
            "Acceptor" => Acceptor::make_static_type(),
            "Deflate" => sansio::Deflate::make_static_type(),
            "Frame" => sansio::Frame::make_static_type(),
            "Protocol" => sansio::Protocol::make_static_type(),
        });
        super::signatures::describe(vm);
        super::broadcast::describe(vm, module)
    }

    /// Sends a message to many connections, without waiting for any of them.
    ///
    /// A str is sent as text and bytes as binary, unless text=True or text=False says otherwise.
    /// Connections that are not open are passed over. One that is sending a fragmented message, or
    /// has more than write_limit bytes to send already, is skipped with a warning in its log; with
    /// raise_exceptions=True an ExceptionGroup tells of all of them at the end.
    #[pyfunction]
    fn broadcast(args: super::broadcast::BroadcastArgs, vm: &VirtualMachine) -> PyResult<()> {
        super::broadcast::broadcast(args, vm)
    }
}
