//! The `websockets` module.
//!
//! Connections, listening and the opening handshakes are native; `python/websockets` has the
//! exception tree, `connect` as a context manager, and the server that runs handlers as tasks.

mod connect;
mod connection;
mod convert;
mod exceptions;
mod options;
mod server;

pub(super) use _websockets::module_def;

/// What a client names itself.
const USER_AGENT: &str = concat!("Tauraro websockets/", env!("CARGO_PKG_VERSION"));

#[rustpython_vm::pymodule]
mod _websockets {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::class::PyClassImpl;
    use rustpython_vm::{Py, PyResult, VirtualMachine, extend_module};

    use super::connect::{ConnectOptions, RedirectTarget, TargetArgs};
    use super::connection::{ClientConnection, Connection, ServerConnection};
    use super::options::ServeOptions;
    use super::server::{Listener, Pending};

    #[pyattr]
    use super::USER_AGENT;

    /// Where a redirect leads, by the rules of `connect`; None when the status is of no redirect.
    #[pyfunction]
    fn redirect_target(args: TargetArgs, vm: &VirtualMachine) -> PyResult<Option<RedirectTarget>> {
        super::connect::redirect_target(args, vm)
    }

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        drop(Pending::make_static_type());
        drop(RedirectTarget::make_static_type());
        extend_module!(vm, module, {
            "Connection" => Connection::make_static_type(),
            "ClientConnection" => ClientConnection::make_static_type(),
            "ServerConnection" => ServerConnection::make_static_type(),
            "ConnectOptions" => ConnectOptions::make_static_type(),
            "ServeOptions" => ServeOptions::make_static_type(),
            "Listener" => Listener::make_static_type(),
        });
        Ok(())
    }
}
