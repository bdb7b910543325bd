//! `Connection` of threads, the base class of their `ClientConnection` and `ServerConnection`.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use bytes::Bytes;
use runtime_bridge::block_on;
use rustpython_vm::{
    AsObject, FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyIntRef, PyStrRef, PyType},
    class::PySubclass,
    function::{FuncArgs, OptionalArg},
    object::{Traverse, TraverseFn},
    pyclass,
    types::Iterable,
    warn::warn,
};

use super::fragments::FragmentIterator;
use super::messages::Messages;
use super::pong::Pong;
use super::waiting::Limit;
use crate::engine::ws;
use crate::modules::class::make_mutable;
use crate::modules::convert::{given, utf8};
use crate::modules::websockets::base_connection::BaseConnection;
use crate::modules::websockets::connection::{close_code, payload};
use crate::modules::websockets::exceptions::{Failures, concurrency_error, os_error};
use crate::modules::websockets::log;
use crate::modules::websockets::receiving::{Stream, receive};
use crate::modules::websockets::sending::Outgoing;

/// A WebSocket connection: base class of ClientConnection and ServerConnection.
///
/// Any thread may use it; one at a time may receive.
#[pyclass(
    module = "websockets.sync.connection",
    name = "Connection",
    base = BaseConnection,
    traverse = "manual"
)]
#[repr(C)]
pub(in crate::modules::websockets) struct Connection {
    base: BaseConnection,
    /// Whether a use outside of a `with` statement deserves a warning.
    unmanaged: AtomicBool,
}

// SAFETY: that of its one field with objects.
unsafe impl Traverse for Connection {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.base.traverse(visit);
    }
}

// The macro implements it for transparent types alone; the base is the first field here.
impl PySubclass for Connection {
    type Base = BaseConnection;

    fn as_base(&self) -> &BaseConnection {
        &self.base
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

#[derive(FromArgs)]
struct RecvArgs {
    #[pyarg(any, optional)]
    timeout: OptionalArg<PyObjectRef>,
    #[pyarg(any, default)]
    decode: Option<bool>,
}

#[derive(FromArgs)]
struct StreamArgs {
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
struct PingArgs {
    #[pyarg(any, optional)]
    data: OptionalArg<PyObjectRef>,
    #[pyarg(named, default)]
    ack_on_close: bool,
}

#[derive(FromArgs)]
struct CloseArgs {
    #[pyarg(any, optional)]
    code: OptionalArg<PyIntRef>,
    #[pyarg(any, optional)]
    reason: OptionalArg<PyStrRef>,
}

#[derive(FromArgs)]
struct WaitArgs {
    #[pyarg(any, optional)]
    timeout: OptionalArg<PyObjectRef>,
}

const UNMANAGED: &str = "connect() is meant for a with statement: `with connect(...) as \
                         websocket:`; pass legacy=True to use the connection without one";

impl Connection {
    /// A connection whose opening handshake is still to come.
    pub(super) fn unopened(logger: log::Source) -> Self {
        Self {
            base: BaseConnection::unopened(logger),
            unmanaged: AtomicBool::new(false),
        }
    }

    /// What it has in common with the connections of asyncio.
    pub(super) fn base(&self) -> &BaseConnection {
        &self.base
    }

    /// Whether to warn of a use outside of a `with` statement.
    pub(super) fn set_unmanaged(&self, unmanaged: bool) {
        self.unmanaged.store(unmanaged, Relaxed);
    }

    /// The connection, for a method that is about to use it.
    fn usable(&self, vm: &VirtualMachine) -> PyResult<ws::Connection> {
        self.expect_managed(vm)?;
        self.base.handle(vm)
    }

    /// Warns once, at the script's line, when the connection is used outside of a `with` statement.
    fn expect_managed(&self, vm: &VirtualMachine) -> PyResult<()> {
        if !self.unmanaged.load(Relaxed) || !self.unmanaged.swap(false, Relaxed) {
            return Ok(());
        }
        let category = vm.ctx.exceptions.deprecation_warning.to_owned();
        let message = vm.ctx.new_str(UNMANAGED).into();
        warn(message, Some(category), 1, None, vm)
    }
}

#[pyclass(
    with(Iterable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl Connection {
    /// Receives the next message, str or bytes.
    ///
    /// Waits at most `timeout` seconds, and raises TimeoutError then; with zero it returns only a
    /// message that is here already. decode=True gives str, decode=False bytes, whatever was sent.
    /// Raises ConnectionClosed when the connection is closed, and ConcurrencyError when another
    /// thread receives.
    #[pymethod]
    fn recv(zelf: &Py<Self>, args: RecvArgs, vm: &VirtualMachine) -> PyResult {
        let connection = zelf.usable(vm)?;
        let limit = Limit::parse(args.timeout, vm)?;
        let receiving = limit.wait(receive(&connection, args.decode));
        match block_on(vm, async { Ok(receiving.await) })? {
            Ok(received) => received.map_err(|error| Failures::OfThread.raise(&error)),
            Err(elapsed) => Err(elapsed.raised(vm)),
        }
    }

    /// Receives the next message in fragments, as they arrive: an iterator of str or bytes.
    ///
    /// It has to be used up before anything else can be received. decode is that of recv.
    #[pymethod]
    fn recv_streaming(
        zelf: &Py<Self>,
        args: StreamArgs,
        vm: &VirtualMachine,
    ) -> PyResult<FragmentIterator> {
        let stream = Stream::new(zelf.usable(vm)?, args.decode);
        Ok(FragmentIterator::new(stream))
    }

    /// Sends a message, text for a str and binary for something bytes-like.
    ///
    /// text=True sends bytes as text, text=False a str as binary. Of an iterable each item is sent
    /// as a fragment. Raises ConnectionClosed when the connection is closed, and ConcurrencyError
    /// while another thread sends fragments.
    #[pymethod]
    fn send(zelf: &Py<Self>, args: SendArgs, vm: &VirtualMachine) -> PyResult<()> {
        let connection = zelf.usable(vm)?;
        let outgoing = Outgoing::parse(&args.message, args.text, Failures::OfThread, vm)?;
        if connection.is_sending_fragments() {
            let text = "cannot call send while another thread is already running send";
            return Err(concurrency_error(text, vm));
        }
        block_on(
            vm,
            outgoing.send(&connection, args.text, Failures::OfThread),
        )
    }

    /// Sends a ping and returns a threading.Event, which is set once the pong is here, and with
    /// ack_on_close=True also when the connection is closed.
    #[pymethod]
    fn ping(zelf: &Py<Self>, args: PingArgs, vm: &VirtualMachine) -> PyResult {
        let connection = zelf.usable(vm)?;
        let data = given(args.data, vm)
            .map(|data| payload(&data, vm).map(Bytes::from))
            .transpose()?;
        let pong = block_on(vm, async { Ok(connection.ping(data).await) })?
            .map_err(|error| Failures::OfThread.raise(&error))?;
        let pong = Pong::watch(pong, args.ack_on_close)
            .map_err(|error| os_error(&error, &error.to_string(), vm))?;
        let module = vm.import("websockets.sync.connection", 0)?;
        let module = module.get_attr("sync", vm)?.get_attr("connection", vm)?;
        module
            .get_attr("PongReceived", vm)?
            .call((pong.into_ref(&vm.ctx),), vm)
    }

    /// Sends a pong that nobody asked for.
    #[pymethod]
    fn pong(zelf: &Py<Self>, data: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
        let connection = zelf.usable(vm)?;
        let data = match data {
            OptionalArg::Present(data) => payload(&data, vm)?,
            OptionalArg::Missing => Vec::new(),
        };
        block_on(vm, async { Ok(connection.pong(&data).await) })?
            .map_err(|error| Failures::OfThread.raise(&error))
    }

    /// Performs the closing handshake. Closing twice is no error.
    ///
    /// Raises ProtocolError for a code that may not be sent or a reason over 123 bytes.
    #[pymethod]
    fn close(zelf: &Py<Self>, args: CloseArgs, vm: &VirtualMachine) -> PyResult<()> {
        let connection = zelf.usable(vm)?;
        let code = close_code(args.code);
        let reason = match &args.reason {
            OptionalArg::Present(reason) => utf8(reason, vm)?,
            OptionalArg::Missing => "",
        };
        block_on(vm, async { Ok(connection.close(code, reason).await) })?
            .map_err(|error| Failures::OfThread.raise(&error))
    }

    /// Waits until the connection is closed, at most `timeout` seconds, and tells whether it is.
    #[pymethod]
    fn wait_closed(zelf: &Py<Self>, args: WaitArgs, vm: &VirtualMachine) -> PyResult<bool> {
        let connection = zelf.base.handle(vm)?;
        let limit = Limit::parse(args.timeout, vm)?;
        block_on(vm, async {
            Ok(limit.wait(connection.wait_closed()).await.is_ok())
        })
    }

    #[pymethod]
    fn __enter__(zelf: PyRef<Self>) -> PyRef<Self> {
        zelf.set_unmanaged(false);
        zelf
    }

    /// Closes the connection, with 1011 when an exception ended the block.
    #[pymethod]
    fn __exit__(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let failed = args.args.first().is_some_and(|class| !vm.is_none(class));
        if failed {
            let code = ws::close::code::INTERNAL_ERROR;
            vm.call_method(zelf.as_object(), "close", (code,))?;
        } else {
            vm.call_method(zelf.as_object(), "close", ())?;
        }
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

impl Iterable for Connection {
    fn iter(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        Ok(Messages::of(zelf.into()).into_ref(&vm.ctx).into())
    }
}
