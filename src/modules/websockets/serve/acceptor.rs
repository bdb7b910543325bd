//! The native half of a server.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::future::join_all;
use runtime_bridge::{Coroutine, await_as_task, with_vm};
use rustpython_vm::{
    AsObject, FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyListRef, PyStrRef, PyType},
    class::StaticType as _,
    function::FuncArgs,
    object::{Traverse, TraverseFn},
    pyclass,
    types::Constructor,
};

use super::clients::Clients;
use super::converse::{Arrived, House, close, converse};
use super::policy::{Policy, ServeArgs};
use crate::engine::net::Address;
use crate::engine::ws::{Close, Listener};
use crate::modules::convert::utf8;
use crate::modules::websockets::exceptions::{of_violation, os_error};
use crate::modules::websockets::log::{self, Level};
use crate::modules::websockets::server_connection::ServerConnection;

/// Clients that are taken in without a look at anything else, as asyncio's backlog.
const ACCEPTED_AT_ONCE: usize = 100;

/// Acceptor(server, handler, takes_path, **options): accepts clients and serves them, each by a
/// task of its own.
#[pyclass(module = "_websockets", name = "Acceptor", traverse = "manual")]
#[derive(PyPayload)]
pub(in crate::modules::websockets) struct Acceptor {
    server: PyObjectRef,
    house: Arc<House>,
}

// SAFETY: each object is visited once, and those of the house only while no client shares it.
unsafe impl Traverse for Acceptor {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.server.traverse(visit);
        if Arc::strong_count(&self.house) == 1 {
            self.house.handler.traverse(visit);
            self.house.policy.traverse(visit);
        }
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Acceptor")
    }
}

#[derive(FromArgs)]
pub(in crate::modules::websockets) struct AcceptorArgs {
    #[pyarg(positional)]
    server: PyObjectRef,
    #[pyarg(positional)]
    handler: PyObjectRef,
    #[pyarg(positional)]
    takes_path: bool,
    #[pyarg(flatten)]
    serve: ServeArgs,
}

impl Constructor for Acceptor {
    type Args = AcceptorArgs;

    fn py_new(_class: &Py<PyType>, args: AcceptorArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let house = House {
            policy: Policy::parse(args.serve, vm)?,
            clients: Arc::new(Clients::default()),
            handler: args.handler,
            takes_path: args.takes_path,
        };
        Ok(Self {
            server: args.server,
            house: Arc::new(house),
        })
    }
}

#[derive(FromArgs)]
struct CloseArgs {
    #[pyarg(any)]
    code: PyObjectRef,
    #[pyarg(any)]
    reason: PyStrRef,
}

#[pyclass(with(Constructor), flags(HAS_WEAKREF))]
impl Acceptor {
    /// Accepts clients from a listening socket, of which it takes a copy; await it in a task. Ends
    /// when it is cancelled, and with OSError when the socket cannot be used any more.
    #[pymethod]
    fn accept(zelf: PyRef<Self>, fileno: i32, vm: &VirtualMachine) -> PyResult<Coroutine> {
        if fileno < 0 {
            return Err(vm.new_value_error("the socket is closed"));
        }
        // SAFETY: the caller's socket, open during the call.
        let socket = unsafe { BorrowedFd::borrow_raw(fileno) };
        let socket = socket.try_clone_to_owned();
        let socket = socket.map_err(|error| of_listener(&error, None, vm))?;
        let event_loop = vm.asyncio_running_loop.borrow().clone();
        let event_loop = event_loop.ok_or_else(|| vm.new_runtime_error("no running event loop"))?;
        zelf.house.clients.serving.store(true, Ordering::Release);
        Ok(Coroutine::new("serve.accept", async move {
            // Made here, where the runtime is current.
            let listener = Listener::new(socket)
                .map_err(|error| with_vm(|vm| of_listener(&error, None, vm)))?;
            loop {
                zelf.accept_some(&listener, &event_loop).await?;
                tokio::task::yield_now().await;
            }
        }))
    }

    /// Takes no more clients; those that are still shaking hands are answered with 503.
    #[pymethod]
    fn stop(zelf: &Py<Self>) {
        zelf.house.clients.serving.store(false, Ordering::Release);
    }

    /// Whether clients are taken.
    #[pymethod]
    fn is_serving(zelf: &Py<Self>) -> bool {
        zelf.house.clients.is_serving()
    }

    /// Closes the connections that are open when it is awaited, all at once.
    #[pymethod]
    fn close_connections(
        zelf: &Py<Self>,
        args: CloseArgs,
        vm: &VirtualMachine,
    ) -> PyResult<Coroutine> {
        let code = args.code.try_int(vm)?.try_to_primitive(vm).unwrap_or(0);
        let reason = utf8(&args.reason, vm)?.to_owned();
        let checked = Close::new(code, reason.clone()).to_payload();
        checked.map_err(|violation| of_violation(&violation, vm))?;
        let clients = zelf.house.clients.clone();
        Ok(Coroutine::new("Server.close", async move {
            let reason = &reason;
            let closing = clients.open().into_iter();
            let closing = closing.map(|connection| close_one(connection, code, reason));
            join_all(closing).await;
            Ok(with_vm(|vm| vm.ctx.none()))
        }))
    }

    /// Waits until the last client is gone and the last handler done; await it.
    #[pymethod]
    fn wait_none_left(zelf: &Py<Self>) -> Coroutine {
        let clients = zelf.house.clients.clone();
        Coroutine::new("Server.wait_closed", async move {
            clients.wait_none_left().await;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    /// The open connections.
    #[pymethod]
    fn connections(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        let open = zelf.house.clients.open().into_iter();
        vm.ctx.new_list(open.map(Into::into).collect())
    }

    /// The tasks that serve clients.
    #[pymethod]
    fn tasks(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        vm.ctx.new_list(zelf.house.clients.tasks())
    }

    /// The server's logger. Imports `logging`.
    #[pygetset]
    fn logger(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.house.policy.logger.logger(vm)
    }

    /// Logs at level INFO, if somebody listens.
    #[pymethod]
    fn info(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let logger = &zelf.house.policy.logger;
        match logger.listening(Level::Info, vm)? {
            Some(logger) => vm.call_method(&logger, "info", args).map(drop),
            None => Ok(()),
        }
    }

    /// Logs an exception at level ERROR, with its traceback.
    #[pymethod]
    fn error(zelf: &Py<Self>, text: PyStrRef, exception: PyBaseExceptionRef, vm: &VirtualMachine) {
        let (logger, text) = (&zelf.house.policy.logger, text.to_string_lossy());
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

impl Acceptor {
    async fn accept_some(&self, listener: &Listener, event_loop: &PyObjectRef) -> PyResult<()> {
        for _ in 0..ACCEPTED_AT_ONCE {
            let accepted = listener.accept().await;
            let (socket, peer) = accepted.map_err(|error| {
                with_vm(|vm| of_listener(&error, listener.local_addr().as_ref(), vm))
            })?;
            let arrived = Arrived {
                socket,
                peer,
                server: self.server.clone(),
            };
            with_vm(|vm| self.welcome(arrived, event_loop, vm))?;
        }
        Ok(())
    }

    /// Starts the task that serves a client.
    fn welcome(
        &self,
        arrived: Arrived,
        event_loop: &PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let seat = self.house.clients.admit();
        let id = seat.id();
        let serving = converse(self.house.clone(), arrived, seat);
        let coroutine = Coroutine::new("serve.converse", serving).into_ref(&vm.ctx);
        let task = vm.call_method(event_loop, "create_task", (coroutine,))?;
        self.house.clients.hold(id, task);
        Ok(())
    }
}

/// Closes one of many connections: a script's own `close()` by a task of its own.
async fn close_one(connection: PyRef<ServerConnection>, code: u16, reason: &str) {
    if connection.class().is(ServerConnection::static_type()) {
        // Fails for subclasses alone.
        let _ = close(&connection, code, reason).await;
        return;
    }
    let reason = reason.to_owned();
    let task = with_vm(|vm| {
        let closing = vm.call_method(connection.as_object(), "close", (code, reason))?;
        await_as_task(closing, vm)
    });
    let closed = match task {
        Ok(task) => task.await.map(drop),
        Err(error) => Err(error),
    };
    if let Err(error) = closed {
        with_vm(|vm| vm.run_unraisable(error, None, connection.into()));
    }
}

/// Why a listening socket cannot be used.
pub(in crate::modules::websockets) fn of_listener(
    error: &std::io::Error,
    address: Option<&Address>,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let text = match address {
        Some(Address::Ip(address)) => {
            format!("could not accept connections on {address}: {error}")
        }
        Some(Address::Unix(path)) => {
            let path = path.display();
            format!("could not accept connections on {path}: {error}")
        }
        None => format!("could not accept connections: {error}"),
    };
    os_error(error, &text, vm)
}
