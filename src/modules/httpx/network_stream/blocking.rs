//! The connection of a response, for blocking calls.

use runtime_bridge::block_on;
use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBytesRef, PyStrRef, PyType},
    pyclass,
};

use super::{Connection, ReadArgs, StartTlsArgs, WriteArgs, limit};
use crate::modules::convert::utf8;

/// The connection of a response: its two ends, and after a 101 response, or a 2xx response to
/// CONNECT, its bytes.
#[pyclass(module = "httpx", name = "NetworkStream")]
#[derive(Debug, PyPayload)]
pub(in crate::modules::httpx) struct NetworkStream {
    connection: Connection,
}

impl NetworkStream {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection }
    }
}

#[pyclass(flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl NetworkStream {
    /// Reads the next bytes, at most `max_bytes`; b"" at the end. ReadTimeout after `timeout`
    /// seconds.
    #[pymethod]
    fn read(zelf: &Py<Self>, args: ReadArgs, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        let limit = limit(args.timeout, vm)?;
        block_on(vm, zelf.connection.read(args.max_bytes, limit))
    }

    /// Writes all bytes of `buffer`. WriteTimeout when the peer takes none for `timeout` seconds.
    #[pymethod]
    fn write(zelf: &Py<Self>, args: WriteArgs, vm: &VirtualMachine) -> PyResult<()> {
        let limit = limit(args.timeout, vm)?;
        let bytes = args.buffer.borrow_buf().to_vec();
        block_on(vm, zelf.connection.write(&bytes, limit))
    }

    /// Closes the connection.
    #[pymethod]
    fn close(zelf: &Py<Self>) -> PyResult<()> {
        zelf.connection.close()
    }

    /// Shakes hands over the connection, and returns the stream that takes the place of this one.
    #[pymethod]
    fn start_tls(
        zelf: &Py<Self>,
        args: StartTlsArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        let handshake = args.parse(vm)?;
        let connection = block_on(vm, zelf.connection.start_tls(handshake))?;
        Ok(Self::new(connection).into_ref(&vm.ctx))
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
