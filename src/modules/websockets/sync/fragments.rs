//! Iterating over the fragments of a message.

use std::fmt;

use parking_lot::Mutex;
use runtime_bridge::block_on;
use rustpython_vm::{
    Py, PyPayload, PyResult, VirtualMachine,
    builtins::PyType,
    protocol::PyIterReturn,
    pyclass,
    types::{IterNext, Iterable, SelfIter},
};

use crate::modules::class::make_mutable;
use crate::modules::websockets::exceptions::Failures;
use crate::modules::websockets::receiving::Stream;

/// The fragments of one message as an iterator; recv_streaming makes it.
#[pyclass(module = "websockets.sync.connection", name = "FragmentIterator")]
#[derive(PyPayload)]
pub(super) struct FragmentIterator(Mutex<State>);

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

impl FragmentIterator {
    pub(super) fn new(stream: Stream) -> Self {
        Self(Mutex::new(State::Idle(Box::new(stream))))
    }

    /// The stream, for a call that gives it back. `None` at the end.
    fn lend(&self, vm: &VirtualMachine) -> PyResult<Option<Box<Stream>>> {
        let mut state = self.0.lock();
        match std::mem::replace(&mut *state, State::Running) {
            State::Idle(stream) => Ok(Some(stream)),
            State::Running => Err(vm.new_value_error("the iterator is already executing")),
            State::Ended => {
                *state = State::Ended;
                Ok(None)
            }
        }
    }

    fn give_back(&self, next: State) {
        let before = std::mem::replace(&mut *self.0.lock(), next);
        drop(before);
    }
}

impl SelfIter for FragmentIterator {}

impl IterNext for FragmentIterator {
    fn next(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        let Some(mut stream) = zelf.lend(vm)? else {
            return Ok(PyIterReturn::StopIteration(None));
        };
        let next = block_on(vm, async { Ok(stream.next().await) });
        match next {
            Ok(Ok(Some(fragment))) => {
                zelf.give_back(State::Idle(stream));
                Ok(PyIterReturn::Return(fragment))
            }
            Ok(Ok(None)) => {
                zelf.give_back(State::Ended);
                Ok(PyIterReturn::StopIteration(None))
            }
            Ok(Err(error)) => {
                zelf.give_back(State::Ended);
                Err(Failures::OfThread.raise(&error))
            }
            // An interrupt, which has taken nothing.
            Err(raised) => {
                zelf.give_back(State::Idle(stream));
                Err(raised)
            }
        }
    }
}

#[pyclass(
    with(IterNext, Iterable),
    flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl FragmentIterator {
    /// Ends the iteration. In the middle of a message, the connection can only be closed then.
    #[pymethod]
    fn close(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        if let Some(stream) = zelf.lend(vm)? {
            zelf.give_back(State::Ended);
            drop(stream);
        }
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}
