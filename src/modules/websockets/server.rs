//! Listening sockets, and clients that are still to shake hands.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::sync::Arc;

use parking_lot::Mutex;
use runtime_bridge::{Coroutine, block_on, with_vm};
use rustpython_vm::{
    Py, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyType},
    pyclass,
    types::Constructor,
};

use super::connection::{Connection, ServerConnection};
use super::exceptions::{of_accept, os_error};
use super::options::ServeOptions;
use super::sync;
use crate::engine::net::Socket;
use crate::engine::ws;

/// Listener(fileno): accepts clients from a listening socket, of which it takes a copy.
#[pyclass(module = "_websockets", name = "Listener")]
#[derive(PyPayload)]
pub(super) struct Listener {
    state: Mutex<State>,
}

/// A listener belongs to the loop under which it first accepts.
enum State {
    Idle(std::net::TcpListener),
    Accepting(Arc<ws::Listener>),
    Closed,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

impl Constructor for Listener {
    type Args = (i32,);

    fn py_new(_class: &Py<PyType>, (fileno,): (i32,), vm: &VirtualMachine) -> PyResult<Self> {
        if fileno < 0 {
            return Err(vm.new_value_error("the socket is closed"));
        }
        // SAFETY: the caller's socket, open during the call.
        let socket = unsafe { BorrowedFd::borrow_raw(fileno) };
        let socket = socket.try_clone_to_owned().map_err(|error| {
            vm.new_os_error(format!("the listening socket cannot be used: {error}"))
        })?;
        Ok(Self {
            state: Mutex::new(State::Idle(socket.into())),
        })
    }
}

impl Listener {
    /// Runs inside a future: the runtime is current.
    fn listen(&self) -> std::io::Result<Arc<ws::Listener>> {
        let mut state = self.state.lock();
        match std::mem::replace(&mut *state, State::Closed) {
            State::Idle(socket) => {
                let listener = Arc::new(ws::Listener::new(socket)?);
                *state = State::Accepting(listener.clone());
                Ok(listener)
            }
            State::Accepting(listener) => {
                *state = State::Accepting(listener.clone());
                Ok(listener)
            }
            State::Closed => Err(std::io::Error::other("the listener is closed")),
        }
    }
}

#[pyclass(with(Constructor), flags(HAS_WEAKREF))]
impl Listener {
    /// The next client; await it, and then its handshake(). Raises OSError when the listening
    /// socket cannot be used any more.
    #[pymethod]
    fn accept(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("Listener.accept", async move {
            let listener = zelf
                .listen()
                .map_err(|error| with_vm(|vm| vm.new_os_error(error.to_string())))?;
            let accepted = listener.accept().await;
            let socket =
                accepted.map_err(|error| with_vm(|vm| of_listener(&error, &listener, vm)))?;
            Ok(with_vm(|vm| Pending::of(socket).into_ref(&vm.ctx).into()))
        })
    }

    /// Stops listening, once nobody waits in accept().
    #[pymethod]
    fn close(zelf: &Py<Self>) {
        *zelf.state.lock() = State::Closed;
    }
}

pub(super) fn of_listener(
    error: &std::io::Error,
    listener: &ws::Listener,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let text = match listener.local_addr() {
        Ok(address) => format!("could not accept connections on {address}: {error}"),
        Err(_) => format!("could not accept connections: {error}"),
    };
    os_error(error, &text, vm)
}

/// A client that is connected and has not shaken hands.
#[pyclass(module = "_websockets", name = "Pending")]
#[derive(PyPayload)]
pub(super) struct Pending {
    socket: Mutex<Option<Socket>>,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}

impl Pending {
    pub(super) fn of(socket: Socket) -> Self {
        Self {
            socket: Mutex::new(Some(socket)),
        }
    }

    fn take(&self, vm: &VirtualMachine) -> PyResult<Socket> {
        let used = || vm.new_runtime_error("the handshake was performed already");
        self.socket.lock().take().ok_or_else(used)
    }
}

#[pyclass(flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl Pending {
    /// Shakes hands; await it for a ServerConnection.
    #[pymethod]
    fn handshake(
        zelf: &Py<Self>,
        options: PyRef<ServeOptions>,
        vm: &VirtualMachine,
    ) -> PyResult<Coroutine> {
        let socket = zelf.take(vm)?;
        let accept = options.accept();
        Ok(Coroutine::new("serve.handshake", async move {
            let result = accept.client(socket).await;
            with_vm(|vm| match result {
                Ok(established) => {
                    let connection = ServerConnection::from(Connection::new(established));
                    Ok(connection.into_ref(&vm.ctx).into())
                }
                Err(error) => Err(of_accept(&error, vm)),
            })
        }))
    }

    /// Shakes hands, and waits for it.
    #[pymethod]
    fn handshake_blocking(
        zelf: &Py<Self>,
        options: PyRef<ServeOptions>,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<sync::ServerConnection>> {
        let socket = zelf.take(vm)?;
        let mut accept = options.accept();
        sync::drive_in_background(&mut accept.options, vm)?;
        let opened = block_on(vm, async { Ok(accept.client(socket).await) })?
            .map_err(|error| of_accept(&error, vm))?;
        let connection = sync::ServerConnection::from(sync::Connection::new(opened));
        Ok(connection.into_ref(&vm.ctx))
    }
}
