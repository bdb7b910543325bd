//! Accepting clients, for threads.

use std::fmt;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;

use parking_lot::Mutex;
use runtime_bridge::block_on;
use rustpython_vm::{
    Py, PyPayload, PyRef, PyResult, VirtualMachine, builtins::PyType, pyclass, types::Constructor,
};
use tokio::sync::watch;

use crate::engine::net::background;
use crate::engine::ws;
use crate::modules::websockets::exceptions::os_error;
use crate::modules::websockets::server::{Pending, of_listener};

/// ThreadListener(fileno): accepts clients from a listening socket, of which it takes a copy.
#[pyclass(module = "_websockets", name = "ThreadListener")]
#[derive(PyPayload)]
pub(in crate::modules::websockets) struct ThreadListener {
    state: Mutex<State>,
    closed: watch::Sender<bool>,
}

enum State {
    Idle(std::net::TcpListener),
    Accepting(Arc<ws::Listener>),
    Closed,
}

impl fmt::Debug for ThreadListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ThreadListener")
    }
}

impl Constructor for ThreadListener {
    type Args = (i32,);

    fn py_new(_class: &Py<PyType>, (fileno,): (i32,), vm: &VirtualMachine) -> PyResult<Self> {
        if fileno < 0 {
            return Err(vm.new_value_error("the socket is closed"));
        }
        // SAFETY: the caller's socket, open during the call.
        let socket = unsafe { BorrowedFd::borrow_raw(fileno) };
        let socket = socket.try_clone_to_owned().map_err(|error| {
            let text = format!("the listening socket cannot be used: {error}");
            os_error(&error, &text, vm)
        })?;
        Ok(Self {
            state: Mutex::new(State::Idle(socket.into())),
            closed: watch::Sender::new(false),
        })
    }
}

impl ThreadListener {
    /// The socket, registered with the I/O thread, so that it may be waited for on any thread. In
    /// a forked child that is its own: nothing is registered before the first call.
    fn listen(&self) -> io::Result<Option<Arc<ws::Listener>>> {
        let mut state = self.state.lock();
        match std::mem::replace(&mut *state, State::Closed) {
            State::Idle(socket) => {
                let runtime = background::handle()?;
                let _entered = runtime.enter();
                let listener = Arc::new(ws::Listener::new(socket)?);
                *state = State::Accepting(listener.clone());
                Ok(Some(listener))
            }
            State::Accepting(listener) => {
                *state = State::Accepting(listener.clone());
                Ok(Some(listener))
            }
            State::Closed => Ok(None),
        }
    }
}

#[pyclass(with(Constructor), flags(HAS_WEAKREF))]
impl ThreadListener {
    /// Waits for the next client; None once the listener is closed. Raises OSError when the
    /// listening socket cannot be used any more.
    #[pymethod]
    fn accept(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<Option<PyRef<Pending>>> {
        let listener = zelf
            .listen()
            .map_err(|error| os_error(&error, &error.to_string(), vm))?;
        let Some(listener) = listener else {
            return Ok(None);
        };
        let mut closed = zelf.closed.subscribe();
        let accepted = block_on(vm, async {
            Ok(tokio::select! {
                biased;
                _ = closed.wait_for(|it| *it) => None,
                accepted = listener.accept() => Some(accepted),
            })
        })?;
        match accepted {
            None => Ok(None),
            Some(Ok(socket)) => Ok(Some(Pending::of(socket).into_ref(&vm.ctx))),
            Some(Err(error)) => Err(of_listener(&error, &listener, vm)),
        }
    }

    /// Stops listening, and ends the wait of accept().
    #[pymethod]
    fn close(zelf: &Py<Self>) {
        *zelf.state.lock() = State::Closed;
        zelf.closed.send_replace(true);
    }
}
