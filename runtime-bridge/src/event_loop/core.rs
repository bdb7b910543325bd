//! The loop itself.

use std::collections::VecDeque;
use std::fmt;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, ReentrantMutex};
use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::PyType, class::StaticType as _, function::FuncArgs, pyclass, types::Constructor,
};

use super::driver::{Driver, Wait};
use super::entry::Entry;
use super::handle::{Call, Handle, Kind};
use super::timers::Timers;
use crate::asyncio::{ContextRef, Future, LoopRef, Ready, Start, Task, attribute};
use crate::contextvars;
use crate::runtime::RunningLoop;
use crate::waiter::Waiter;
use crate::wake::WakeQueue;

/// While callbacks are queued the OS is looked at only every so many iterations.
const OS_INTERVAL: u32 = 16;
/// asyncio's MAXIMUM_SELECT_TIMEOUT, in seconds.
const LONGEST_WAIT: f64 = 24.0 * 3600.0;
/// Timers that are due within the clock's resolution are due now (seconds).
const CLOCK_RESOLUTION: f64 = 1e-9;

/// Base class of Tauraro's event loop: everything that is done once for each callback.
///
/// Mixed in before asyncio's selector loop, whose Python code does the rest.
#[pyclass(module = "_runtime_bridge", name = "EventLoopCore")]
#[derive(PyPayload)]
pub struct EventLoopCore {
    driver: Mutex<Option<Arc<Driver>>>,
    wakes: Mutex<Option<Arc<WakeQueue>>>,
    ready: Mutex<VecDeque<Entry>>,
    timers: Mutex<Timers>,
    stopping: AtomicBool,
    closed: AtomicBool,
    debug: AtomicBool,
    /// No subclass has a `call_soon` of its own, which tasks would have to go through.
    own_call_soon: AtomicBool,
    has_task_factory: AtomicBool,
    /// `time` is the clock's: no subclass or test tool replaced it.
    own_time: AtomicBool,
    own_call_at: AtomicBool,
    turns_without_os: AtomicU32,
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

    /// Queues what a future or a task has to do.
    pub(crate) fn push(&self, ready: Ready, vm: &VirtualMachine) -> PyResult<()> {
        self.check_open(vm)?;
        self.ready.lock().push_back(Entry::Ready(ready));
        Ok(())
    }

    /// The loop's time in seconds.
    fn now(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<f64> {
        if zelf.own_time.load(Ordering::Relaxed) {
            return Ok(now());
        }
        let time = vm.call_method(zelf.as_object(), "time", ())?;
        Ok(time.try_float(vm)?.to_f64())
    }

    fn check_open(&self, vm: &VirtualMachine) -> PyResult<()> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(vm.new_runtime_error("Event loop is closed"));
        }
        Ok(())
    }

    fn make_handle(
        zelf: &Py<Self>,
        kind: Kind,
        mut args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Handle>> {
        let context = args.take_keyword("context").filter(|it| !vm.is_none(it));
        let Some(callback) = args.take_positional_keyword("callback") else {
            return Err(vm.new_type_error("missing a required argument: 'callback'"));
        };
        if let Some(name) = args.kwargs.keys().next() {
            let message = format!("got an unexpected keyword argument '{name}'");
            return Err(vm.new_type_error(message));
        }
        let call = Call {
            callback,
            args: args.args,
            context: context.unwrap_or_else(|| contextvars::copy_current(vm).into()),
        };
        Ok(Handle::new(call, kind, zelf.to_owned().into(), vm))
    }

    /// In debug mode, an `asyncio.Handle`, which remembers where it was made.
    fn make_debug_handle(
        zelf: &Py<Self>,
        name: &str,
        when: Option<f64>,
        mut args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult {
        args.prepend_arg(when.map_or_else(|| vm.ctx.none(), |it| vm.ctx.new_float(it).into()));
        args.prepend_arg(vm.ctx.new_str(name).into());
        vm.call_method(zelf.as_object(), "_debug_handle", args)
    }

    fn push_ready(
        zelf: &Py<Self>,
        name: &str,
        kind: Kind,
        args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyObjectRef> {
        zelf.check_open(vm)?;
        let (entry, handle) = if zelf.debug() {
            let handle = Self::make_debug_handle(zelf, name, None, args, vm)?;
            (Entry::Python(handle.clone()), handle)
        } else {
            let handle = Self::make_handle(zelf, kind, args, vm)?;
            (Entry::Native(handle.clone()), handle.into())
        };
        zelf.ready.lock().push_back(entry);
        Ok(handle)
    }

    fn push_timer(
        zelf: &Py<Self>,
        when: f64,
        args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyObjectRef> {
        zelf.check_open(vm)?;
        // Not a number is no time to wait for.
        let when = if when.is_nan() { now() } else { when };
        let (entry, handle) = if zelf.debug() {
            vm.call_method(zelf.as_object(), "_check_thread", ())?;
            let handle = Self::make_debug_handle(zelf, "call_at", Some(when), args, vm)?;
            (Entry::Python(handle.clone()), handle)
        } else {
            let handle = Self::make_handle(zelf, Kind::At(when), args, vm)?;
            (Entry::Native(handle.clone()), handle.into())
        };
        zelf.timers.lock().push(when, entry);
        Ok(handle)
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

    /// How long the next wait may last.
    fn next_wait(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<Wait> {
        let due = zelf.next_due(vm)?;
        if zelf.stopping.load(Ordering::Relaxed) || !zelf.ready.lock().is_empty() {
            return Ok(Wait::Poll);
        }
        let Some(due) = due else {
            return Ok(Wait::Forever);
        };
        let left = due - Self::now(zelf, vm)?;
        if left <= CLOCK_RESOLUTION {
            return Ok(Wait::Poll);
        }
        let left = left.min(LONGEST_WAIT);
        Ok(Duration::try_from_secs_f64(left).map_or(Wait::Poll, Wait::For))
    }

    fn next_due(&self, vm: &VirtualMachine) -> PyResult<Option<f64>> {
        loop {
            let mut dead = Vec::new();
            let due = self.timers.lock().next_due(&mut dead, vm)?;
            if dead.is_empty() {
                return Ok(due);
            }
            // What they owned may set new timers while it is dropped: look again.
            drop(dead);
        }
    }

    /// Looks at the OS, unless callbacks are queued and it was looked at lately. True when the
    /// Python selector has events.
    fn poll_os(zelf: &Py<Self>, driver: &Driver, vm: &VirtualMachine) -> PyResult<bool> {
        let wait = Self::next_wait(zelf, vm)?;
        let busy = matches!(wait, Wait::Poll) || driver.wakes().has_work();
        if busy && !zelf.stopping.load(Ordering::Relaxed) {
            let turn = zelf.turns_without_os.fetch_add(1, Ordering::Relaxed);
            if !turn.is_multiple_of(OS_INTERVAL) {
                return Ok(false);
            }
        }
        Ok(driver.turn(&wait, vm))
    }

    fn resume_woken(&self, driver: &Driver, vm: &VirtualMachine) -> PyResult<()> {
        let mut woken = driver.wakes().take();
        while let Some(waiter) = woken.next() {
            if let Err(exception) = Waiter::fire(&waiter, vm) {
                // The loop ends here (KeyboardInterrupt, SystemExit); the rest must not be lost.
                let rest: Vec<_> = woken.collect();
                for waiter in rest {
                    self.requeue(waiter, vm);
                }
                return Err(exception);
            }
        }
        Ok(())
    }

    fn requeue(&self, waiter: PyRef<Waiter>, vm: &VirtualMachine) {
        let fire = vm.new_function("fire", move |_waiter: PyObjectRef, vm: &VirtualMachine| {
            Waiter::fire(&waiter, vm)
        });
        let ready = Ready::Done {
            function: fire.into(),
            context: ContextRef::Native(contextvars::copy_current(vm)),
            future: vm.ctx.none(),
        };
        self.ready.lock().push_back(Entry::Ready(ready));
    }

    fn queue_due_timers(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        if zelf.next_due(vm)?.is_none() {
            return Ok(());
        }
        let end = Self::now(zelf, vm)? + CLOCK_RESOLUTION;
        loop {
            let mut dead = Vec::new();
            let entry = zelf.timers.lock().pop_due(end, &mut dead, vm)?;
            drop(dead);
            let Some(entry) = entry else { return Ok(()) };
            entry.set_due(vm)?;
            zelf.ready.lock().push_back(entry);
        }
    }

    /// Runs what is queued now; what those callbacks queue waits for the next iteration.
    fn run_ready(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let count = zelf.ready.lock().len();
        let debug = zelf.debug();
        for _ in 0..count {
            let Some(entry) = zelf.ready.lock().pop_front() else {
                break;
            };
            if debug {
                Self::run_timed(zelf, &entry, vm)?;
            } else {
                entry.run(zelf.as_object(), vm)?;
            }
        }
        Ok(())
    }

    fn run_timed(zelf: &Py<Self>, entry: &Entry, vm: &VirtualMachine) -> PyResult<()> {
        let event_loop = zelf.as_object();
        let started = now();
        event_loop.set_attr("_current_handle", entry.handle(event_loop, vm), vm)?;
        let result = entry.run(event_loop, vm);
        event_loop.set_attr("_current_handle", vm.ctx.none(), vm)?;
        result?;
        let seconds = vm.ctx.new_float(now() - started);
        let handle = entry.handle(event_loop, vm);
        vm.call_method(event_loop, "_report_slow_callback", (handle, seconds))?;
        Ok(())
    }

    fn process_selector(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let zelf = zelf.as_object();
        let selector = zelf.get_attr("_selector", vm)?;
        let events = vm.call_method(&selector, "select", (vm.ctx.new_float(0.0),))?;
        vm.call_method(zelf, "_process_events", (events,))?;
        Ok(())
    }

    /// Sweeps out cancelled timers once they are many.
    pub(super) fn note_timer_cancelled(event_loop: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
        if let Some(zelf) = event_loop.downcast_ref::<Self>() {
            let dead = zelf.timers.lock().note_cancelled(vm)?;
            // Outside the lock: what a handle owns may run Python code.
            drop(dead);
        }
        Ok(())
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
        let has_factory = zelf.has_task_factory.load(Ordering::Relaxed);
        if has_factory || args.args.len() != 1 || !is_task_class_ours(vm)? {
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
        let _running = RunningLoop::enter(driver.context());
        loop {
            vm.check_signals()?;
            if Self::poll_os(&zelf, &driver, vm)? {
                Self::process_selector(&zelf, vm)?;
            }
            vm.check_signals()?;
            zelf.resume_woken(&driver, vm)?;
            Self::queue_due_timers(&zelf, vm)?;
            Self::run_ready(&zelf, vm)?;
            if zelf.stopping.swap(false, Ordering::Relaxed) {
                return Ok(());
            }
        }
    }
}

impl EventLoopCore {
    /// Whether no subclass replaced the method.
    fn is_own(zelf: &Py<Self>, method: &'static str, vm: &VirtualMachine) -> bool {
        let name = vm.ctx.intern_str(method);
        let base = Self::static_type().get_attr(name);
        let own = zelf.class().get_attr(name);
        own.zip(base).is_some_and(|(own, base)| own.is(&base))
    }

    /// Finds out whose clock the timers go by.
    fn note_clock(zelf: &Py<Self>, vm: &VirtualMachine) {
        let patched = zelf
            .as_object()
            .dict()
            .is_some_and(|dict| dict.contains_key("time", vm));
        let own = !patched && Self::is_own(zelf, "time", vm);
        zelf.own_time.store(own, Ordering::Relaxed);
    }

    fn poke(&self) {
        // Not the driver's own lock: a closing loop may hold that for long.
        if let Some(wakes) = &*self.wakes.lock() {
            wakes.poke();
        }
    }
}

/// Whether `asyncio.tasks.Task` is what it was when asyncio was imported.
fn is_task_class_ours(vm: &VirtualMachine) -> PyResult<bool> {
    let class = attribute("asyncio.tasks", "Task", vm)?;
    Ok(class.is(Task::static_type()))
}

fn take_seconds(args: &mut FuncArgs, refusal: &str, vm: &VirtualMachine) -> PyResult<f64> {
    let name = refusal.split(' ').next().unwrap_or_default();
    match args.take_positional_keyword(name) {
        Some(value) if !vm.is_none(&value) => Ok(value.try_float(vm)?.to_f64()),
        _ => Err(vm.new_type_error(refusal.to_owned())),
    }
}

/// The clock of `time.monotonic()`, in seconds.
fn now() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: a valid timespec, and a clock that every supported system has.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
