//! `ClientConnection`.

use std::fmt;

use rustpython_vm::{
    FromArgs, Py, PyObjectRef, PyResult, VirtualMachine,
    builtins::PyType,
    function::FuncArgs,
    object::{Traverse, TraverseFn},
    pyclass,
    types::{Constructor, Initializer},
};

use super::base_connection::BaseConnection;
use super::connection::Connection;
use super::log;
use super::options::BehaviourArgs;
use crate::modules::class::make_mutable;

/// ClientConnection(protocol, *, ping_interval=20, ping_timeout=20, close_timeout=10,
/// max_queue=16, write_limit=32768): a connection that `connect` opened.
#[pyclass(
    module = "websockets.asyncio.client",
    name = "ClientConnection",
    base = Connection,
    traverse = "manual"
)]
#[repr(transparent)]
pub(super) struct ClientConnection(Connection);

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
    pub(super) fn unopened() -> Self {
        let logger = log::Source::Named("websockets.client");
        Self(Connection::unopened(logger))
    }

    /// What it has in common with a server's connection.
    pub(super) fn base(&self) -> &BaseConnection {
        self.0.base()
    }
}

#[derive(FromArgs)]
pub(super) struct ClientConnectionArgs {
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
    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}
