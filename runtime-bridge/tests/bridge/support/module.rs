//! The native module `bridge_test`: futures for scripts to await, and the same over `block_on`.

pub(super) use bridge_test::{Gauge, PySwitch, module_def};

#[rustpython_vm::pymodule]
mod bridge_test {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;
    use std::thread;

    use runtime_bridge::{Coroutine, block_on};
    use rustpython_vm::builtins::{PyBaseExceptionRef, PyBytesRef};
    use rustpython_vm::function::{ArgIntoFloat, OptionalArg};
    use rustpython_vm::types::{Constructor, DefaultConstructor};
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, pyclass};

    use crate::support::operations::{self, Counts, Held, Switch};

    type GaugeArg = OptionalArg<PyRef<Gauge>>;

    /// Counts the futures that were given it.
    #[pyattr]
    #[pyclass(module = "bridge_test", name = "Gauge")]
    #[derive(Debug, Default, PyPayload)]
    pub(crate) struct Gauge(Arc<Counts>);

    impl DefaultConstructor for Gauge {}

    #[pyclass(with(Constructor))]
    impl Gauge {
        #[pygetset]
        fn alive(zelf: &Py<Self>) -> usize {
            zelf.0.alive.load(Ordering::SeqCst)
        }

        #[pygetset]
        fn dropped(zelf: &Py<Self>) -> usize {
            zelf.0.dropped.load(Ordering::SeqCst)
        }

        #[pygetset]
        fn stage(zelf: &Py<Self>) -> usize {
            zelf.0.stage.load(Ordering::SeqCst)
        }
    }

    impl Gauge {
        pub(crate) fn counts(&self) -> Arc<Counts> {
            self.0.clone()
        }
    }

    impl PySwitch {
        pub(crate) fn switch(&self) -> Switch {
            self.0.clone()
        }
    }

    fn held(gauge: GaugeArg) -> Option<Held> {
        let gauge = gauge.into_option()?;
        Some(Held::new(gauge.0.clone()))
    }

    /// What a future waits for until it is turned on.
    #[pyattr]
    #[pyclass(module = "bridge_test", name = "Switch")]
    #[derive(Debug, Default, PyPayload)]
    pub(crate) struct PySwitch(Switch);

    impl DefaultConstructor for PySwitch {}

    #[pyclass(with(Constructor))]
    impl PySwitch {
        #[pymethod]
        fn wait(zelf: &Py<Self>, gauge: GaugeArg) -> Coroutine {
            let switch = zelf.0.clone();
            let held = held(gauge);
            Coroutine::new("Switch.wait", async move { switch.wait(held).await })
        }

        #[pymethod]
        fn block_on_wait(zelf: &Py<Self>, gauge: GaugeArg, vm: &VirtualMachine) -> PyResult {
            block_on(vm, zelf.0.wait(held(gauge)))
        }

        #[pymethod]
        fn turn_on(zelf: &Py<Self>) {
            zelf.0.turn_on();
        }

        /// Wakes the future although it is not ready.
        #[pymethod]
        fn wake(zelf: &Py<Self>) {
            zelf.0.wake();
        }

        /// Turns it on from a thread that has no interpreter.
        #[pymethod]
        fn turn_on_in_native_thread(zelf: &Py<Self>) {
            let switch = zelf.0.clone();
            let thread = thread::spawn(move || switch.turn_on());
            thread.join().expect("waking does not panic");
        }

        /// Drops the future's waker on a thread that has no interpreter.
        #[pymethod]
        fn drop_waker_in_native_thread(zelf: &Py<Self>) {
            let waker = zelf.0.take_waker();
            let thread = thread::spawn(move || drop(waker));
            thread.join().expect("dropping a waker does not panic");
        }

        #[pygetset]
        fn polls(zelf: &Py<Self>) -> usize {
            zelf.0.polls()
        }
    }

    #[pyfunction]
    fn ready(value: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_test.ready", operations::ready(value))
    }

    #[pyfunction]
    fn fail(exception: PyBaseExceptionRef) -> Coroutine {
        Coroutine::new("bridge_test.fail", operations::fail(exception))
    }

    #[pyfunction]
    fn fail_at_once(exception: PyBaseExceptionRef) -> Coroutine {
        let failure = operations::fail_at_once(exception);
        Coroutine::new("bridge_test.fail_at_once", failure)
    }

    #[pyfunction]
    fn panics(message: String) -> Coroutine {
        Coroutine::new("bridge_test.panics", operations::panics(message))
    }

    #[pyfunction]
    fn panic_on_drop() -> Coroutine {
        Coroutine::new("bridge_test.panic_on_drop", operations::panic_on_drop())
    }

    #[pyfunction]
    fn yield_now() -> Coroutine {
        Coroutine::new("bridge_test.yield_now", operations::yield_now())
    }

    #[pyfunction]
    fn sleep(seconds: ArgIntoFloat, gauge: GaugeArg) -> Coroutine {
        let sleep = operations::sleep(seconds.into(), held(gauge));
        Coroutine::new("bridge_test.sleep", sleep)
    }

    #[pyfunction]
    fn pending(gauge: GaugeArg) -> Coroutine {
        Coroutine::new("bridge_test.pending", operations::pending(held(gauge)))
    }

    #[pyfunction]
    fn steps(gauge: PyRef<Gauge>) -> Coroutine {
        let held = Held::new(gauge.0.clone());
        Coroutine::new("bridge_test.steps", operations::steps(held))
    }

    #[pyfunction]
    fn call(function: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_test.call", operations::call(function))
    }

    #[pyfunction]
    fn echo(port: u16, data: PyBytesRef) -> Coroutine {
        let data = data.as_bytes().to_vec();
        Coroutine::new("bridge_test.echo", operations::echo(port, data))
    }

    #[pyfunction]
    fn block_on_ready(value: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        block_on(vm, operations::ready(value))
    }

    #[pyfunction]
    fn block_on_fail(exception: PyBaseExceptionRef, vm: &VirtualMachine) -> PyResult {
        block_on(vm, operations::fail(exception))
    }

    #[pyfunction]
    fn block_on_panics(message: String, vm: &VirtualMachine) -> PyResult {
        block_on(vm, operations::panics(message))
    }

    #[pyfunction]
    fn block_on_sleep(seconds: ArgIntoFloat, gauge: GaugeArg, vm: &VirtualMachine) -> PyResult {
        block_on(vm, operations::sleep(seconds.into(), held(gauge)))
    }

    #[pyfunction]
    fn block_on_pending(gauge: GaugeArg, vm: &VirtualMachine) -> PyResult {
        block_on(vm, operations::pending(held(gauge)))
    }

    #[pyfunction]
    fn block_on_steps(gauge: PyRef<Gauge>, vm: &VirtualMachine) -> PyResult {
        block_on(vm, operations::steps(Held::new(gauge.0.clone())))
    }

    #[pyfunction]
    fn block_on_call(function: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        block_on(vm, operations::call(function))
    }

    #[pyfunction]
    fn block_on_echo(port: u16, data: PyBytesRef, vm: &VirtualMachine) -> PyResult {
        block_on(vm, operations::echo(port, data.as_bytes().to_vec()))
    }
}
