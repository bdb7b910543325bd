//! The native module `await_bench`: the futures that `timed.py` and `memory.py` await.

pub(crate) use await_bench::module_def;

#[rustpython_vm::pymodule]
mod await_bench {
    use std::io;
    use std::sync::Arc;

    use runtime_bridge::{Coroutine, with_vm};
    use rustpython_vm::builtins::PyBytesRef;
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::Mutex;

    #[pyfunction]
    fn ready(vm: &VirtualMachine) -> Coroutine {
        let none = vm.ctx.none();
        Coroutine::new("await_bench.ready", async { Ok(none) })
    }

    /// Pending once.
    #[pyfunction]
    fn suspended(vm: &VirtualMachine) -> Coroutine {
        let none = vm.ctx.none();
        Coroutine::new("await_bench.suspended", async {
            tokio::task::yield_now().await;
            Ok(none)
        })
    }

    #[pyfunction]
    fn connect(port: u16) -> Coroutine {
        Coroutine::new("await_bench.connect", async move {
            let stream = crate::echo::connect(port).await.map_err(to_exception)?;
            let connection = Connection(Arc::new(Mutex::new(stream)));
            with_vm(|vm| Ok(connection.into_pyobject(vm)))
        })
    }

    #[pyattr]
    #[pyclass(module = "await_bench", name = "Connection")]
    #[derive(Debug, PyPayload)]
    struct Connection(Arc<Mutex<TcpStream>>);

    #[pyclass]
    impl Connection {
        /// Sends `data` and returns as many bytes as come back.
        #[pymethod]
        fn echo(zelf: &Py<Self>, data: PyBytesRef) -> Coroutine {
            Coroutine::new("Connection.echo", echo(zelf.0.clone(), data))
        }
    }

    async fn echo(stream: Arc<Mutex<TcpStream>>, data: PyBytesRef) -> PyResult<PyObjectRef> {
        let mut answer = vec![0; data.as_bytes().len()];
        let mut stream = stream.lock().await;
        stream
            .write_all(data.as_bytes())
            .await
            .map_err(to_exception)?;
        stream.read_exact(&mut answer).await.map_err(to_exception)?;
        with_vm(|vm| Ok(vm.ctx.new_bytes(answer).into()))
    }

    fn to_exception(error: io::Error) -> rustpython_vm::builtins::PyBaseExceptionRef {
        with_vm(|vm| vm.new_os_error(error.to_string()))
    }
}
