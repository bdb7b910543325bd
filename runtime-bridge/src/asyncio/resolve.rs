//! How a future ends, and who is told.

use std::sync::atomic::Ordering;

use rustpython_vm::builtins::{PyBaseExceptionRef, PyDictRef};
use rustpython_vm::{AsObject as _, Py, PyObject, PyObjectRef, PyResult, VirtualMachine};

use super::errors::{cancelled_error, invalid_state};
use super::future::Future;
use super::outcome::{Callback, Outcome};
use super::ready::{LoopRef, Ready};

impl Future {
    pub(super) fn event_loop(&self, vm: &VirtualMachine) -> PyResult<LoopRef> {
        let event_loop = self.core.lock().event_loop.clone();
        event_loop.ok_or_else(|| vm.new_runtime_error("Future object is not initialized."))
    }

    pub(super) fn is_of(&self, event_loop: &PyObject) -> bool {
        let core = self.core.lock();
        core.event_loop
            .as_ref()
            .is_some_and(|it| it.as_object().is(event_loop))
    }

    pub(super) fn is_pending(&self) -> bool {
        self.core.lock().outcome.is_pending()
    }

    pub(super) fn outcome(&self) -> Outcome {
        self.core.lock().outcome.clone()
    }

    /// Returns what it was.
    pub(super) fn set_blocking(&self, blocking: bool) -> bool {
        self.blocking.swap(blocking, Ordering::Relaxed)
    }

    pub(super) fn is_blocking(&self) -> bool {
        self.blocking.load(Ordering::Relaxed)
    }

    /// Nobody has to be told of the exception any more.
    pub(super) fn set_retrieved(&self) {
        self.unretrieved.store(false, Ordering::Relaxed);
    }

    pub(super) fn has_unretrieved(&self) -> bool {
        self.unretrieved.load(Ordering::Relaxed)
    }

    /// The result; raises the exception, or that there is none of both yet.
    pub(super) fn take_result(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        match zelf.outcome() {
            Outcome::Value(value) => Ok(value),
            Outcome::Exception(exception, traceback) => {
                zelf.set_retrieved();
                exception.set_traceback(traceback);
                Err(exception)
            }
            Outcome::Cancelled => Err(zelf.make_cancelled_error(vm)),
            Outcome::Pending => Err(invalid_state("Result is not ready.", vm)),
        }
    }

    /// The CancelledError to raise: the one that ended the task, the first time.
    pub(super) fn make_cancelled_error(&self, vm: &VirtualMachine) -> PyBaseExceptionRef {
        let (kept, message) = {
            let mut core = self.core.lock();
            (core.cancelled_error.take(), core.cancel_message.clone())
        };
        kept.unwrap_or_else(|| cancelled_error(message, vm))
    }

    /// Ends a pending future, and schedules its callbacks. False if it was over already.
    pub(super) fn finish(zelf: &Py<Self>, outcome: Outcome, vm: &VirtualMachine) -> PyResult<bool> {
        let failed = matches!(outcome, Outcome::Exception(..));
        let (event_loop, callbacks) = {
            let mut core = zelf.core.lock();
            if !core.outcome.is_pending() {
                return Ok(false);
            }
            core.outcome = outcome;
            (core.event_loop.clone(), core.callbacks.take())
        };
        if failed {
            zelf.unretrieved.store(true, Ordering::Relaxed);
        }
        let event_loop =
            event_loop.ok_or_else(|| vm.new_runtime_error("Future object is not initialized."))?;
        for callback in callbacks {
            event_loop.push(Ready::done(callback, zelf.to_owned().into()), vm)?;
        }
        Ok(true)
    }

    pub(super) fn finish_pending(
        zelf: &Py<Self>,
        outcome: Outcome,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        if Self::finish(zelf, outcome, vm)? {
            return Ok(());
        }
        Self::check_pending(zelf, vm)
    }

    pub(super) fn check_pending(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        zelf.event_loop(vm)?;
        if zelf.is_pending() {
            return Ok(());
        }
        let state = zelf.core.lock().outcome.name();
        let text = format!("{state}: {}", zelf.as_object().repr(vm)?);
        Err(invalid_state(&text, vm))
    }

    /// Cancels a pending future. False if it was over already.
    pub(super) fn cancel_with(
        zelf: &Py<Self>,
        message: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<bool> {
        zelf.set_retrieved();
        let old = {
            let mut core = zelf.core.lock();
            if !core.outcome.is_pending() {
                return Ok(false);
            }
            std::mem::replace(&mut core.cancel_message, message)
        };
        drop(old);
        Self::finish(zelf, Outcome::Cancelled, vm)
    }

    /// Calls `callback` once the future is done; soon, if it is done already.
    pub(super) fn when_done(
        zelf: &Py<Self>,
        callback: Callback,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let event_loop = {
            let mut core = zelf.core.lock();
            if core.outcome.is_pending() {
                core.callbacks.add(callback);
                return Ok(());
            }
            core.event_loop.clone()
        };
        match event_loop {
            Some(event_loop) => event_loop.push(Ready::done(callback, zelf.to_owned().into()), vm),
            None => Err(vm.new_runtime_error("Future object is not initialized.")),
        }
    }

    fn report(zelf: &Py<Self>, exception: PyBaseExceptionRef, vm: &VirtualMachine) -> PyResult<()> {
        let message = format!("{} exception was never retrieved", zelf.class().name());
        let report = vm.ctx.new_dict();
        report.set_item("message", vm.ctx.new_str(message).into(), vm)?;
        report.set_item("exception", exception.into(), vm)?;
        report.set_item("future", zelf.to_owned().into(), vm)?;
        Self::send_report(zelf, report, vm)
    }

    /// Adds where the future was made, if that is known, and tells the loop.
    pub(super) fn send_report(
        zelf: &Py<Self>,
        report: PyDictRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let source = zelf.core.lock().source_traceback.clone();
        if let Some(source) = source {
            report.set_item("source_traceback", source, vm)?;
        }
        let event_loop = zelf.event_loop(vm)?;
        vm.call_method(event_loop.as_object(), "call_exception_handler", (report,))?;
        Ok(())
    }

    /// What the finalizer of a future does.
    pub(super) fn report_unretrieved(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        if !zelf.unretrieved.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        match zelf.outcome() {
            Outcome::Exception(exception, _) => Self::report(zelf, exception, vm),
            _ => Ok(()),
        }
    }

    /// Gives callbacks back that were taken out for a moment, before any that came meanwhile.
    pub(super) fn put_back(
        zelf: &Py<Self>,
        kept: Vec<Callback>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let newer: Vec<_> = {
            let mut core = zelf.core.lock();
            if core.outcome.is_pending() {
                let newer: Vec<_> = core.callbacks.take().collect();
                for callback in kept.into_iter().chain(newer) {
                    core.callbacks.add(callback);
                }
                return Ok(());
            }
            kept
        };
        newer
            .into_iter()
            .try_for_each(|callback| Self::when_done(zelf, callback, vm))
    }
}
