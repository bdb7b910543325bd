//! The loop itself.

use std::collections::VecDeque;
use std::fmt;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use parking_lot::{Mutex, ReentrantMutex};
use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, builtins::PyType,
    class::StaticType as _, function::FuncArgs, pyclass, types::Constructor,
};

use super::clock::now;
use super::driver::Driver;
use super::entry::Entry;
use super::handle::Kind;
use super::timers::Timers;
use crate::asyncio::{Future, LoopRef, Start, Task, attribute};
use crate::runtime::RunningLoop;
use crate::wake::WakeQueue;

/// Base class of Tauraro's event loop: everything that is done once for each callback.
///
/// Mixed in before asyncio's selector loop, whose Python code does the rest.
#[pyclass(module = "_runtime_bridge", name = "EventLoopCore")]
#[derive(PyPayload)]
pub struct EventLoopCore {
    pub(super) driver: Mutex<Option<Arc<Driver>>>,
    pub(super) wakes: Mutex<Option<Arc<WakeQueue>>>,
    pub(super) ready: Mutex<VecDeque<Entry>>,
    pub(super) timers: Mutex<Timers>,
    pub(super) stopping: AtomicBool,
    pub(super) closed: AtomicBool,
    pub(super) debug: AtomicBool,
    /// No subclass has a `call_soon` of its own, which tasks would have to go through.
    pub(super) own_call_soon: AtomicBool,
    pub(super) has_task_factory: AtomicBool,
    /// `time` is the clock's: no subclass or test tool replaced it.
    pub(super) own_time: AtomicBool,
    pub(super) own_call_at: AtomicBool,
    pub(super) turns_without_os: AtomicU32,
}

impl fmt::Debug for EventLoopCore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventLoopCore")
    }
}

impl Constructor for EventLoopCore {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self {
            driver: Mutex::default(),
            wakes: Mutex::default(),
            ready: Mutex::default(),
            timers: Mutex::default(),
            stopping: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            debug: AtomicBool::new(false),
            own_call_soon: AtomicBool::new(false),
            has_task_factory: AtomicBool::new(false),
            own_time: AtomicBool::new(true),
            own_call_at: AtomicBool::new(true),
            turns_without_os: AtomicU32::new(0),
        })
    }
}

impl EventLoopCore {
    pub(crate) fn debug(&self) -> bool {
        self.debug.load(Ordering::Relaxed)
    }

    pub(crate) fn has_own_call_soon(&self) -> bool {
        self.own_call_soon.load(Ordering::Relaxed)
    }

    /// The driver; a new one in a child that inherited the loop through `fork`.
    fn own_driver(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<Arc<Driver>> {
        let closed = || vm.new_runtime_error("Event loop is closed");
        let driver = zelf.driver.lock().clone().ok_or_else(closed)?;
        if driver.is_ours() {
            return Ok(driver);
        }
        let selector = zelf.as_object().get_attr("_selector", vm)?;
        let fileno = vm
            .call_method(&selector, "fileno", ())?
            .try_into_value(vm)?;
        Self::_attach(zelf, fileno, vm)?;
        zelf.driver.lock().clone().ok_or_else(closed)
    }
}

#[pyclass(with(Constructor), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl EventLoopCore {
    /// Starts watching the selector's descriptor; called once, by the constructor.
    #[pymethod]
    fn _attach(zelf: &Py<Self>, selector: i32, vm: &VirtualMachine) -> PyResult<()> {
        // SAFETY: the selector of this very loop, open while it is constructed.
        let selector = unsafe { BorrowedFd::borrow_raw(selector) };
        let driver = Driver::new(selector).map_err(|error| {
            vm.new_os_error(format!("could not create the event loop: {error}"))
        })?;
        zelf.own_call_soon
            .store(Self::is_own(zelf, "call_soon", vm), Ordering::Relaxed);
        zelf.own_call_at
            .store(Self::is_own(zelf, "call_at", vm), Ordering::Relaxed);
        Self::note_clock(zelf, vm);
        *zelf.wakes.lock() = Some(driver.wakes().clone());
        *zelf.driver.lock() = Some(Arc::new(driver));
        Ok(())
    }

    /// Drops the runtime, and every callback that is still queued.
    #[pymethod]
    fn _detach(zelf: &Py<Self>) {
        zelf.closed.store(true, Ordering::Relaxed);
        let driver = zelf.driver.lock().take();
        let ready = std::mem::take(&mut *zelf.ready.lock());
        let timers = std::mem::take(&mut *zelf.timers.lock());
        if let Some(driver) = &driver {
            driver.wakes().take().for_each(drop);
        }
        drop((driver, ready, timers));
    }

    /// Seconds of the loop's monotonic clock.
    #[pymethod]
    fn time(_zelf: &Py<Self>) -> f64 {
        now()
    }

    /// call_soon(callback, *args, context=None): call it in the next iteration.
    #[pymethod]
    fn call_soon(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
        if zelf.debug() {
            vm.call_method(zelf.as_object(), "_check_thread", ())?;
        }
        Self::push_ready(zelf, "call_soon", Kind::Soon, args, vm)
    }

    /// call_soon, from any thread.
    #[pymethod]
    fn call_soon_threadsafe(
        zelf: &Py<Self>,
        args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyObjectRef> {
        let kind = Kind::SoonThreadsafe(ReentrantMutex::default());
        let handle = Self::push_ready(zelf, "call_soon_threadsafe", kind, args, vm)?;
        zelf.poke();
        Ok(handle)
    }

    /// call_later(delay, callback, *args, context=None): call it after `delay` seconds.
    #[pymethod]
    fn call_later(
        zelf: &Py<Self>,
        mut args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyObjectRef> {
        let delay = take_seconds(&mut args, "delay must not be None", vm)?;
        let when = Self::now(zelf, vm)? + delay;
        if !zelf.own_call_at.load(Ordering::Relaxed) {
            args.prepend_arg(vm.ctx.new_float(when).into());
            return vm.call_method(zelf.as_object(), "call_at", args);
        }
        Self::push_timer(zelf, when, args, vm)
    }

    /// call_at(when, callback, *args, context=None): call it when the loop's time is `when`.
    #[pymethod]
    fn call_at(zelf: &Py<Self>, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
        let when = take_seconds(&mut args, "when cannot be None", vm)?;
        Self::push_timer(zelf, when, args, vm)
    }

    #[pymethod]
    fn _timer_handle_cancelled(
        zelf: &Py<Self>,
        _handle: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        Self::note_timer_cancelled(zelf.as_object(), vm)
    }

    /// create_task(coro, *, name=None, context=None, eager_start=None): schedule a coroutine.
    #[pymethod]
    fn create_task(zelf: PyRef<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        if args.args.len() != 1 || !zelf.makes_plain_tasks(vm)? {
            return vm.call_method(zelf.as_object(), "_create_task_in_python", args);
        }
        zelf.check_open(vm)?;
        let start = Start::from_args(args, vm)?;
        Ok(Task::spawn(zelf.into(), start, vm)?.into())
    }

    /// create_future(): a Future of this loop.
    #[pymethod]
    fn create_future(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Future>> {
        Future::on_loop(LoopRef::from(PyObjectRef::from(zelf)), vm)
    }

    #[pymethod]
    fn _set_has_task_factory(zelf: &Py<Self>, has_one: bool) {
        zelf.has_task_factory.store(has_one, Ordering::Relaxed);
    }

    /// Queues an asyncio.Handle that the selector's code made.
    #[pymethod]
    fn _add_callback(zelf: &Py<Self>, handle: PyObjectRef) {
        zelf.ready.lock().push_back(Entry::Python(handle));
    }

    /// Gets the loop out of its wait. From any thread.
    #[pymethod]
    fn _poke(zelf: &Py<Self>) {
        zelf.poke();
    }

    /// Whether debug mode is on.
    #[pymethod]
    fn get_debug(zelf: &Py<Self>) -> bool {
        zelf.debug()
    }

    #[pymethod]
    fn _set_debug(zelf: &Py<Self>, debug: bool) {
        zelf.debug.store(debug, Ordering::Relaxed);
    }

    #[pymethod]
    fn _set_stopping(zelf: &Py<Self>) {
        zelf.stopping.store(true, Ordering::Relaxed);
    }

    /// Runs until `_set_stopping()`, or until an exception gets out of a callback; one iteration
    /// only, if `stopping`.
    #[pymethod]
    fn _run(zelf: PyRef<Self>, stopping: bool, vm: &VirtualMachine) -> PyResult<()> {
        // Also forgets a stop() of an earlier run that ended with an exception.
        zelf.stopping.store(stopping, Ordering::Relaxed);
        // asyncio looks at the OS in the first iteration of each run.
        zelf.turns_without_os.store(0, Ordering::Relaxed);
        Self::note_clock(&zelf, vm);
        let driver = Self::own_driver(&zelf, vm)?;
        let context = driver.context();
        // Entered for the whole run: every future that is polled in it needs the runtime.
        let _entered = context.handle.enter();
        let _running = RunningLoop::enter(context.clone());
        loop {
            Self::iterate(&zelf, &driver, vm)?;
            if zelf.stopping.swap(false, Ordering::Relaxed) {
                return Ok(());
            }
        }
    }
}

impl EventLoopCore {
    /// Whether a coroutine becomes a Task of ours: there is no task factory, and
    /// `asyncio.tasks.Task` is what it was when asyncio was imported.
    pub(crate) fn makes_plain_tasks(&self, vm: &VirtualMachine) -> PyResult<bool> {
        if self.has_task_factory.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let class = attribute("asyncio.tasks", "Task", vm)?;
        Ok(class.is(Task::static_type()))
    }

    fn poke(&self) {
        // Not the driver's own lock: a closing loop may hold that for long.
        if let Some(wakes) = &*self.wakes.lock() {
            wakes.poke();
        }
    }
}

fn take_seconds(args: &mut FuncArgs, refusal: &str, vm: &VirtualMachine) -> PyResult<f64> {
    let name = refusal.split(' ').next().unwrap_or_default();
    match args.take_positional_keyword(name) {
        Some(value) if !vm.is_none(&value) => Ok(value.try_float(vm)?.to_f64()),
        _ => Err(vm.new_type_error(refusal.to_owned())),
    }
}
