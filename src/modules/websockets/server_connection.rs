//! `ServerConnection`.

use std::fmt;

use rustpython_vm::{
    FromArgs, Py, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyStrRef, PyType},
    class::PySubclass,
    common::lock::PyMutex,
    function::FuncArgs,
    object::{Traverse, TraverseFn},
    pyclass,
    types::{Constructor, Initializer},
};

use super::base_connection::BaseConnection;
use super::connection::Connection;
use super::convert::response_object;
use super::log;
use super::options::BehaviourArgs;
use crate::engine::ws::handshake::Response;
use crate::modules::class::make_mutable;
use crate::modules::convert::utf8;

/// ServerConnection(protocol, server, *, ping_interval=20, ping_timeout=20, close_timeout=10,
/// max_queue=16, write_limit=32768): a connection that `serve` accepted.
///
/// It is there before the opening handshake is done: process_request and process_response get it.
#[pyclass(
    module = "websockets.asyncio.server",
    name = "ServerConnection",
    base = Connection,
    traverse = "manual"
)]
#[repr(C)]
pub(super) struct ServerConnection {
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
        let logger = log::Source::Named("websockets.server");
        Self {
            base: Connection::unopened(logger),
            server: PyMutex::new(server),
        }
    }

    /// What it has in common with a client's connection.
    pub(super) fn base(&self) -> &BaseConnection {
        self.base.base()
    }
}

#[derive(FromArgs)]
pub(super) struct ServerConnectionArgs {
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

#[derive(FromArgs)]
pub(super) struct RespondArgs {
    #[pyarg(any)]
    status: PyObjectRef,
    #[pyarg(any)]
    text: PyStrRef,
}

/// A plain text response.
pub(super) fn respond(args: RespondArgs, vm: &VirtualMachine) -> PyResult {
    let status = args.status.try_int(vm)?.try_to_primitive::<u16>(vm);
    let status = status
        .ok()
        .and_then(|code| http::StatusCode::from_u16(code).ok());
    let status = status.filter(|status| status.canonical_reason().is_some());
    let Some(status) = status else {
        let shown = args.status.repr(vm)?;
        return Err(vm.new_value_error(format!("{shown} is not a valid HTTPStatus")));
    };
    response_object(&Response::text(status, utf8(&args.text, vm)?), vm)
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
