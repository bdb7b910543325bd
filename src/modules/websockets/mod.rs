//! The `websockets` module.
//!
//! Connections, listening and the opening handshakes are native; `python/websockets` has the
//! exception tree, `connect` as a context manager, and the server that runs handlers as tasks.

mod broadcast;
mod client_connection;
mod connect;
mod connection;
mod convert;
mod exceptions;
mod extensions;
mod log;
mod options;
mod receiving;
mod sending;
mod serve;
mod server_connection;
mod signatures;
mod slot;
mod transcript;

pub(super) use _websockets::module_def;

/// What a client names itself.
const USER_AGENT: &str = concat!("Tauraro websockets/", env!("CARGO_PKG_VERSION"));

#[rustpython_vm::pymodule]
mod _websockets {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::class::PyClassImpl;
    use rustpython_vm::{Py, PyResult, VirtualMachine, extend_module};

    use super::client_connection::ClientConnection;
    use super::connect::{ConnectOptions, RedirectTarget, TargetArgs};
    use super::connection::Connection;
    use super::serve::Acceptor;
    use super::server_connection::ServerConnection;

    #[pyattr]
    use super::USER_AGENT;

    /// Where a redirect leads, by the rules of `connect`; None when the status is of no redirect.
    #[pyfunction]
    fn redirect_target(args: TargetArgs, vm: &VirtualMachine) -> PyResult<Option<RedirectTarget>> {
        super::connect::redirect_target(args, vm)
    }

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        drop(super::receiving::FragmentIterator::make_static_type());
        drop(RedirectTarget::make_static_type());
        extend_module!(vm, module, {
            "SERVER" => vm.ctx.new_str(super::USER_AGENT),
            "Connection" => Connection::make_static_type(),
            "ClientConnection" => ClientConnection::make_static_type(),
            "ServerConnection" => ServerConnection::make_static_type(),
            "ConnectOptions" => ConnectOptions::make_static_type(),
            "Acceptor" => Acceptor::make_static_type(),
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
