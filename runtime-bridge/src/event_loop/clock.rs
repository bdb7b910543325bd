//! The loop's clock, and what a subclass or a test tool put in place of ours.

use std::sync::atomic::Ordering;

use rustpython_vm::class::StaticType as _;
use rustpython_vm::{AsObject as _, Py, PyResult, VirtualMachine};

use super::core::EventLoopCore;

impl EventLoopCore {
    /// The loop's time in seconds.
    pub(super) fn now(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<f64> {
        if zelf.own_time.load(Ordering::Relaxed) {
            return Ok(now());
        }
        let time = vm.call_method(zelf.as_object(), "time", ())?;
        Ok(time.try_float(vm)?.to_f64())
    }

    /// Whether no subclass replaced the method.
    pub(super) fn is_own(zelf: &Py<Self>, method: &'static str, vm: &VirtualMachine) -> bool {
        let name = vm.ctx.intern_str(method);
        let base = Self::static_type().get_attr(name);
        let own = zelf.class().get_attr(name);
        own.zip(base).is_some_and(|(own, base)| own.is(&base))
    }

    /// Finds out whose clock the timers go by.
    pub(super) fn note_clock(zelf: &Py<Self>, vm: &VirtualMachine) {
        let patched = zelf
            .as_object()
            .dict()
            .is_some_and(|dict| dict.contains_key("time", vm));
        let own = !patched && Self::is_own(zelf, "time", vm);
        zelf.own_time.store(own, Ordering::Relaxed);
    }
}

/// The clock of `time.monotonic()`, in seconds.
pub(super) fn now() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: a valid timespec, and a clock that every supported system has.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
