//! A Python awaitable awaited by a Rust future, as an asyncio task of its own.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rustpython_vm::{
    PyObjectRef, PyResult, VirtualMachine, builtins::PyCoroutine, function::FuncArgs,
    function::KwArgs,
};

use crate::coroutine::Coroutine;
use crate::from_python::delivery::Delivery;
use crate::homing::Home;
use crate::loops::{call_soon_threadsafe, is_running_here};

/// Starts an asyncio task that awaits `awaitable`, on the loop that runs in this thread; the
/// future waits for its result.
///
/// The task runs in a copy of the current context, as with `asyncio.create_task`. The future may be
/// polled anywhere: under `join!` and `select!`, by a task of the loop's runtime, or on another
/// thread. Dropped before its end, it cancels the task; what the task raises after that is reported
/// by asyncio. An awaitable that is an asyncio Future already is waited for, and cancelled, itself.
///
/// # Errors
///
/// `RuntimeError` if no loop runs in this thread, `TypeError` if the object is no awaitable. The
/// future fails with what the awaitable raises, with `CancelledError` if somebody cancelled the
/// task. A result that may be dropped where no Python code may run, by a task of a runtime for
/// example, is to be put into a [`Homing`](crate::Homing).
///
/// ```
/// use runtime_bridge::{Coroutine, await_as_task, with_vm};
/// use rustpython_vm::PyObjectRef;
///
/// /// Awaits both at the same time.
/// fn both(first: PyObjectRef, second: PyObjectRef) -> Coroutine {
///     Coroutine::new("both", async move {
///         let first = with_vm(|vm| await_as_task(first, vm))?;
///         let second = with_vm(|vm| await_as_task(second, vm))?;
///         let (first, second) = tokio::try_join!(first, second)?;
///         with_vm(|vm| Ok(vm.ctx.new_tuple(vec![first, second]).into()))
///     })
/// }
/// ```
pub fn await_as_task(awaitable: PyObjectRef, vm: &VirtualMachine) -> PyResult<AsTask> {
    let event_loop = vm.asyncio_running_loop.borrow().clone();
    let event_loop = event_loop.ok_or_else(|| vm.new_runtime_error("no running event loop"))?;
    let task = start(awaitable, &event_loop, vm)?;
    let delivery = Delivery::to(Waker::noop().clone());
    delivery.subscribe(&task, vm)?;
    Ok(AsTask {
        running: Some(Running { task, event_loop }),
        delivery,
        home: Home::here(),
    })
}

/// The future that [`await_as_task`] returns.
#[must_use = "dropping it cancels the task"]
pub struct AsTask {
    /// Until the result was taken.
    running: Option<Running>,
    delivery: Arc<Delivery>,
    home: Home,
}

struct Running {
    task: PyObjectRef,
    event_loop: PyObjectRef,
}

impl fmt::Debug for AsTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsTask")
    }
}

impl Future for AsTask {
    type Output = PyResult;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<PyResult> {
        let Some(result) = self.delivery.take(cx.waker()) else {
            return Poll::Pending;
        };
        let running = self.running.take();
        self.home.drop_at(running);
        Poll::Ready(result)
    }
}

impl AsTask {
    /// Cancels the task, whose end is still to be awaited. From where Python code may run.
    pub(crate) fn cancel(&self, vm: &VirtualMachine) {
        if let Some(running) = &self.running {
            running.cancel(vm);
        }
    }
}

impl Drop for AsTask {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else {
            return;
        };
        let is_done = self.delivery.has_arrived();
        self.delivery.abandon();
        if is_done {
            self.home.drop_at(running);
        } else {
            self.home.run(move |vm| running.cancel(vm));
        }
    }
}

impl Running {
    /// Also from a thread in which the loop does not run.
    fn cancel(&self, vm: &VirtualMachine) {
        let cancelled = self.task.get_attr("cancel", vm).and_then(|cancel| {
            if is_running_here(&self.event_loop, vm) {
                cancel.call((), vm).map(drop)
            } else {
                call_soon_threadsafe(&self.event_loop, (cancel,), vm)
            }
        });
        if let Err(exception) = cancelled {
            vm.run_unraisable(exception, None, self.task.clone());
        }
    }
}

fn start(awaitable: PyObjectRef, event_loop: &PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let is_coroutine = awaitable.downcast_ref::<PyCoroutine>().is_some()
        || awaitable.downcast_ref::<Coroutine>().is_some();
    if is_coroutine {
        return vm.call_method(event_loop, "create_task", (awaitable,));
    }
    let ensure_future = vm.import("asyncio", 0)?.get_attr("ensure_future", vm)?;
    let keywords = KwArgs::from_iter([("loop".to_owned(), event_loop.clone())]);
    ensure_future.call(FuncArgs::new(vec![awaitable], keywords), vm)
}
