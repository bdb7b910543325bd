//! `ClientConnection` and `ServerConnection`.

use std::fmt;

use bytes::Bytes;
use runtime_bridge::{Coroutine, with_vm};
use rustpython_vm::{
    AsObject, FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyIntRef, PyStrRef, PyType},
    common::lock::PyMutex,
    function::{FuncArgs, OptionalArg},
    pyclass,
    types::Representable,
};

use super::convert::{message_object, parse_message, request_object, response_object};
use super::exceptions::{of_connection, of_end};
use crate::engine::ws::handshake::{Request, Response};
use crate::engine::ws::{self, ConnectionError, Established, State};
use crate::modules::class::make_mutable;
use crate::modules::convert::{given, new_str, str_or_bytes, utf8};

/// A WebSocket connection: base class of ClientConnection and ServerConnection.
#[pyclass(module = "websockets.asyncio.connection", name = "Connection")]
#[derive(PyPayload)]
pub(super) struct Connection {
    connection: ws::Connection,
    request: Request,
    response: Response,
    subprotocol: Option<String>,
    request_object: PyMutex<Option<PyObjectRef>>,
    response_object: PyMutex<Option<PyObjectRef>>,
}

/// A connection that `connect` opened.
#[pyclass(
    module = "websockets.asyncio.client",
    name = "ClientConnection",
    base = Connection
)]
#[derive(Debug)]
#[repr(transparent)]
pub(super) struct ClientConnection(Connection);

/// A connection that `serve` accepted.
#[pyclass(
    module = "websockets.asyncio.server",
    name = "ServerConnection",
    base = Connection
)]
#[derive(Debug)]
#[repr(transparent)]
pub(super) struct ServerConnection(Connection);

impl From<Connection> for ClientConnection {
    fn from(connection: Connection) -> Self {
        Self(connection)
    }
}

impl From<Connection> for ServerConnection {
    fn from(connection: Connection) -> Self {
        Self(connection)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

#[derive(FromArgs)]
struct RecvArgs {
    #[pyarg(any, default)]
    decode: Option<bool>,
}

#[derive(FromArgs)]
struct CloseArgs {
    #[pyarg(any, optional)]
    code: OptionalArg<PyIntRef>,
    #[pyarg(any, optional)]
    reason: OptionalArg<PyStrRef>,
}

impl Connection {
    pub(super) fn new(established: Established) -> Self {
        Self {
            connection: established.connection,
            request: established.request,
            response: established.response,
            subprotocol: established.subprotocol,
            request_object: PyMutex::default(),
            response_object: PyMutex::default(),
        }
    }
}

/// A number that is no close code at all becomes 0, which may not be sent either.
pub(super) fn close_code(code: OptionalArg<PyIntRef>) -> u16 {
    match code {
        OptionalArg::Present(code) => u16::try_from(code.as_bigint()).unwrap_or(0),
        OptionalArg::Missing => ws::close::code::NORMAL_CLOSURE,
    }
}

fn none_or_error(result: Result<(), ConnectionError>) -> PyResult {
    with_vm(|vm| match result {
        Ok(()) => Ok(vm.ctx.none()),
        Err(error) => Err(of_connection(&error, vm)),
    })
}

/// A pair of host and port, as a Python socket has it.
pub(super) fn address_object(
    address: Option<std::net::SocketAddr>,
    vm: &VirtualMachine,
) -> PyObjectRef {
    let Some(address) = address else {
        return vm.ctx.none();
    };
    let host = new_str(&address.ip().to_string(), vm).into();
    let mut items = vec![host, vm.ctx.new_int(address.port()).into()];
    if let std::net::SocketAddr::V6(address) = address {
        items.push(vm.ctx.new_int(address.flowinfo()).into());
        items.push(vm.ctx.new_int(address.scope_id()).into());
    }
    vm.ctx.new_tuple(items).into()
}

#[pyclass(
    with(Representable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl Connection {
    /// Receives the next message, str or bytes; await it.
    ///
    /// decode=True gives str, decode=False bytes, whatever was sent. Raises ConnectionClosed when
    /// the connection is closed, and ConcurrencyError when another task receives.
    #[pymethod]
    fn recv(zelf: &Py<Self>, args: RecvArgs) -> Coroutine {
        let connection = zelf.connection.clone();
        Coroutine::new("Connection.recv", async move {
            let received = connection.recv().await;
            with_vm(|vm| match received {
                Ok(message) => message_object(message, args.decode, vm),
                Err(error) => Err(of_connection(&error, vm)),
            })
        })
    }

    /// Sends a message, text for a str and binary for bytes; await it.
    ///
    /// Raises ConnectionClosed when the connection is closed.
    #[pymethod]
    fn send(zelf: &Py<Self>, message: PyObjectRef, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.connection.clone();
        let message = parse_message(&message, vm);
        Coroutine::new("Connection.send", async move {
            none_or_error(connection.send(message?).await)
        })
    }

    /// Sends a ping; await it for another awaitable, which gives the latency in seconds once the
    /// pong is here.
    #[pymethod]
    fn ping(zelf: &Py<Self>, data: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.connection.clone();
        let payload = given(data, vm)
            .map(|data| str_or_bytes(&data, "a ping", vm).map(Bytes::from))
            .transpose();
        Coroutine::new("Connection.ping", async move {
            let pong = connection.ping(payload?).await;
            let pong = pong.map_err(|error| with_vm(|vm| of_connection(&error, vm)))?;
            let waiter = Coroutine::new("Connection.ping", async move {
                let latency = pong.latency().await;
                with_vm(|vm| match latency {
                    Ok(latency) => Ok(vm.ctx.new_float(latency.as_secs_f64()).into()),
                    Err(closed) => Err(of_end(&closed, vm)),
                })
            });
            Ok(with_vm(|vm| waiter.into_ref(&vm.ctx).into()))
        })
    }

    /// Sends a pong that nobody asked for; await it.
    #[pymethod]
    fn pong(zelf: &Py<Self>, data: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.connection.clone();
        let payload = match given(data, vm) {
            Some(data) => str_or_bytes(&data, "a pong", vm),
            None => Ok(Vec::new()),
        };
        Coroutine::new("Connection.pong", async move {
            none_or_error(connection.pong(&payload?).await)
        })
    }

    /// Performs the closing handshake; await it. Closing twice is no error.
    ///
    /// Raises ProtocolError for a code that may not be sent or a reason over 123 bytes.
    #[pymethod]
    fn close(zelf: &Py<Self>, args: CloseArgs, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.connection.clone();
        let code = close_code(args.code);
        let reason = match args.reason {
            OptionalArg::Present(reason) => utf8(&reason, vm).map(str::to_owned),
            OptionalArg::Missing => Ok(String::new()),
        };
        Coroutine::new("Connection.close", async move {
            none_or_error(connection.close(code, &reason?).await)
        })
    }

    /// Waits until the connection is closed.
    #[pymethod]
    fn wait_closed(zelf: &Py<Self>) -> Coroutine {
        let connection = zelf.connection.clone();
        Coroutine::new("Connection.wait_closed", async move {
            connection.wait_closed().await;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    #[pymethod]
    fn __aiter__(zelf: PyRef<Self>) -> PyRef<Self> {
        zelf
    }

    /// The next message; the iteration ends when the connection closes without an error.
    #[pymethod]
    fn __anext__(zelf: &Py<Self>) -> Coroutine {
        let connection = zelf.connection.clone();
        Coroutine::new("Connection.__anext__", async move {
            let received = connection.recv().await;
            with_vm(|vm| match received {
                Ok(message) => message_object(message, None, vm),
                Err(ConnectionError::Closed(closed)) if closed.is_ok() => {
                    let class = vm.ctx.exceptions.stop_async_iteration.to_owned();
                    Err(vm.new_exception_empty(class))
                }
                Err(error) => Err(of_connection(&error, vm)),
            })
        })
    }

    #[pymethod]
    fn __aenter__(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("Connection.__aenter__", async move { Ok(zelf.into()) })
    }

    /// Closes the connection, with 1011 when an exception ended the block.
    #[pymethod]
    fn __aexit__(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> Coroutine {
        let failed = args.args.first().is_some_and(|class| !vm.is_none(class));
        let connection = zelf.connection.clone();
        let code = if failed {
            ws::close::code::INTERNAL_ERROR
        } else {
            ws::close::code::NORMAL_CLOSURE
        };
        Coroutine::new("Connection.__aexit__", async move {
            none_or_error(connection.close(code, "").await)
        })
    }

    /// The opening handshake's request: path and headers.
    #[pygetset]
    fn request(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        cached(&zelf.request_object, || request_object(&zelf.request, vm))
    }

    /// The opening handshake's response: status_code, reason_phrase and headers.
    #[pygetset]
    fn response(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        cached(&zelf.response_object, || {
            response_object(&zelf.response, vm)
        })
    }

    /// The path of the request, with its query; what a handler's second parameter gets.
    #[pygetset]
    fn _path(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        new_str(&zelf.request.path, vm)
    }

    /// The subprotocol that both ends agreed on, or None.
    #[pygetset]
    fn subprotocol(zelf: &Py<Self>) -> Option<String> {
        zelf.subprotocol.clone()
    }

    /// The state, a websockets.protocol.State.
    #[pygetset]
    fn state(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        state_object(zelf.connection.state(), vm)
    }

    /// The close code; None while the connection is open.
    #[pygetset]
    fn close_code(zelf: &Py<Self>) -> Option<u16> {
        zelf.connection.close_code()
    }

    /// The close reason; None while the connection is open.
    #[pygetset]
    fn close_reason(zelf: &Py<Self>) -> Option<String> {
        zelf.connection.close_reason()
    }

    /// Seconds that the last answered ping took.
    #[pygetset]
    fn latency(zelf: &Py<Self>) -> f64 {
        zelf.connection.latency().as_secs_f64()
    }

    /// Host and port of this end.
    #[pygetset]
    fn local_address(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        address_object(zelf.connection.local_addr(), vm)
    }

    /// Host and port of the other end.
    #[pygetset]
    fn remote_address(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        address_object(zelf.connection.peer_addr(), vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

pub(super) fn cached(
    slot: &PyMutex<Option<PyObjectRef>>,
    make: impl FnOnce() -> PyResult,
) -> PyResult {
    if let Some(object) = &*slot.lock() {
        return Ok(object.clone());
    }
    let object = make()?;
    *slot.lock() = Some(object.clone());
    Ok(object)
}

/// A `websockets.protocol.State`.
pub(super) fn state_object(state: State, vm: &VirtualMachine) -> PyResult {
    let number = match state {
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

impl Representable for Connection {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        let class = zelf.class();
        let state = zelf.connection.state();
        Ok(format!("<{} {state}>", class.name()))
    }
}

#[pyclass(flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl ClientConnection {}

#[pyclass(flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl ServerConnection {}
