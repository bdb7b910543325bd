//! `Connection` of asyncio, the base class of its `ClientConnection` and `ServerConnection`.

use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;
use runtime_bridge::{Coroutine, await_in_line, with_vm};
use rustpython_vm::{
    AsObject, FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyIntRef, PyStr, PyStrRef, PyType},
    function::{FuncArgs, OptionalArg},
    object::{Traverse, TraverseFn},
    pyclass,
};

use super::base_connection::BaseConnection;
use super::exceptions::{Failures, is_instance, of_connection, of_end};
use super::log;
use super::receiving::{FragmentIterator, Stream, receive};
use super::sending::Outgoing;
use crate::engine::ws::{self, ConnectionError};
use crate::modules::class::make_mutable;
use crate::modules::convert::{bytes_like, given, utf8};
use crate::modules::overrides::Originals;

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
struct SendArgs {
    #[pyarg(any)]
    message: PyObjectRef,
    #[pyarg(named, default)]
    text: Option<bool>,
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

    /// `recv()`.
    pub(super) fn recv_any(args: &[PyObjectRef], vm: &VirtualMachine) -> Option<PyResult> {
        let [zelf] = args else {
            return None;
        };
        let received = Self::recv(zelf.downcast_ref()?, RecvArgs { decode: None }, vm);
        Some(Ok(received.into_ref(&vm.ctx).into()))
    }

    /// `send(message)`.
    pub(super) fn send_any(args: &[PyObjectRef], vm: &VirtualMachine) -> Option<PyResult> {
        let [zelf, message] = args else {
            return None;
        };
        let message = message.clone();
        let sent = Self::send(
            zelf.downcast_ref()?,
            SendArgs {
                message,
                text: None,
            },
            vm,
        );
        Some(Ok(sent.into_ref(&vm.ctx).into()))
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

/// The data of a ping or pong.
pub(super) fn payload(data: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    if let Some(text) = data.downcast_ref::<PyStr>() {
        return Ok(utf8(text, vm)?.as_bytes().to_vec());
    }
    let wrong = || vm.new_type_error("data must be str or bytes-like");
    bytes_like(data, vm).ok_or_else(wrong)
}

/// An asyncio future of the latency. It may be cancelled, awaited twice, or left alone.
fn pong_future(pong: ws::PendingPong, vm: &VirtualMachine) -> PyResult {
    let waiting = Coroutine::new("Connection.ping", async move {
        let latency = pong.latency().await;
        with_vm(|vm| match latency {
            Ok(latency) => Ok(vm.ctx.new_float(latency.as_secs_f64()).into()),
            Err(closed) => Err(of_end(&closed, vm)),
        })
    });
    let running_loop = vm
        .import("asyncio", 0)?
        .get_attr("get_running_loop", vm)?
        .call((), vm)?;
    let waiting = waiting.into_ref(&vm.ctx);
    let future = vm.call_method(&running_loop, "create_task", (waiting,))?;
    // Who is not interested in a pong need not hear that it will never come.
    let look_at = vm.new_function("look_at", |future: PyObjectRef, vm: &VirtualMachine| {
        if !vm.call_method(&future, "cancelled", ())?.try_to_bool(vm)? {
            vm.call_method(&future, "exception", ())?;
        }
        Ok::<(), PyBaseExceptionRef>(())
    });
    vm.call_method(&future, "add_done_callback", (look_at,))?;
    Ok(future)
}

/// The call of a subclass's own `recv`, or of one that a script has put in its place.
fn own_recv(connection: &Py<Connection>, vm: &VirtualMachine) -> Option<PyResult> {
    let connection = connection.as_object();
    match ORIGINALS.get() {
        Some(originals) if !originals.are_those_of(connection, vm) => {
            Some(vm.call_method(connection, "recv", ()))
        }
        _ => None,
    }
}

/// The methods that are called natively where a script has not put others in their place.
static ORIGINALS: OnceLock<Originals> = OnceLock::new();

/// Notes what the methods are before a script can change them.
pub(super) fn note_originals(vm: &VirtualMachine) {
    ORIGINALS.get_or_init(|| Originals::of(Connection::class(&vm.ctx), &["recv"], &vm.ctx));
}

fn is_closed_ok(error: &PyBaseExceptionRef) -> bool {
    with_vm(|vm| is_instance(error, "ConnectionClosedOK", vm))
}

fn end_of_iteration() -> PyBaseExceptionRef {
    with_vm(|vm| {
        let class = vm.ctx.exceptions.stop_async_iteration.to_owned();
        vm.new_exception_empty(class)
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
            let received = receive(&connection?, args.decode).await;
            received.map_err(|error| Failures::OfCoroutine.raise(&error))
        })
    }

    /// Receives the next message in fragments, as they arrive: an asynchronous iterator of str or
    /// bytes.
    ///
    /// It has to be used up before anything else can be received. decode is that of recv.
    #[pymethod]
    fn recv_streaming(
        zelf: &Py<Self>,
        args: RecvArgs,
        vm: &VirtualMachine,
    ) -> PyResult<FragmentIterator> {
        let stream = Stream::new(zelf.handle(vm)?, args.decode);
        Ok(FragmentIterator::new(stream))
    }

    /// Sends a message, text for a str and binary for something bytes-like; await it.
    ///
    /// text=True sends bytes as text, text=False a str as binary. Of an iterable or asynchronous
    /// iterable each item is sent as a fragment. Raises ConnectionClosed when the connection is
    /// closed.
    #[pymethod]
    fn send(zelf: &Py<Self>, args: SendArgs, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.handle(vm);
        let outgoing = Outgoing::parse(&args.message, args.text, Failures::OfCoroutine, vm);
        Coroutine::new("Connection.send", async move {
            let connection = connection?;
            let sent = outgoing?.send(&connection, args.text, Failures::OfCoroutine);
            sent.await?;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    /// Sends a ping; await it for a future, which gives the latency in seconds once the pong is
    /// here.
    ///
    /// Raises ConcurrencyError when a ping with the same data has not been answered yet.
    #[pymethod]
    fn ping(zelf: &Py<Self>, data: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.handle(vm);
        let payload = given(data, vm)
            .map(|data| payload(&data, vm).map(Bytes::from))
            .transpose();
        Coroutine::new("Connection.ping", async move {
            let pong = connection?.ping(payload?).await;
            let pong = pong.map_err(|error| Failures::OfCoroutine.raise(&error))?;
            with_vm(|vm| pong_future(pong, vm))
        })
    }

    /// Sends a pong that nobody asked for; await it.
    #[pymethod]
    fn pong(zelf: &Py<Self>, data: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> Coroutine {
        let connection = zelf.handle(vm);
        let payload = match data {
            OptionalArg::Present(data) => payload(&data, vm),
            OptionalArg::Missing => Ok(Vec::new()),
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
        let own_recv = own_recv(zelf, vm);
        Coroutine::new("Connection.__anext__", async move {
            if let Some(receiving) = own_recv {
                return match await_in_line(receiving?).await {
                    Err(error) if is_closed_ok(&error) => Err(end_of_iteration()),
                    received => received,
                };
            }
            match receive(&connection?, None).await {
                Err(ConnectionError::Closed(closed)) if closed.is_ok() => Err(end_of_iteration()),
                received => received.map_err(|error| Failures::OfCoroutine.raise(&error)),
            }
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
