//! `stream()`: a response in a `with` or `async with` statement.

use std::fmt;

use runtime_bridge::{Coroutine, block_on};
use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, common::lock::PyMutex,
    function::FuncArgs, pyclass,
};

use super::client::Client;
use super::mode::Mode;
use super::options::MethodArgs;
use super::sending::Sending;
use super::with_vm;

/// A request that is sent when its context is entered. What was wrong with it is raised there too,
/// as for a function with `@contextmanager`.
pub(super) struct Pending {
    what: What,
    /// Closed with the response: the client of `httpx.stream()`.
    owned: Option<PyRef<Client>>,
}

/// Makes the request ready to be sent.
type Make = dyn FnOnce(&VirtualMachine) -> PyResult<Sending> + Send;

enum What {
    /// To be made by the client itself.
    Native(Box<Make>),
    /// To be made by the build_request() and send() of a script's client.
    Scripted(PyObjectRef, MethodArgs),
}

impl Pending {
    pub(super) fn native(
        make: impl FnOnce(&VirtualMachine) -> PyResult<Sending> + Send + 'static,
    ) -> Self {
        Self {
            what: What::Native(Box::new(make)),
            owned: None,
        }
    }

    pub(super) fn scripted(client: PyObjectRef, args: MethodArgs) -> Self {
        Self {
            what: What::Scripted(client, args),
            owned: None,
        }
    }

    pub(super) fn owning(mut self, client: PyRef<Client>) -> Self {
        self.owned = Some(client);
        self
    }
}

impl What {
    async fn open(self, mode: Mode) -> PyResult {
        match self {
            Self::Native(make) => with_vm(make)?.open().await.map(Into::into),
            Self::Scripted(client, args) => {
                let (send, args) = with_vm(|vm| {
                    let build = args.build_args(vm);
                    let request = client.get_attr("build_request", vm)?.call(build, vm)?;
                    let mut send = FuncArgs::from(vec![request]);
                    args.sending.add_to(&mut send.kwargs, vm);
                    send.kwargs
                        .insert("stream".into(), vm.ctx.new_bool(true).into());
                    Ok((client.get_attr("send", vm)?, send))
                })?;
                mode.call(&send, args).await
            }
        }
    }
}

/// The state of a `with` or `async with` over a stream.
struct Stream {
    pending: PyMutex<Option<Pending>>,
    open: PyMutex<Option<Open>>,
}

/// What is to be closed at the end of the statement.
type Open = (PyObjectRef, Option<PyRef<Client>>);

impl Stream {
    fn new(pending: Pending) -> Self {
        Self {
            pending: PyMutex::new(Some(pending)),
            open: PyMutex::default(),
        }
    }

    async fn enter(&self, mode: Mode) -> PyResult {
        let Some(Pending { what, owned }) = self.pending.lock().take() else {
            let message = "a stream can be entered only once";
            return Err(with_vm(|vm| vm.new_runtime_error(message)));
        };
        let response = what.open(mode).await?;
        *self.open.lock() = Some((response.clone(), owned));
        Ok(response)
    }

    async fn exit(&self, mode: Mode) -> PyResult<()> {
        let open = self.open.lock().take();
        let Some((response, owned)) = open else {
            return Ok(());
        };
        let name = match mode {
            Mode::Blocking => "close",
            Mode::Awaited => "aclose",
        };
        let closed = mode.call_method(&response, name, ()).await;
        if let Some(client) = owned {
            mode.call_method(client.as_object(), name, ()).await?;
        }
        closed.map(drop)
    }
}

/// What Client.stream() returns: use it in a `with` statement.
#[pyclass(module = "httpx", name = "StreamContext")]
#[derive(PyPayload)]
pub(super) struct StreamContext {
    stream: Stream,
}

impl fmt::Debug for StreamContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamContext")
    }
}

impl StreamContext {
    pub(super) fn new(pending: Pending) -> Self {
        Self {
            stream: Stream::new(pending),
        }
    }
}

#[pyclass(flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl StreamContext {
    #[pymethod]
    fn __enter__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        block_on(vm, zelf.stream.enter(Mode::Blocking))
    }

    #[pymethod]
    fn __exit__(zelf: &Py<Self>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        block_on(vm, zelf.stream.exit(Mode::Blocking))
    }
}

/// What AsyncClient.stream() returns: use it in an `async with` statement.
#[pyclass(module = "httpx", name = "AsyncStreamContext")]
#[derive(PyPayload)]
pub(super) struct AsyncStreamContext {
    stream: Stream,
}

impl fmt::Debug for AsyncStreamContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsyncStreamContext")
    }
}

impl AsyncStreamContext {
    pub(super) fn new(pending: Pending) -> Self {
        Self {
            stream: Stream::new(pending),
        }
    }
}

#[pyclass(flags(HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl AsyncStreamContext {
    #[pymethod]
    fn __aenter__(zelf: PyRef<Self>) -> Coroutine {
        Coroutine::new("AsyncClient.stream", async move {
            zelf.stream.enter(Mode::Awaited).await
        })
    }

    #[pymethod]
    fn __aexit__(zelf: PyRef<Self>, _args: FuncArgs) -> Coroutine {
        Coroutine::new("AsyncClient.stream", async move {
            zelf.stream.exit(Mode::Awaited).await?;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }
}
