//! The native module `bridge_streams`: Rust streams for scripts, and scripts' bytes for Rust.

pub(super) use bridge_streams::module_def;

#[rustpython_vm::pymodule]
mod bridge_streams {
    use std::sync::Arc;

    use futures_util::{Stream, StreamExt as _, stream};
    use parking_lot::Mutex;
    use runtime_bridge::{
        AsyncIterator, BlockingIterator, ByteStream, Coroutine, await_in_line, block_on, with_vm,
    };
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};
    use tokio::task;

    use crate::support::module::{Gauge, PySwitch};
    use crate::support::operations::{Held, Switch, in_native_thread, none, text};

    /// The numbers below `count`, each after a suspension; every number that was made is told to
    /// the gauge.
    fn numbers(
        count: usize,
        gauge: &Gauge,
    ) -> impl Stream<Item = PyResult<PyObjectRef>> + Send + use<> {
        let held = Held::new(gauge.counts());
        stream::unfold((0, held), move |(number, held)| async move {
            if number == count {
                return None;
            }
            task::yield_now().await;
            held.reach(number + 1);
            let item = with_vm(|vm| vm.ctx.new_int(number).into());
            Some((Ok(item), (number + 1, held)))
        })
    }

    #[pyfunction]
    fn aiter_numbers(count: usize, gauge: PyRef<Gauge>) -> AsyncIterator {
        AsyncIterator::new("bridge_streams.numbers", numbers(count, &gauge))
    }

    #[pyfunction]
    fn iter_numbers(count: usize, gauge: PyRef<Gauge>) -> BlockingIterator {
        BlockingIterator::new("bridge_streams.numbers", numbers(count, &gauge))
    }

    /// One item, when the switch is on.
    fn switched(
        switch: Switch,
        gauge: &Gauge,
    ) -> impl Stream<Item = PyResult<PyObjectRef>> + Send + use<> {
        let held = Held::new(gauge.counts());
        stream::once(async move {
            switch.wait(None).await?;
            drop(held);
            Ok(text("item"))
        })
    }

    #[pyfunction]
    fn aiter_switch(switch: PyRef<PySwitch>, gauge: PyRef<Gauge>) -> AsyncIterator {
        AsyncIterator::new("bridge_streams.switched", switched(switch.switch(), &gauge))
    }

    #[pyfunction]
    fn iter_switch(switch: PyRef<PySwitch>, gauge: PyRef<Gauge>) -> BlockingIterator {
        BlockingIterator::new("bridge_streams.switched", switched(switch.switch(), &gauge))
    }

    /// The result of each call is an item; what it raises is the error of one.
    fn calls(functions: Vec<PyObjectRef>) -> impl Stream<Item = PyResult<PyObjectRef>> + Send {
        stream::iter(functions).map(|function| with_vm(|vm| function.call((), vm)))
    }

    #[pyfunction]
    fn aiter_calls(functions: Vec<PyObjectRef>) -> AsyncIterator {
        AsyncIterator::new("bridge_streams.calls", calls(functions))
    }

    #[pyfunction]
    fn iter_calls(functions: Vec<PyObjectRef>) -> BlockingIterator {
        BlockingIterator::new("bridge_streams.calls", calls(functions))
    }

    /// The results of awaitables, awaited in line.
    #[pyfunction]
    fn aiter_awaited(awaitables: Vec<PyObjectRef>) -> AsyncIterator {
        let items = stream::iter(awaitables).then(await_in_line);
        AsyncIterator::new("bridge_streams.awaited", items)
    }

    #[pyfunction]
    fn aiter_panics() -> AsyncIterator {
        let items = stream::once(async { panic!("the stream's own words") });
        AsyncIterator::new("bridge_streams.panics", items)
    }

    #[pyfunction]
    fn iter_panics() -> BlockingIterator {
        let items = stream::once(async { panic!("the stream's own words") });
        BlockingIterator::new("bridge_streams.panics", items)
    }

    type Chunks = Arc<Mutex<Option<ByteStream>>>;

    /// Reads chunks one by one, or lets the stream go.
    #[pyattr]
    #[pyclass(module = "bridge_streams", name = "Reader")]
    #[derive(Debug, PyPayload)]
    struct Reader(Chunks);

    /// The next chunk, or None at the end.
    async fn next_chunk(chunks: Chunks) -> PyResult<PyObjectRef> {
        // Not while another call reads.
        let mut chunks_taken = chunks.lock().take().expect("the stream is there");
        let chunk = chunks_taken.next().await;
        *chunks.lock() = Some(chunks_taken);
        match chunk {
            Some(chunk) => {
                let chunk = chunk?;
                Ok(with_vm(|vm| vm.ctx.new_bytes(chunk.to_vec()).into()))
            }
            None => Ok(none()),
        }
    }

    #[pyfunction]
    fn reader(chunks: PyObjectRef, vm: &VirtualMachine) -> PyResult<Reader> {
        let chunks = ByteStream::new(chunks, vm)?;
        Ok(Reader(Arc::new(Mutex::new(Some(chunks)))))
    }

    #[pyclass]
    impl Reader {
        #[pymethod]
        fn read(zelf: &Py<Self>) -> Coroutine {
            Coroutine::new("Reader.read", next_chunk(zelf.0.clone()))
        }

        /// Reads while something else is awaited in line, until the chunk is there.
        #[pymethod]
        fn read_beside(zelf: &Py<Self>, awaitable: PyObjectRef) -> Coroutine {
            let chunks = zelf.0.clone();
            Coroutine::new("Reader.read_beside", async move {
                tokio::select! {
                    biased;
                    _ = await_in_line(awaitable) => Ok(none()),
                    chunk = next_chunk(chunks) => chunk,
                }
            })
        }

        /// Reads until the switch is on; the stream is then gone.
        #[pymethod]
        fn read_or_switch(zelf: &Py<Self>, switch: PyRef<PySwitch>) -> Coroutine {
            let (chunks, switch) = (zelf.0.clone(), switch.switch());
            Coroutine::new("Reader.read_or_switch", async move {
                tokio::select! {
                    biased;
                    chunk = next_chunk(chunks) => chunk,
                    _ = switch.wait(None) => Ok(text("switch")),
                }
            })
        }

        #[pymethod]
        fn read_spawned(zelf: &Py<Self>) -> Coroutine {
            let chunks = zelf.0.clone();
            Coroutine::new("Reader.read_spawned", async move {
                let taken = chunks.lock().take();
                let mut taken = taken.expect("the stream is there");
                let reading = async move { taken.next().await };
                let chunk = task::spawn(reading).await.expect("joined");
                chunk.map_or_else(|| Ok(none()), |chunk| chunk.map(|_| none()))
            })
        }

        #[pymethod]
        fn block_on_read(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
            block_on(vm, next_chunk(zelf.0.clone()))
        }

        #[pymethod]
        fn forget(zelf: &Py<Self>) {
            let chunks = zelf.0.lock().take();
            drop(chunks);
        }

        #[pymethod]
        fn forget_in_native_thread(zelf: &Py<Self>) {
            let chunks = zelf.0.lock().take();
            in_native_thread(move || drop(chunks));
        }
    }

    /// Whether a large chunk is the script's own object.
    #[pyfunction]
    fn first_chunk_is_borrowed(chunk: PyObjectRef, vm: &VirtualMachine) -> PyResult<bool> {
        let address = chunk.try_bytes_like(vm, |bytes| bytes.as_ptr() as usize)?;
        let list = vm.ctx.new_list(vec![chunk]);
        let mut chunks = ByteStream::new(list.into(), vm)?;
        let chunk = block_on(vm, async { chunks.next().await.transpose() })?;
        let is_borrowed = chunk
            .as_ref()
            .is_some_and(|it| it.as_ptr() as usize == address);
        in_native_thread(move || drop(chunk));
        Ok(is_borrowed)
    }
}
