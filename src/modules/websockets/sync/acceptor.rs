//! The native half of a server of threads.

use std::fmt;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use runtime_bridge::block_on;
use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyStrRef, PyType},
    function::{FuncArgs, KwArgs},
    object::{Traverse, TraverseFn},
    pyclass,
    types::Constructor,
};
use tokio::sync::watch;

use super::drive_in_background;
use super::server_connection::ServerConnection;
use crate::engine::net::{Address, Socket, background};
use crate::engine::ws::Listener;
use crate::modules::convert::new_str;
use crate::modules::websockets::exceptions::os_error;
use crate::modules::websockets::log::{self, Level};
use crate::modules::websockets::serve::{
    Asked, Policy, ServeArgs, acceptance, log_error, of_listener, path_of, settle,
};

/// ThreadAcceptor(**options): accepts clients from a listening socket, and shakes hands with them.
#[pyclass(module = "_websockets", name = "ThreadAcceptor", traverse = "manual")]
#[derive(PyPayload)]
pub(in crate::modules::websockets) struct ThreadAcceptor {
    state: Mutex<State>,
    stopped: watch::Sender<bool>,
    serving: Arc<AtomicBool>,
    policy: Arc<Policy>,
}

enum State {
    New,
    Idle(OwnedFd),
    Accepting(Arc<Listener>),
    Stopped,
}

// SAFETY: each object is visited once, and those of the policy only while no client shares it.
unsafe impl Traverse for ThreadAcceptor {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        if Arc::strong_count(&self.policy) == 1 {
            self.policy.traverse(visit);
        }
    }
}

impl fmt::Debug for ThreadAcceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ThreadAcceptor")
    }
}

impl Constructor for ThreadAcceptor {
    type Args = ServeArgs;

    fn py_new(_class: &Py<PyType>, args: ServeArgs, vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self {
            state: Mutex::new(State::New),
            stopped: watch::Sender::new(false),
            serving: Arc::new(AtomicBool::new(true)),
            policy: Policy::parse(args, vm)?,
        })
    }
}

/// A client that has connected.
#[pyclass(module = "_websockets", name = "Arrived")]
#[derive(Debug, PyPayload)]
pub(super) struct Arrived(Mutex<Option<(Socket, Address)>>);

#[pyclass(flags(DISALLOW_INSTANTIATION))]
impl Arrived {}

impl ThreadAcceptor {
    /// The socket, registered with the I/O thread, so that it may be waited for on any thread. In
    /// a forked child that is its own: nothing is registered before the first call.
    fn listen(&self) -> std::io::Result<Option<Arc<Listener>>> {
        let mut state = self.state.lock();
        match std::mem::replace(&mut *state, State::Stopped) {
            State::Idle(socket) => {
                let runtime = background::handle()?;
                let _entered = runtime.enter();
                let listener = Arc::new(Listener::new(socket)?);
                *state = State::Accepting(listener.clone());
                Ok(Some(listener))
            }
            State::Accepting(listener) => {
                *state = State::Accepting(listener.clone());
                Ok(Some(listener))
            }
            State::New | State::Stopped => Ok(None),
        }
    }

    fn new_connection(
        &self,
        server: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<ServerConnection>> {
        let Some(factory) = &self.policy.create_connection else {
            return Ok(ServerConnection::unopened(Some(server)).into_ref(&vm.ctx));
        };
        // There is no write limit to a call that waits until all is written.
        let keywords = self.policy.keywords.clone().into_iter();
        let keywords =
            KwArgs::from_iter(keywords.filter(|(name, _)| name.as_bytes() != b"write_limit"));
        let args = FuncArgs::new(vec![vm.ctx.none(), vm.ctx.none(), server], keywords);
        let made = factory.call(args, vm)?;
        made.downcast().map_err(|other| {
            let class = other.class().name().to_string();
            let text = format!("create_connection must return a ServerConnection, not {class}");
            vm.new_type_error(text)
        })
    }
}

#[pyclass(with(Constructor), flags(HAS_WEAKREF))]
impl ThreadAcceptor {
    /// Takes a copy of a listening socket, from which clients are to be accepted.
    #[pymethod]
    fn take(zelf: &Py<Self>, fileno: i32, vm: &VirtualMachine) -> PyResult<()> {
        if fileno < 0 {
            return Err(vm.new_value_error("the socket is closed"));
        }
        // SAFETY: the caller's socket, open during the call.
        let socket = unsafe { BorrowedFd::borrow_raw(fileno) };
        let socket = socket.try_clone_to_owned();
        let socket = socket.map_err(|error| of_listener(&error, None, vm))?;
        *zelf.state.lock() = State::Idle(socket);
        Ok(())
    }

    /// Waits for the next client; None once stop() was called. Raises OSError when the listening
    /// socket cannot be used any more.
    #[pymethod]
    fn accept(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<Option<PyRef<Arrived>>> {
        let listener = zelf
            .listen()
            .map_err(|error| os_error(&error, &error.to_string(), vm))?;
        let Some(listener) = listener else {
            return Ok(None);
        };
        let mut stopped = zelf.stopped.subscribe();
        let accepted = block_on(vm, async {
            Ok(tokio::select! {
                biased;
                _ = stopped.wait_for(|it| *it) => None,
                accepted = listener.accept() => Some(accepted),
            })
        })?;
        match accepted {
            None => Ok(None),
            Some(Ok(arrived)) => Ok(Some(Arrived(Mutex::new(Some(arrived))).into_ref(&vm.ctx))),
            Some(Err(error)) => {
                let address = listener.local_addr();
                Err(of_listener(&error, address.as_ref(), vm))
            }
        }
    }

    /// Takes no more clients; those that are still shaking hands are answered with 503.
    #[pymethod]
    fn stop(zelf: &Py<Self>) {
        zelf.serving.store(false, Ordering::Release);
        *zelf.state.lock() = State::Stopped;
        zelf.stopped.send_replace(true);
    }

    /// Shakes hands with a client. Returns its ServerConnection, or None when there will be none,
    /// which has been logged.
    #[pymethod]
    fn open(
        zelf: &Py<Self>,
        arrived: PyRef<Arrived>,
        server: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<Option<PyRef<ServerConnection>>> {
        let gone = || vm.new_runtime_error("the opening handshake was performed already");
        let (socket, peer) = arrived.0.lock().take().ok_or_else(gone)?;
        let prepared = || {
            let connection = zelf.new_connection(server, vm)?;
            let mut accept = acceptance(&zelf.policy, connection.base(), &socket, peer, vm)?;
            drive_in_background(&mut accept.options, vm)?;
            Ok((accept, connection))
        };
        let (accept, connection) = match prepared() {
            Ok(prepared) => prepared,
            Err(error) => {
                Self::error(zelf, new_str("opening handshake failed", vm), error, vm);
                return Ok(None);
            }
        };
        let base = connection.clone().upcast();
        let mut asked = Asked::about(base, zelf.policy.clone(), zelf.serving.clone());
        asked.in_a_thread();
        let accepted = block_on(vm, async { Ok(accept.client(socket, &mut asked).await) })?;
        if let Some(raised) = asked.take_raised() {
            return Err(raised);
        }
        Ok(settle(connection.upcast_ref(), accepted, vm).then_some(connection))
    }

    /// The path of the request.
    #[pymethod]
    fn path_of(
        _zelf: &Py<Self>,
        connection: PyRef<ServerConnection>,
        vm: &VirtualMachine,
    ) -> PyResult {
        path_of(connection.base(), vm)
    }

    /// Logs the exception that ended a handler.
    #[pymethod]
    fn handler_failed(
        _zelf: &Py<Self>,
        connection: PyRef<ServerConnection>,
        exception: PyBaseExceptionRef,
        vm: &VirtualMachine,
    ) {
        log_error(
            &connection.upcast(),
            "connection handler failed",
            &exception,
            vm,
        );
    }

    /// The server's logger. Imports `logging`.
    #[pygetset]
    fn logger(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.policy.logger.logger(vm)
    }

    /// Logs at level INFO, if somebody listens.
    #[pymethod]
    fn info(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        match zelf.policy.logger.listening(Level::Info, vm)? {
            Some(logger) => vm.call_method(&logger, "info", args).map(drop),
            None => Ok(()),
        }
    }

    /// Logs an exception at level ERROR, with its traceback.
    #[pymethod]
    fn error(zelf: &Py<Self>, text: PyStrRef, exception: PyBaseExceptionRef, vm: &VirtualMachine) {
        let (logger, text) = (&zelf.policy.logger, text.to_string_lossy());
        log::log_to(
            logger,
            Level::Error,
            &text,
            Vec::new(),
            Some(&exception),
            vm,
        );
    }
}
