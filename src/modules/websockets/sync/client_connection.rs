//! `ClientConnection` of threads.

use std::fmt;

use rustpython_vm::{
    FromArgs, Py, PyObjectRef, PyResult, VirtualMachine,
    builtins::PyType,
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

/// ClientConnection(sock, protocol, *, ping_interval=20, ping_timeout=20, close_timeout=10,
/// max_queue=16): a connection that `connect` opened.
#[pyclass(
    module = "websockets.sync.client",
    name = "ClientConnection",
    base = Connection,
    traverse = "manual"
)]
#[repr(transparent)]
pub(in crate::modules::websockets) struct ClientConnection(Connection);

// SAFETY: that of its one field.
unsafe impl Traverse for ClientConnection {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.0.traverse(visit);
    }
}

impl fmt::Debug for ClientConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientConnection")
    }
}

impl ClientConnection {
    /// A connection whose opening handshake is still to come.
    pub(in crate::modules::websockets) fn unopened() -> Self {
        let connection = Connection::unopened(log::Source::Named("websockets.client"));
        connection.set_unmanaged(true);
        Self(connection)
    }

    /// What it has in common with all other connections.
    pub(super) fn base(&self) -> &BaseConnection {
        self.0.base()
    }
}

#[derive(FromArgs)]
pub(in crate::modules::websockets) struct ClientConnectionArgs {
    #[pyarg(any)]
    _sock: PyObjectRef,
    #[pyarg(any)]
    _protocol: PyObjectRef,
    #[pyarg(flatten)]
    behaviour: BehaviourArgs,
}

impl Constructor for ClientConnection {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::unopened())
    }
}

impl Initializer for ClientConnection {
    type Args = ClientConnectionArgs;

    fn init(zelf: &Py<Self>, args: ClientConnectionArgs, vm: &VirtualMachine) -> PyResult<()> {
        zelf.base().set_behaviour(args.behaviour.parse(vm)?);
        Ok(())
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl ClientConnection {
    /// Says that the connection is used without a `with` statement on purpose.
    #[pymethod]
    fn _unmanaged_on_purpose(zelf: &Py<Self>) {
        zelf.0.set_unmanaged(false);
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}
