//! One iteration of the loop: look at the OS, resume, queue what is due, call what is queued.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rustpython_vm::{AsObject as _, Py, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::clock::now;
use super::core::EventLoopCore;
use super::driver::{Driver, Wait};
use super::entry::Entry;
use crate::asyncio::{ContextRef, Ready};
use crate::contextvars;
use crate::waiter::Waiter;

/// While callbacks are queued the OS is looked at only every so many iterations.
const OS_INTERVAL: u32 = 16;
/// A queue that was longer than this gives back the memory that it does not need.
const KEPT_CAPACITY: usize = 1024;
/// asyncio's MAXIMUM_SELECT_TIMEOUT, in seconds.
const LONGEST_WAIT: f64 = 24.0 * 3600.0;
/// Timers that are due within the clock's resolution are due now (seconds).
const CLOCK_RESOLUTION: f64 = 1e-9;

impl EventLoopCore {
    /// Everything between two looks at the stop flag.
    pub(super) fn iterate(zelf: &Py<Self>, driver: &Driver, vm: &VirtualMachine) -> PyResult<()> {
        vm.check_signals()?;
        if Self::poll_os(zelf, driver, vm)? {
            Self::process_selector(zelf, vm)?;
        }
        vm.check_signals()?;
        zelf.resume_woken(driver, vm)?;
        Self::queue_due_timers(zelf, vm)?;
        Self::run_ready(zelf, vm)
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
        if count > KEPT_CAPACITY {
            let mut ready = zelf.ready.lock();
            let room = ready.len() * 2;
            ready.shrink_to(room);
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
}
