//! `BaseConnection`: what the connections of asyncio and those of threads have in common.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyType},
    common::lock::PyMutex,
    object::{Traverse, TraverseFn},
    pyclass,
    types::Representable,
};

use super::convert::address_object;
use super::exceptions::{invalid_state, of_inherited};
use super::log;
use super::slot::{RequestSlot, ResponseSlot};
use crate::engine::net::Address;
use crate::engine::tls::Secured;
use crate::engine::ws::{self, Established, Options, State};
use crate::modules::class::make_mutable;
use crate::modules::ssl_object::SslObject;

/// What is known of a WebSocket connection: base class of those of asyncio and of threads.
///
/// The object is there before its connection is: a script may make it (`create_connection=`), and
/// has it while the opening handshake goes on.
#[pyclass(module = "_websockets", name = "BaseConnection", traverse = "manual")]
#[derive(PyPayload)]
pub(super) struct BaseConnection {
    /// Set once the opening handshake is done.
    link: OnceLock<Link>,
    /// Set when the opening handshake has failed.
    refused: OnceLock<()>,
    ends: OnceLock<Ends>,
    secured: OnceLock<Arc<Secured>>,
    pub(super) request: RequestSlot,
    pub(super) response: ResponseSlot,
    id: PyMutex<Option<PyObjectRef>>,
    /// The logger that `logger=` gave, or the name of the usual one.
    logger_source: PyMutex<log::Source>,
    /// What the constructor was told of how the connection is to behave, until it is open.
    behaviour: PyMutex<Option<Box<Options>>>,
    logger: PyMutex<Option<PyObjectRef>>,
}

/// What the opening handshake gives.
struct Link {
    connection: ws::Connection,
    subprotocol: Option<String>,
}

/// The addresses of the two ends.
#[derive(Clone, Default)]
pub(super) struct Ends {
    pub(super) local: Option<Address>,
    pub(super) remote: Option<Address>,
}

// SAFETY: each object is visited once.
unsafe impl Traverse for BaseConnection {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.request.traverse(visit);
        self.response.traverse(visit);
        self.id.traverse(visit);
        self.logger_source.traverse(visit);
        self.logger.traverse(visit);
    }
}

impl fmt::Debug for BaseConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BaseConnection")
    }
}

impl BaseConnection {
    /// A connection whose opening handshake is still to come.
    pub(super) fn unopened(logger: log::Source) -> Self {
        Self {
            link: OnceLock::new(),
            refused: OnceLock::new(),
            ends: OnceLock::new(),
            secured: OnceLock::new(),
            request: RequestSlot::default(),
            response: ResponseSlot::default(),
            id: PyMutex::default(),
            logger_source: PyMutex::new(logger),
            behaviour: PyMutex::default(),
            logger: PyMutex::default(),
        }
    }

    /// Takes over what the opening handshake gave. Only the first time counts.
    pub(super) fn open(&self, established: Established) {
        self.request.fill(established.request);
        self.response.fill(established.response);
        let _ = self.link.set(Link {
            connection: established.connection,
            subprotocol: established.subprotocol,
        });
    }

    /// The opening handshake has failed: there will be no connection.
    pub(super) fn refuse(&self) {
        let _ = self.refused.set(());
    }

    /// Tells the addresses while the opening handshake goes on.
    pub(super) fn set_ends(&self, ends: Ends) {
        let _ = self.ends.set(ends);
    }

    /// The engine's connection.
    ///
    /// # Errors
    /// InvalidState before the opening handshake is done, RuntimeError in a forked child.
    pub(super) fn handle(&self, vm: &VirtualMachine) -> PyResult<ws::Connection> {
        match self.opened() {
            None => Err(self.not_open(vm)),
            Some(inherited) if inherited.is_inherited() => Err(of_inherited(vm)),
            Some(connection) => Ok(connection.clone()),
        }
    }

    /// The engine's connection, once the opening handshake is done.
    pub(super) fn opened(&self) -> Option<&ws::Connection> {
        self.link.get().map(|link| &link.connection)
    }

    fn not_open(&self, vm: &VirtualMachine) -> PyBaseExceptionRef {
        invalid_state(&format!("connection is {}", self.current_state()), vm)
    }

    pub(super) fn current_state(&self) -> State {
        match (self.opened(), self.refused.get()) {
            (Some(connection), _) => connection.state(),
            (None, None) => State::Connecting,
            (None, Some(())) => State::Closed,
        }
    }

    /// Where this connection's records go.
    pub(super) fn logger_source(&self) -> log::Source {
        self.logger_source.lock().clone()
    }

    /// Says where this connection's records are to go.
    pub(super) fn set_logger(&self, source: log::Source) {
        let before = std::mem::replace(&mut *self.logger_source.lock(), source);
        drop(before);
    }

    /// Tells what the TLS handshake settled.
    pub(super) fn set_secured(&self, secured: Secured) {
        let _ = self.secured.set(Arc::new(secured));
    }

    /// What the constructor was told of how the connection is to behave.
    pub(super) fn set_behaviour(&self, options: Options) {
        *self.behaviour.lock() = Some(Box::new(options));
    }

    /// What [`set_behaviour`](Self::set_behaviour) noted.
    pub(super) fn take_behaviour(&self) -> Option<Options> {
        self.behaviour.lock().take().map(|options| *options)
    }
}

#[pyclass(
    with(Representable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl BaseConnection {
    /// The opening handshake's request: path and headers. None before it has arrived.
    #[pygetset]
    fn request(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.request.object(vm)
    }

    /// The opening handshake's response: status_code, reason_phrase and headers. None before.
    #[pygetset]
    fn response(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.response.object(vm)
    }

    /// The subprotocol that both ends agreed on, or None.
    #[pygetset]
    fn subprotocol(zelf: &Py<Self>) -> Option<String> {
        zelf.link.get().and_then(|link| link.subprotocol.clone())
    }

    /// The state, a websockets.protocol.State.
    #[pygetset]
    fn state(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let number = match zelf.current_state() {
            State::Connecting => 0,
            State::Open => 1,
            State::Closing => 2,
            State::Closed => 3,
        };
        let module = vm
            .import("websockets.protocol", 0)?
            .get_attr("protocol", vm)?;
        module.get_attr("State", vm)?.call((number,), vm)
    }

    /// The close code; None while the connection is open.
    #[pygetset]
    fn close_code(zelf: &Py<Self>) -> Option<u16> {
        zelf.opened()?.close_code()
    }

    /// The close reason; None while the connection is open.
    #[pygetset]
    fn close_reason(zelf: &Py<Self>) -> Option<String> {
        zelf.opened()?.close_reason()
    }

    /// Seconds that the last answered ping took.
    #[pygetset]
    fn latency(zelf: &Py<Self>) -> f64 {
        let latency = zelf.opened().map(ws::Connection::latency);
        latency.unwrap_or_default().as_secs_f64()
    }

    /// The address of this end: host and port, or the path of a unix socket.
    #[pygetset]
    fn local_address(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        let known = zelf.ends.get().and_then(|ends| ends.local.as_ref());
        address_object(known.or_else(|| zelf.opened()?.local_addr()), vm)
    }

    /// The address of the other end.
    #[pygetset]
    fn remote_address(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        let known = zelf.ends.get().and_then(|ends| ends.remote.as_ref());
        address_object(known.or_else(|| zelf.opened()?.peer_addr()), vm)
    }

    /// What is known of the protocol: extensions, side, origin and what the connection tells too.
    #[pygetset]
    fn protocol(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        let module = vm
            .import("websockets._protocol_view", 0)?
            .get_attr("_protocol_view", vm)?;
        module.get_attr("ProtocolView", vm)?.call((zelf,), vm)
    }

    /// What is known of the stream below: get_extra_info().
    #[pygetset]
    fn transport(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        let module = vm
            .import("websockets._transport_view", 0)?
            .get_attr("_transport_view", vm)?;
        let secured = zelf.secured.get().cloned();
        let tls = secured.map(|it| SslObject::new(it).into_ref(&vm.ctx));
        module.get_attr("TransportView", vm)?.call((zelf, tls), vm)
    }

    /// A random uuid.UUID, for logs.
    #[pygetset]
    fn id(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        cached(&zelf.id, || {
            vm.import("uuid", 0)?.get_attr("uuid4", vm)?.call((), vm)
        })
    }

    /// A logger whose records have the connection as `websocket`.
    #[pygetset]
    fn logger(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        cached(&zelf.logger, || {
            log::adapter(zelf.as_object(), &zelf.logger_source(), vm)
        })
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

fn cached(slot: &PyMutex<Option<PyObjectRef>>, make: impl FnOnce() -> PyResult) -> PyResult {
    if let Some(object) = &*slot.lock() {
        return Ok(object.clone());
    }
    let object = make()?;
    *slot.lock() = Some(object.clone());
    Ok(object)
}

impl Representable for BaseConnection {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        let class = zelf.class();
        let state = zelf.current_state();
        Ok(format!("<{} {state}>", class.name()))
    }
}
