//! The connection of a response, for coroutines.

use runtime_bridge::Coroutine;
use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyStrRef, PyType},
    pyclass,
};

use super::{Connection, ReadArgs, StartTlsArgs, WriteArgs, limit};
use crate::modules::convert::utf8;
use crate::modules::httpx::with_vm;

/// The connection of a response: its two ends, and after a 101 response, or a 2xx response to
/// CONNECT, its bytes.
#[pyclass(module = "httpx", name = "AsyncNetworkStream")]
#[derive(Debug, PyPayload)]
pub(in crate::modules::httpx) struct AsyncNetworkStream {
    connection: Connection,
}

impl AsyncNetworkStream {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection }
    }
}

#[pyclass(flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl AsyncNetworkStream {
    /// Reads the next bytes, at most `max_bytes`; b"" at the end. ReadTimeout after `timeout`
    /// seconds. Await it.
    #[pymethod]
    fn read(zelf: &Py<Self>, args: ReadArgs, vm: &VirtualMachine) -> PyResult<Coroutine> {
        let (limit, connection) = (limit(args.timeout, vm)?, zelf.connection.clone());
        Ok(Coroutine::new("AsyncNetworkStream.read", async move {
            connection.read(args.max_bytes, limit).await.map(Into::into)
        }))
    }

    /// Writes all bytes of `buffer`. WriteTimeout when the peer takes none for `timeout` seconds.
    /// Await it.
    #[pymethod]
    fn write(zelf: &Py<Self>, args: WriteArgs, vm: &VirtualMachine) -> PyResult<Coroutine> {
        let (limit, connection) = (limit(args.timeout, vm)?, zelf.connection.clone());
        let bytes = args.buffer.borrow_buf().to_vec();
        Ok(Coroutine::new("AsyncNetworkStream.write", async move {
            connection.write(&bytes, limit).await?;
            Ok(with_vm(|vm| vm.ctx.none()))
        }))
    }

    /// Closes the connection. Await it.
    #[pymethod]
    fn aclose(zelf: &Py<Self>) -> Coroutine {
        let connection = zelf.connection.clone();
        Coroutine::new("AsyncNetworkStream.aclose", async move {
            connection.close()?;
            Ok(with_vm(|vm| vm.ctx.none()))
        })
    }

    /// Shakes hands over the connection, and returns the stream that takes the place of this one.
    /// Await it.
    #[pymethod]
    fn start_tls(zelf: &Py<Self>, args: StartTlsArgs, vm: &VirtualMachine) -> PyResult<Coroutine> {
        let (handshake, connection) = (args.parse(vm)?, zelf.connection.clone());
        Ok(Coroutine::new("AsyncNetworkStream.start_tls", async move {
            let secured = Self::new(connection.start_tls(handshake).await?);
            Ok(with_vm(|vm| secured.into_ref(&vm.ctx).into()))
        }))
    }

    /// "client_addr", "server_addr", "ssl_object" or "is_readable"; None for anything else.
    #[pymethod]
    fn get_extra_info(
        zelf: &Py<Self>,
        info: PyStrRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyObjectRef> {
        Ok(zelf.connection.extra_info(utf8(&info, vm)?, vm))
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
