//! What `recv` and `recv_streaming` give.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use runtime_bridge::{Coroutine, with_vm};
use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, builtins::PyType, pyclass,
};

use super::convert::message_object;
use super::exceptions::Failures;
use crate::engine::ws::{self, ConnectionError, Fragment, Fragments, Kind, TextDecoder};
use crate::modules::class::make_mutable;
use crate::modules::convert::{new_bytes, new_str};

/// The next message; `decode` asks for str (true) or bytes (false), whatever was sent.
pub(super) async fn receive(
    connection: &ws::Connection,
    decode: Option<bool>,
) -> Result<PyObjectRef, ConnectionError> {
    let message = connection.recv().await?;
    if decode != Some(true) {
        return Ok(with_vm(|vm| message_object(message, decode, vm)));
    }
    match message.into_text() {
        Ok(text) => Ok(with_vm(|vm| vm.ctx.new_str(ws::into_string(text)).into())),
        Err(violation) => connection.fail(violation).await,
    }
}

/// One message in fragments, decoded as they arrive.
pub(super) struct Stream {
    connection: ws::Connection,
    fragments: Fragments,
    decode: Option<bool>,
    /// Set in the middle of a text.
    decoder: Option<TextDecoder>,
}

impl Stream {
    pub(super) fn new(connection: ws::Connection, decode: Option<bool>) -> Self {
        Self {
            fragments: connection.recv_streaming(),
            connection,
            decode,
            decoder: None,
        }
    }

    /// The next fragment; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<PyObjectRef>, ConnectionError> {
        let Some(fragment) = self.fragments.next().await? else {
            return Ok(None);
        };
        if self.decodes(&fragment) {
            self.decoder.get_or_insert_default();
        }
        let Some(decoder) = &mut self.decoder else {
            let payload = fragment.into_payload();
            return Ok(Some(with_vm(|vm| new_bytes(payload, vm).into())));
        };
        match decoder.decode(fragment.payload(), fragment.is_final()) {
            Ok(text) => Ok(Some(with_vm(|vm| new_str(&text, vm).into()))),
            Err(violation) => self.connection.fail(violation).await,
        }
    }

    /// Whether this begins a message that is to be decoded.
    fn decodes(&self, fragment: &Fragment) -> bool {
        match fragment.kind() {
            Kind::Continuation => false,
            kind => self.decode.unwrap_or(kind == Kind::Text),
        }
    }
}

/// The fragments of one message as an asynchronous iterator; recv_streaming makes it.
#[pyclass(module = "websockets.asyncio.connection", name = "FragmentIterator")]
#[derive(PyPayload)]
pub(super) struct FragmentIterator {
    state: Arc<Mutex<State>>,
}

enum State {
    Idle(Box<Stream>),
    Running,
    Ended,
}

impl fmt::Debug for FragmentIterator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FragmentIterator")
    }
}

/// A stream in use, which goes back when the call ends or is dropped.
struct Lent {
    stream: Option<Box<Stream>>,
    state: Arc<Mutex<State>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        let next = self.stream.take().map_or(State::Ended, State::Idle);
        let before = std::mem::replace(&mut *self.state.lock(), next);
        drop(before);
    }
}

impl FragmentIterator {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            state: Arc::new(Mutex::new(State::Idle(Box::new(stream)))),
        }
    }

    fn lend(&self, vm: &VirtualMachine) -> PyResult<Option<Lent>> {
        let mut state = self.state.lock();
        match std::mem::replace(&mut *state, State::Running) {
            State::Idle(stream) => Ok(Some(Lent {
                stream: Some(stream),
                state: self.state.clone(),
            })),
            State::Running => Err(vm.new_runtime_error("anext(): the iterator is already running")),
            State::Ended => {
                *state = State::Ended;
                Ok(None)
            }
        }
    }
}

#[pyclass(flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl FragmentIterator {
    #[pymethod]
    fn __aiter__(zelf: PyRef<Self>) -> PyRef<Self> {
        zelf
    }

    /// The next fragment; await it.
    #[pymethod]
    fn __anext__(zelf: &Py<Self>, vm: &VirtualMachine) -> Coroutine {
        let lent = zelf.lend(vm);
        Coroutine::new("recv_streaming", async move {
            let mut lent = lent?;
            let next = match lent.as_mut().and_then(|lent| lent.stream.as_mut()) {
                Some(stream) => stream.next().await,
                None => Ok(None),
            };
            if let (Some(lent), Err(_) | Ok(None)) = (&mut lent, &next) {
                lent.stream = None;
            }
            next.map_err(|error| Failures::OfCoroutine.raise(&error))?
                .ok_or_else(|| {
                    with_vm(|vm| {
                        let class = vm.ctx.exceptions.stop_async_iteration.to_owned();
                        vm.new_exception_empty(class)
                    })
                })
        })
    }

    /// Ends the iteration; await it. In the middle of a message, the connection can only be closed
    /// then.
    #[pymethod]
    fn aclose(zelf: &Py<Self>, vm: &VirtualMachine) -> Coroutine {
        let lent = zelf.lend(vm);
        Coroutine::new("aclose", async move {
            if let Some(lent) = &mut lent? {
                lent.stream = None;
            }
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}
