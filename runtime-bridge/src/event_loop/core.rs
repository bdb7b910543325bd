//! The loop itself.

use std::collections::VecDeque;
use std::fmt;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::PyType, function::FuncArgs, pyclass, types::Constructor,
};

use super::driver::{Driver, Wait};
use super::handle::{Call, Handle};
use super::timers::Timers;
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
    ready: Mutex<VecDeque<Ready>>,
    timers: Mutex<Timers>,
    stopping: AtomicBool,
    closed: AtomicBool,
    debug: AtomicBool,
    turns_without_os: AtomicU32,
}

/// An entry of the ready queue.
enum Ready {
    /// Of `call_soon` and its kin.
    Native(PyRef<Handle>),
    /// An `asyncio.Handle` that the selector's Python code made.
    Python(PyObjectRef),
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
            turns_without_os: AtomicU32::new(0),
        })
    }
}

impl EventLoopCore {
    fn make_handle(
        zelf: &Py<Self>,
        when: Option<f64>,
        mut args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Handle>> {
        if zelf.closed.load(Ordering::Relaxed) {
            return Err(vm.new_runtime_error("Event loop is closed"));
        }
        let context = args.take_keyword("context").filter(|it| !vm.is_none(it));
        if let Some(name) = args.kwargs.keys().next() {
            let message = format!("got an unexpected keyword argument '{name}'");
            return Err(vm.new_type_error(message));
        }
        let mut args = args.args.into_iter();
        let Some(callback) = args.next() else {
            return Err(vm.new_type_error("missing a required argument: 'callback'"));
        };
        if zelf.debug.load(Ordering::Relaxed) {
            let name = if when.is_some() {
                "call_at"
            } else {
                "call_soon"
            };
            vm.call_method(
                zelf.as_object(),
                "_check_callback",
                (callback.clone(), name),
            )?;
        }
        let context = match context {
            Some(context) => Some(context),
            None if enters_its_own_context(&callback) => None,
            None => Some(copy_context(vm)?),
        };
        let call = Call {
            callback,
            args: args.collect(),
            context,
        };
        Ok(Handle::new(call, when, zelf.to_owned().into(), vm))
    }

    fn push_ready(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<PyRef<Handle>> {
        let handle = Self::make_handle(zelf, None, args, vm)?;
        zelf.ready.lock().push_back(Ready::Native(handle.clone()));
        Ok(handle)
    }

    fn push_timer(
        zelf: &Py<Self>,
        when: f64,
        args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Handle>> {
        Self::check_thread(zelf, vm)?;
        // Not a number is no time to wait for.
        let when = if when.is_nan() { now() } else { when };
        let handle = Self::make_handle(zelf, Some(when), args, vm)?;
        zelf.timers.lock().push(when, handle.clone());
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
    fn next_wait(&self) -> Wait {
        let due = self.next_due();
        if self.stopping.load(Ordering::Relaxed) || !self.ready.lock().is_empty() {
            return Wait::Poll;
        }
        let Some(due) = due else {
            return Wait::Forever;
        };
        let left = due - now();
        if left <= CLOCK_RESOLUTION {
            return Wait::Poll;
        }
        let left = left.min(LONGEST_WAIT);
        Duration::try_from_secs_f64(left).map_or(Wait::Poll, Wait::For)
    }

    fn next_due(&self) -> Option<f64> {
        loop {
            let mut dead = Vec::new();
            let due = self.timers.lock().next_due(&mut dead);
            if dead.is_empty() {
                return due;
            }
            // What they owned may set new timers while it is dropped: look again.
            drop(dead);
        }
    }

    /// Looks at the OS, unless callbacks are queued and it was looked at lately. True when the
    /// Python selector has events.
    fn poll_os(&self, driver: &Driver, vm: &VirtualMachine) -> bool {
        let wait = self.next_wait();
        let busy = matches!(wait, Wait::Poll) || driver.wakes().has_work();
        if busy && !self.stopping.load(Ordering::Relaxed) {
            let turn = self.turns_without_os.fetch_add(1, Ordering::Relaxed);
            if !turn.is_multiple_of(OS_INTERVAL) {
                return false;
            }
        }
        driver.turn(&wait, vm)
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
        let fire = vm.new_function("fire", move |vm: &VirtualMachine| Waiter::fire(&waiter, vm));
        let call = Call {
            callback: fire.into(),
            args: Vec::new(),
            context: None,
        };
        let handle = Handle::new(call, None, vm.ctx.none(), vm);
        self.ready.lock().push_back(Ready::Native(handle));
    }

    fn queue_due_timers(&self) {
        let mut dead = Vec::new();
        let mut timers = self.timers.lock();
        if timers.next_due(&mut dead).is_some() {
            let end = now() + CLOCK_RESOLUTION;
            let mut ready = self.ready.lock();
            while let Some(handle) = timers.pop_due(end, &mut dead) {
                handle.set_due();
                ready.push_back(Ready::Native(handle));
            }
        }
        drop(timers);
        drop(dead);
    }

    /// Runs what is queued now; what those callbacks queue waits for the next iteration.
    fn run_ready(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let count = zelf.ready.lock().len();
        let debug = zelf.debug.load(Ordering::Relaxed);
        for _ in 0..count {
            let Some(entry) = zelf.ready.lock().pop_front() else {
                break;
            };
            if debug {
                Self::run_timed(zelf, entry, vm)?;
            } else {
                entry.run(vm)?;
            }
        }
        Ok(())
    }

    fn run_timed(zelf: &Py<Self>, entry: Ready, vm: &VirtualMachine) -> PyResult<()> {
        let handle = entry.as_object();
        let started = now();
        match entry {
            Ready::Native(handle) if !handle.is_cancelled() => Handle::run_and_keep(&handle, vm)?,
            entry => entry.run(vm)?,
        }
        let seconds = vm.ctx.new_float(now() - started);
        vm.call_method(zelf.as_object(), "_report_slow_callback", (handle, seconds))?;
        Ok(())
    }

    fn process_selector(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let zelf = zelf.as_object();
        let selector = zelf.get_attr("_selector", vm)?;
        let events = vm.call_method(&selector, "select", (vm.ctx.new_float(0.0),))?;
        vm.call_method(zelf, "_process_events", (events,))?;
        Ok(())
    }

    /// In debug mode, refuses to be called from a thread that does not run the loop.
    fn check_thread(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        if zelf.debug.load(Ordering::Relaxed) {
            vm.call_method(zelf.as_object(), "_check_thread", ())?;
        }
        Ok(())
    }

    /// Sweeps out cancelled timers once they are many.
    pub(super) fn note_timer_cancelled(event_loop: &PyObject) {
        if let Some(zelf) = event_loop.downcast_ref::<Self>() {
            let dead = zelf.timers.lock().note_cancelled();
            // Outside the lock: what a handle owns may run Python code.
            drop(dead);
        }
    }
}

impl Ready {
    fn run(self, vm: &VirtualMachine) -> PyResult<()> {
        match self {
            Self::Native(handle) if handle.is_cancelled() => Ok(()),
            Self::Native(handle) => Handle::run(&handle, vm),
            Self::Python(handle) => {
                if handle.get_attr("_cancelled", vm)?.try_to_bool(vm)? {
                    return Ok(());
                }
                vm.call_method(&handle, "_run", ()).map(drop)
            }
        }
    }

    fn as_object(&self) -> PyObjectRef {
        match self {
            Self::Native(handle) => handle.clone().into(),
            Self::Python(handle) => handle.clone(),
        }
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
    fn call_soon(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<PyRef<Handle>> {
        Self::check_thread(zelf, vm)?;
        Self::push_ready(zelf, args, vm)
    }

    /// call_soon, from any thread.
    #[pymethod]
    fn call_soon_threadsafe(
        zelf: &Py<Self>,
        args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Handle>> {
        let handle = Self::push_ready(zelf, args, vm)?;
        zelf.poke();
        Ok(handle)
    }

    /// call_later(delay, callback, *args, context=None): call it after `delay` seconds.
    #[pymethod]
    fn call_later(
        zelf: &Py<Self>,
        mut args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Handle>> {
        let delay = take_seconds(&mut args, "delay", vm)?;
        Self::push_timer(zelf, now() + delay, args, vm)
    }

    /// call_at(when, callback, *args, context=None): call it when the loop's time is `when`.
    #[pymethod]
    fn call_at(
        zelf: &Py<Self>,
        mut args: FuncArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Handle>> {
        let when = take_seconds(&mut args, "when", vm)?;
        Self::push_timer(zelf, when, args, vm)
    }

    #[pymethod]
    fn _timer_handle_cancelled(zelf: &Py<Self>, _handle: PyObjectRef) {
        Self::note_timer_cancelled(zelf.as_object());
    }

    /// Queues an asyncio.Handle that the selector's code made.
    #[pymethod]
    fn _add_callback(zelf: &Py<Self>, handle: PyObjectRef) {
        zelf.ready.lock().push_back(Ready::Python(handle));
    }

    /// Gets the loop out of its wait. From any thread.
    #[pymethod]
    fn _poke(zelf: &Py<Self>) {
        zelf.poke();
    }

    /// Whether debug mode is on.
    ///
    /// Native for more than speed: the interpreter's Task asks each time that one is made, and
    /// ignores what the call raises. In Python code that could be the KeyboardInterrupt of a
    /// signal, which would be lost.
    #[pymethod]
    fn get_debug(zelf: &Py<Self>) -> bool {
        zelf.debug.load(Ordering::Relaxed)
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
        let driver = Self::own_driver(&zelf, vm)?;
        let _running = RunningLoop::enter(driver.context());
        loop {
            vm.check_signals()?;
            if zelf.poll_os(&driver, vm) {
                Self::process_selector(&zelf, vm)?;
            }
            vm.check_signals()?;
            zelf.resume_woken(&driver, vm)?;
            zelf.queue_due_timers();
            Self::run_ready(&zelf, vm)?;
            if zelf.stopping.swap(false, Ordering::Relaxed) {
                return Ok(());
            }
        }
    }
}

impl EventLoopCore {
    fn poke(&self) {
        // Not the driver's own lock: a closing loop may hold that for long.
        if let Some(wakes) = &*self.wakes.lock() {
            wakes.poke();
        }
    }
}

/// The interpreter's own task enters its context itself when it steps.
fn enters_its_own_context(callback: &PyObjectRef) -> bool {
    let class = callback.class();
    let name = class.name();
    *name == *"TaskStepMethWrapper" || *name == *"TaskWakeupMethWrapper"
}

fn copy_context(vm: &VirtualMachine) -> PyResult {
    vm.import("_contextvars", 0)?
        .get_attr("copy_context", vm)?
        .call((), vm)
}

fn take_seconds(args: &mut FuncArgs, name: &str, vm: &VirtualMachine) -> PyResult<f64> {
    match args.take_positional_keyword(name) {
        Some(value) if !vm.is_none(&value) => Ok(value.try_float(vm)?.to_f64()),
        _ => Err(vm.new_type_error(format!("{name} must not be None"))),
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
