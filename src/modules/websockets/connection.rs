//! `Connection` of asyncio, the base class of its `ClientConnection` and `ServerConnection`.

use std::fmt;

use bytes::Bytes;
use runtime_bridge::{Coroutine, with_vm};
use rustpython_vm::{
    FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyIntRef, PyStrRef, PyType},
    function::{FuncArgs, OptionalArg},
    object::{Traverse, TraverseFn},
    pyclass,
};

use super::base_connection::BaseConnection;
use super::convert::{message_object, parse_message};
use super::exceptions::{of_connection, of_end};
use super::log;
use crate::engine::ws::{self, ConnectionError};
use crate::modules::class::make_mutable;
use crate::modules::convert::{given, str_or_bytes, utf8};

/// A WebSocket connection: base class of ClientConnection and ServerConnection.
#[pyclass(
    module = "websockets.asyncio.connection",
    name = "Connection",
    base = BaseConnection,
    traverse = "manual"
)]
#[repr(transparent)]
pub(super) struct Connection(BaseConnection);

// SAFETY: that of its one field.
unsafe impl Traverse for Connection {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.0.traverse(visit);
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
    /// A connection whose opening handshake is still to come.
    pub(super) fn unopened(logger: log::Source) -> Self {
        Self(BaseConnection::unopened(logger))
    }

    /// What it has in common with the connections of threads.
    pub(super) fn base(&self) -> &BaseConnection {
        &self.0
    }

    fn handle(&self, vm: &VirtualMachine) -> PyResult<ws::Connection> {
        self.0.handle(vm)
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

#[pyclass(flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl Connection {
    /// Receives the next message, str or bytes; await it.
    ///
    /// decode=True gives str, decode=False bytes, whatever was sent. Raises ConnectionClosed when
    /// the connection is closed, and ConcurrencyError when another task receives.
    #[pymethod]
    fn recv(zelf: &Py<Self>, args: RecvArgs, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.handle(vm);
        Coroutine::new("Connection.recv", async move {
            let received = connection?.recv().await;
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
        let connection = zelf.handle(vm);
        let message = parse_message(&message, vm);
        Coroutine::new("Connection.send", async move {
            none_or_error(connection?.send(message?).await)
        })
    }

    /// Sends a ping; await it for another awaitable, which gives the latency in seconds once the
    /// pong is here.
    #[pymethod]
    fn ping(zelf: &Py<Self>, data: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.handle(vm);
        let payload = given(data, vm)
            .map(|data| str_or_bytes(&data, "a ping", vm).map(Bytes::from))
            .transpose();
        Coroutine::new("Connection.ping", async move {
            let pong = connection?.ping(payload?).await;
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
        let connection = zelf.handle(vm);
        let payload = match given(data, vm) {
            Some(data) => str_or_bytes(&data, "a pong", vm),
            None => Ok(Vec::new()),
        };
        Coroutine::new("Connection.pong", async move {
            none_or_error(connection?.pong(&payload?).await)
        })
    }

    /// Performs the closing handshake; await it. Closing twice is no error.
    ///
    /// Raises ProtocolError for a code that may not be sent or a reason over 123 bytes.
    #[pymethod]
    fn close(zelf: &Py<Self>, args: CloseArgs, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.handle(vm);
        let code = close_code(args.code);
        let reason = match args.reason {
            OptionalArg::Present(reason) => utf8(&reason, vm).map(str::to_owned),
            OptionalArg::Missing => Ok(String::new()),
        };
        Coroutine::new("Connection.close", async move {
            none_or_error(connection?.close(code, &reason?).await)
        })
    }

    /// Waits until the connection is closed.
    #[pymethod]
    fn wait_closed(zelf: &Py<Self>, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.handle(vm);
        Coroutine::new("Connection.wait_closed", async move {
            connection?.wait_closed().await;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    #[pymethod]
    fn __aiter__(zelf: PyRef<Self>) -> PyRef<Self> {
        zelf
    }

    /// The next message; the iteration ends when the connection closes without an error.
    #[pymethod]
    fn __anext__(zelf: &Py<Self>, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.handle(vm);
        Coroutine::new("Connection.__anext__", async move {
            let received = connection?.recv().await;
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
        let connection = zelf.handle(vm);
        let code = if failed {
            ws::close::code::INTERNAL_ERROR
        } else {
            ws::close::code::NORMAL_CLOSURE
        };
        Coroutine::new("Connection.__aexit__", async move {
            none_or_error(connection?.close(code, "").await)
        })
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}
