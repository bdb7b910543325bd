//! The outcome of an asyncio future, on its way to a Rust future.

use std::fmt;
use std::sync::Arc;
use std::task::Waker;

use parking_lot::Mutex;
use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, function::FuncArgs, pyclass,
    types::Callable,
};

use crate::homing::Homing;

/// What the callback leaves, and who is to be woken then.
#[derive(Default)]
pub(crate) struct Delivery(Mutex<State>);

#[derive(Default)]
struct State {
    outcome: Option<Homing<PyResult>>,
    waker: Option<Waker>,
    abandoned: bool,
}

impl Delivery {
    /// A delivery whose arrival wakes `waker`.
    pub(crate) fn to(waker: Waker) -> Arc<Self> {
        let delivery = Self::default();
        delivery.0.lock().waker = Some(waker);
        Arc::new(delivery)
    }

    /// Has the outcome of `future` delivered when it is done. Returns the callback.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        future: &PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult {
        let callback: PyObjectRef = DoneCallback(self.clone()).into_ref(&vm.ctx).into();
        vm.call_method(future, "add_done_callback", (callback.clone(),))?;
        Ok(callback)
    }

    pub(crate) fn has_arrived(&self) -> bool {
        self.0.lock().outcome.is_some()
    }

    /// The outcome; or `waker` is woken when it arrives.
    pub(crate) fn take(&self, waker: &Waker) -> Option<PyResult> {
        let mut state = self.0.lock();
        if state.outcome.is_none() {
            match &mut state.waker {
                Some(known) => known.clone_from(waker),
                None => state.waker = Some(waker.clone()),
            }
        }
        state.outcome.take().map(Homing::into_inner)
    }

    /// Nobody waits any more. What the future raises from here on is not retrieved, so that
    /// asyncio reports it.
    pub(crate) fn abandon(&self) {
        let mut state = self.0.lock();
        state.abandoned = true;
        let left = (state.outcome.take(), state.waker.take());
        drop(state);
        drop(left);
    }

    fn deliver(&self, future: &PyObjectRef, vm: &VirtualMachine) {
        if self.0.lock().abandoned {
            return;
        }
        let outcome = Homing::new(vm.call_method(future, "result", ()));
        let mut state = self.0.lock();
        let late = if state.abandoned {
            Some(outcome)
        } else {
            state.outcome.replace(outcome)
        };
        let waker = state.waker.take();
        drop(state);
        drop(late);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// What asyncio calls when the future is done.
#[pyclass(module = "_runtime_bridge", name = "DoneCallback")]
#[derive(PyPayload)]
pub(crate) struct DoneCallback(Arc<Delivery>);

impl fmt::Debug for DoneCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DoneCallback")
    }
}

#[pyclass(with(Callable), flags(DISALLOW_INSTANTIATION))]
impl DoneCallback {}

impl Callable for DoneCallback {
    type Args = FuncArgs;

    fn call(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let Some(future) = args.args.first() else {
            return Err(vm.new_type_error("a future is missing"));
        };
        zelf.0.deliver(future, vm);
        Ok(vm.ctx.none())
    }
}
