//! `Protocol`: the base class of `websockets.protocol.Protocol`, over the engine's.

mod attributes;
mod receive;
mod send;

use std::fmt;
use std::io::IoSlice;
use std::sync::Arc;

use rustpython_vm::{
    AsObject, FromArgs, Py, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyListRef, PyType},
    common::lock::PyMutex,
    function::FuncArgs,
    pyclass,
    types::{Constructor, Initializer, Representable},
};

use self::attributes::Attributes;
use self::send::{CloseArgs, ContinuationArgs, DataArgs, FailArgs, PayloadArgs};
use super::names::{Names, state_of};
use crate::engine::ws::Kind;
use crate::engine::ws::{self, Limits, Side, State};
use crate::modules::class::make_mutable;
use crate::modules::convert::{new_bytes, new_str};

/// One end of a connection without I/O: bytes in, frames out, bytes to write.
#[pyclass(module = "_websockets", name = "Protocol")]
#[derive(PyPayload)]
pub(in super::super) struct Protocol {
    /// Never held while Python code runs.
    inner: PyMutex<Inner>,
}

struct Inner {
    engine: ws::Protocol,
    names: Option<Arc<Names>>,
    events: Vec<PyObjectRef>,
    writes: Vec<PyObjectRef>,
    logger: Option<PyObjectRef>,
    debug: bool,
    extensions: Option<PyObjectRef>,
    /// Whether there are extensions that the engine does not have.
    foreign: bool,
    /// What reads the opening handshake, while it does.
    handshake: Option<PyObjectRef>,
    parser_exc: Option<PyBaseExceptionRef>,
    /// The state as of the last look at it.
    known_state: State,
    eof_sent: bool,
    eof_received: bool,
}

impl fmt::Debug for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Protocol")
    }
}

impl Inner {
    fn new(side: Side, limits: Limits) -> Self {
        Self {
            engine: ws::Protocol::new(side, limits),
            names: None,
            events: Vec::new(),
            writes: Vec::new(),
            logger: None,
            debug: false,
            extensions: None,
            foreign: false,
            handshake: None,
            parser_exc: None,
            known_state: State::Connecting,
            eof_sent: false,
            eof_received: false,
        }
    }

    /// Moves what the engine has to write to the writes.
    fn collect_output(&mut self, vm: &VirtualMachine) {
        let mut bytes = Vec::with_capacity(self.engine.output().len());
        while !self.engine.output().is_empty() {
            let mut slices = [IoSlice::new(&[]); 8];
            let used = self.engine.output().chunks(&mut slices);
            let before = bytes.len();
            for slice in &slices[..used] {
                bytes.extend_from_slice(slice);
            }
            self.engine.written(bytes.len() - before);
        }
        if !bytes.is_empty() {
            self.writes.push(new_bytes(bytes, vm).into());
        }
    }
}

/// What an operation changed.
struct Change {
    state: Option<State>,
    is_closed_server: bool,
    sends_eof: bool,
    debug: bool,
}

impl Protocol {
    /// The names, which an instance has that was initialized.
    fn names(&self, vm: &VirtualMachine) -> PyResult<Arc<Names>> {
        let names = self.inner.lock().names.clone();
        names.ok_or_else(|| vm.new_runtime_error("Protocol.__init__() was not called"))
    }

    /// Collects what there is to write, and tells the log what has changed.
    fn settle(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let change = {
            let mut inner = zelf.inner.lock();
            inner.collect_output(vm);
            let sends_eof = inner.engine.wants_eof() && !inner.eof_sent;
            if sends_eof {
                inner.eof_sent = true;
                inner.writes.push(new_bytes([], vm).into());
            }
            let state = inner.engine.state();
            let has_changed = state != inner.known_state;
            inner.known_state = state;
            let is_server = inner.engine.side() == Side::Server;
            Change {
                state: has_changed.then_some(state),
                is_closed_server: has_changed && is_server && state == State::Closed,
                sends_eof,
                debug: inner.debug,
            }
        };
        zelf.tell(&change, vm)
    }

    fn tell(&self, change: &Change, vm: &VirtualMachine) -> PyResult<()> {
        if change.debug {
            if change.sends_eof {
                self.log("debug", "> EOF", None, vm)?;
            }
            if let Some(state) = change.state {
                let name = new_str(&state.to_string().to_uppercase(), vm);
                self.log("debug", "= connection is %s", Some(name.into()), vm)?;
            }
        }
        if change.is_closed_server {
            self.log("info", "connection closed", None, vm)?;
        }
        Ok(())
    }

    fn log(
        &self,
        level: &'static str,
        text: &'static str,
        argument: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let Some(logger) = self.inner.lock().logger.clone() else {
            return Ok(());
        };
        let mut args = vec![new_str(text, vm).into()];
        args.extend(argument);
        vm.call_method(&logger, level, args)?;
        Ok(())
    }

    fn is_debugging(&self) -> bool {
        self.inner.lock().debug
    }
}

#[derive(FromArgs)]
pub(in super::super) struct ProtocolArgs {
    #[pyarg(positional)]
    side: u8,
    #[pyarg(positional)]
    state: u8,
    #[pyarg(positional)]
    max_message_size: Option<usize>,
    #[pyarg(positional)]
    max_fragment_size: Option<usize>,
    #[pyarg(positional)]
    logger: PyObjectRef,
}

impl Constructor for Protocol {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        let inner = Inner::new(Side::Client, Limits::default());
        Ok(Self {
            inner: PyMutex::new(inner),
        })
    }
}

impl Initializer for Protocol {
    type Args = ProtocolArgs;

    fn init(zelf: &Py<Self>, args: ProtocolArgs, vm: &VirtualMachine) -> PyResult<()> {
        let side = if args.side == 0 {
            Side::Server
        } else {
            Side::Client
        };
        let limits = Limits {
            message: args.max_message_size,
            fragment: args.max_fragment_size,
        };
        let mut inner = Inner::new(side, limits);
        inner.known_state = state_of(args.state, vm)?;
        inner.engine.assume(inner.known_state);
        // Whoever takes the frames decodes them, and may want to do so leniently.
        inner.engine.skip_text_check();
        inner.names = Some(Arc::new(Names::look_up(vm)?));
        // logging.DEBUG
        let debug = vm.call_method(&args.logger, "isEnabledFor", (10,))?;
        inner.debug = debug.try_to_bool(vm)?;
        inner.logger = Some(args.logger);
        inner.extensions = Some(vm.ctx.new_list(Vec::new()).into());
        let change = Change {
            state: Some(inner.known_state),
            is_closed_server: false,
            sends_eof: false,
            debug: inner.debug,
        };
        let before = std::mem::replace(&mut *zelf.inner.lock(), inner);
        drop(before);
        zelf.tell(&change, vm)
    }
}

#[pyclass(
    with(Constructor, Initializer, Representable, Attributes),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Protocol {
    /// Takes bytes that were read. Then write data_to_send(), and take events_received().
    ///
    /// Raises EOFError after receive_eof().
    #[pymethod]
    fn receive_data(zelf: &Py<Self>, data: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        Self::take_data(zelf, data, vm)
    }

    /// Notes that the stream has ended; once more is no error. Then write data_to_send().
    #[pymethod]
    fn receive_eof(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        Self::take_eof(zelf, vm)
    }

    /// The handshake message and the frames that came, in their order; each once.
    #[pymethod]
    fn events_received(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        let events = std::mem::take(&mut zelf.inner.lock().events);
        vm.ctx.new_list(events)
    }

    /// What is to be written: bytes, and b"" where this direction of the stream ends; each once.
    #[pymethod]
    fn data_to_send(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        let writes = std::mem::take(&mut zelf.inner.lock().writes);
        vm.ctx.new_list(writes)
    }

    /// Whether the TCP connection should be closed soon, if need be by this end after a timeout.
    #[pymethod]
    fn close_expected(zelf: &Py<Self>) -> bool {
        let inner = zelf.inner.lock();
        match inner.engine.state() {
            State::Connecting => inner.eof_sent,
            State::Closing => true,
            State::Open | State::Closed => false,
        }
    }

    /// Queues a frame that goes on with a message; `fin` says that it is the last one.
    ///
    /// Raises ProtocolError when no message was begun, and InvalidState.
    #[pymethod]
    fn send_continuation(
        zelf: &Py<Self>,
        args: ContinuationArgs,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        Self::send_data(zelf, Kind::Continuation, args.data, args.fin, vm)
    }

    /// Queues a frame of text in UTF-8; `fin=False` leaves its message to be continued.
    ///
    /// Raises ProtocolError while another message is not ended, and InvalidState.
    #[pymethod]
    fn send_text(zelf: &Py<Self>, args: DataArgs, vm: &VirtualMachine) -> PyResult<()> {
        Self::send_data(zelf, Kind::Text, args.data, args.fin, vm)
    }

    /// Queues a frame of bytes; `fin=False` leaves its message to be continued.
    ///
    /// Raises ProtocolError while another message is not ended, and InvalidState.
    #[pymethod]
    fn send_binary(zelf: &Py<Self>, args: DataArgs, vm: &VirtualMachine) -> PyResult<()> {
        Self::send_data(zelf, Kind::Binary, args.data, args.fin, vm)
    }

    /// Queues a close frame: the closing handshake begins.
    ///
    /// Raises ProtocolError for a code that may not be sent, and InvalidState.
    #[pymethod]
    fn send_close(zelf: &Py<Self>, args: CloseArgs, vm: &VirtualMachine) -> PyResult<()> {
        Self::begin_close(zelf, args, vm)
    }

    /// Queues a ping. Raises InvalidState.
    #[pymethod]
    fn send_ping(zelf: &Py<Self>, args: PayloadArgs, vm: &VirtualMachine) -> PyResult<()> {
        Self::send_control(zelf, &args, true, vm)
    }

    /// Queues a pong. Raises InvalidState.
    #[pymethod]
    fn send_pong(zelf: &Py<Self>, args: PayloadArgs, vm: &VirtualMachine) -> PyResult<()> {
        Self::send_control(zelf, &args, false, vm)
    }

    /// Fails the connection (RFC 6455 section 7.1.7): queues a close frame unless one was sent or
    /// the code is 1006, and ignores what still comes.
    ///
    /// Raises ProtocolError for a code that may not be sent.
    #[pymethod]
    fn fail(zelf: &Py<Self>, args: FailArgs, vm: &VirtualMachine) -> PyResult<()> {
        Self::give_up(zelf, args, vm)
    }

    /// Queues bytes of the opening handshake.
    #[pymethod]
    fn _queue(zelf: &Py<Self>, data: PyObjectRef) {
        zelf.inner.lock().writes.push(data);
    }

    /// Adds the opening handshake's message to the events.
    #[pymethod]
    fn _report(zelf: &Py<Self>, event: PyObjectRef) {
        zelf.inner.lock().events.push(event);
    }

    /// Ends this direction of the stream, and ignores what still comes: the handshake failed.
    #[pymethod]
    fn _end(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        zelf.inner.lock().engine.end();
        Self::settle(zelf, vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

impl Representable for Protocol {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        let state = zelf.inner.lock().engine.state();
        Ok(format!("<{} {state}>", zelf.class().name()))
    }
}
