//! Queueing callbacks and timers.

use rustpython_vm::function::FuncArgs;
use rustpython_vm::{AsObject as _, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};
use std::sync::atomic::Ordering;

use super::clock::now;
use super::core::EventLoopCore;
use super::entry::Entry;
use super::handle::{Call, Handle, Kind};
use crate::asyncio::Ready;
use crate::contextvars;

impl EventLoopCore {
    /// Queues what a future or a task has to do.
    pub(crate) fn push(&self, ready: Ready, vm: &VirtualMachine) -> PyResult<()> {
        self.check_open(vm)?;
        self.ready.lock().push_back(Entry::Ready(ready));
        Ok(())
    }

    pub(super) fn check_open(&self, vm: &VirtualMachine) -> PyResult<()> {
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

    pub(super) fn push_ready(
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

    pub(super) fn push_timer(
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
