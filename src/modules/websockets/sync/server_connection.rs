//! `ServerConnection` of threads.

use std::fmt;

use rustpython_vm::{
    FromArgs, Py, PyObjectRef, PyResult, VirtualMachine,
    builtins::PyType,
    class::PySubclass,
    common::lock::PyMutex,
    function::FuncArgs,
    object::{Traverse, TraverseFn},
    pyclass,
    types::{Constructor, Initializer},
};

use super::connection::Connection;
use crate::modules::class::make_mutable;
use crate::modules::websockets::base_connection::BaseConnection;
use crate::modules::websockets::log;
use crate::modules::websockets::options::BehaviourArgs;
use crate::modules::websockets::server_connection::{RespondArgs, respond};

/// ServerConnection(sock, protocol, server, *, ping_interval=20, ping_timeout=20,
/// close_timeout=10, max_queue=16): a connection that `serve` accepted.
///
/// It is there before the opening handshake is done: process_request and process_response get it.
#[pyclass(
    module = "websockets.sync.server",
    name = "ServerConnection",
    base = Connection,
    traverse = "manual"
)]
#[repr(C)]
pub(in crate::modules::websockets) struct ServerConnection {
    base: Connection,
    server: PyMutex<Option<PyObjectRef>>,
}

// SAFETY: each object is visited once.
unsafe impl Traverse for ServerConnection {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.base.traverse(visit);
        self.server.traverse(visit);
    }
}

// The macro implements it for transparent types alone; the base is the first field here.
impl PySubclass for ServerConnection {
    type Base = Connection;

    fn as_base(&self) -> &Connection {
        &self.base
    }
}

impl fmt::Debug for ServerConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerConnection")
    }
}

impl ServerConnection {
    /// A connection whose opening handshake is still to come.
    pub(super) fn unopened(server: Option<PyObjectRef>) -> Self {
        Self {
            base: Connection::unopened(log::Source::Named("websockets.server")),
            server: PyMutex::new(server),
        }
    }

    /// What it has in common with all other connections.
    pub(super) fn base(&self) -> &BaseConnection {
        self.base.base()
    }
}

#[derive(FromArgs)]
pub(in crate::modules::websockets) struct ServerConnectionArgs {
    #[pyarg(any)]
    _sock: PyObjectRef,
    #[pyarg(any)]
    _protocol: PyObjectRef,
    #[pyarg(any)]
    server: PyObjectRef,
    #[pyarg(flatten)]
    behaviour: BehaviourArgs,
}

impl Constructor for ServerConnection {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::unopened(None))
    }
}

impl Initializer for ServerConnection {
    type Args = ServerConnectionArgs;

    fn init(zelf: &Py<Self>, args: ServerConnectionArgs, vm: &VirtualMachine) -> PyResult<()> {
        zelf.base().set_behaviour(args.behaviour.parse(vm)?);
        let before = zelf.server.lock().replace(args.server);
        drop(before);
        Ok(())
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl ServerConnection {
    /// A plain text response for process_request and process_response to return; it may be
    /// changed before.
    #[pymethod]
    fn respond(_zelf: &Py<Self>, args: RespondArgs, vm: &VirtualMachine) -> PyResult {
        respond(args, vm)
    }

    /// The server that the connection belongs to.
    #[pygetset]
    fn server(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        vm.unwrap_or_none(zelf.server.lock().clone())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}
