//! A Python awaitable awaited by a Rust future, as part of the coroutine that owns the future.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rustpython_vm::vm::thread::attach_for_callback;
use rustpython_vm::{
    PyObjectRef, PyResult, VirtualMachine, builtins::PyBaseExceptionRef, protocol::PyIterReturn,
};

use crate::from_python::awaiting::{Awaiting, close_unawaited};
use crate::from_python::exchange::{Exchange, Resume, Stage};
use crate::from_python::place::Place;
use crate::from_python::watch::unblock;
use crate::homing::Home;
use crate::with_vm;

const OUTSIDE: &str = "a Python awaitable can be awaited in line only inside of a native \
    coroutine; elsewhere, await_as_task() it";
const UNDER_BLOCK_ON: &str = "a blocking call cannot await a Python awaitable: no event loop runs \
    while it blocks";
const MOVED: &str = "the in-line await was suspended in another native coroutine";
const TWO_AT_ONCE: &str = "another in-line await is suspended in this native coroutine: \
    of several at once, await_as_task() all but one";

/// Awaits a Python awaitable in a Rust future, as `await` does in a Python coroutine.
///
/// The future must be polled inside of the future of a [`Coroutine`](crate::Coroutine). What the
/// awaitable yields goes outwards to the asyncio task that awaits the coroutine, and what the task
/// sends or throws comes back to the awaitable. So its context variables,
/// `asyncio.current_task()`, timeouts and cancellation are what they would be had Python code
/// awaited it; an awaitable that finishes at once costs no turn of the loop. An exception thrown
/// into the coroutine, a cancellation above all, is thrown into the awaitable, which may clean up,
/// await meanwhile, suppress it or raise another one. The future's result is the awaitable's.
///
/// It may stand beside other Rust futures, under `select!` or a timeout. Dropped before its end, it
/// closes the awaitable: a Python coroutine sees `GeneratorExit`.
///
/// # Errors
///
/// What the awaitable raises; `TypeError` if it is none; and `RuntimeError` where it cannot work:
/// outside of a coroutine, under [`block_on`](crate::block_on), moved to another coroutine while
/// suspended, or polled while another in-line await of the same coroutine is suspended (under
/// `join!`): the task could not tell whom it resumes. [`await_as_task`](crate::await_as_task) is
/// for that.
///
/// # Panics
///
/// When it is polled on a thread that is attached to no interpreter.
///
/// ```
/// use runtime_bridge::{Coroutine, await_in_line, with_vm};
/// use rustpython_vm::PyObjectRef;
///
/// /// Awaits `hook(value)`, then returns the value.
/// fn pass_through(hook: PyObjectRef, value: PyObjectRef) -> Coroutine {
///     Coroutine::new("pass_through", async move {
///         let awaitable = with_vm(|vm| hook.call((value.clone(),), vm))?;
///         await_in_line(awaitable).await?;
///         Ok(value)
///     })
/// }
/// ```
pub fn await_in_line(awaitable: PyObjectRef) -> InLine {
    InLine {
        state: State::Unstarted(awaitable),
        home: Home::here(),
    }
}

/// The future that [`await_in_line`] returns.
#[must_use = "futures do nothing unless polled"]
pub struct InLine {
    state: State,
    home: Home,
}

enum State {
    Unstarted(PyObjectRef),
    /// Suspended elsewhere, and to be resumed with an exception.
    Detached(Awaiting, PyBaseExceptionRef),
    Started {
        awaiting: Awaiting,
        exchange: Arc<Exchange>,
    },
    Over,
}

impl fmt::Debug for InLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            State::Unstarted(_) => "InLine(unstarted)",
            State::Detached(..) | State::Started { .. } => "InLine(suspended)",
            State::Over => "InLine(over)",
        })
    }
}

impl Future for InLine {
    type Output = PyResult;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<PyResult> {
        let this = &mut *self;
        let Some(exchange) = Place::exchange() else {
            return Poll::Ready(Err(this.refuse_place()));
        };
        with_vm(|vm| this.poll_in(exchange, cx.waker(), vm))
    }
}

impl InLine {
    fn poll_in(
        &mut self,
        current: Arc<Exchange>,
        waker: &Waker,
        vm: &VirtualMachine,
    ) -> Poll<PyResult> {
        let resume = match &self.state {
            State::Started { exchange, .. } if !Arc::ptr_eq(exchange, &current) => {
                return Poll::Ready(Err(self.refuse(MOVED, vm)));
            }
            State::Started { exchange, .. } => exchange.next(waker, vm),
            State::Unstarted(_) | State::Detached(..) | State::Over => {
                Some(self.start(current, vm)?)
            }
        };
        let (Some(resume), State::Started { awaiting, exchange }) = (resume, &self.state) else {
            return Poll::Pending;
        };
        match awaiting.resume(resume, vm) {
            Ok(PyIterReturn::Return(value)) => {
                exchange.leave(value, waker);
                Poll::Pending
            }
            Ok(PyIterReturn::StopIteration(value)) => self.finish(Ok(vm.unwrap_or_none(value))),
            Err(exception) => self.finish(Err(exception)),
        }
    }

    fn start(&mut self, exchange: Arc<Exchange>, vm: &VirtualMachine) -> PyResult<Resume> {
        if !exchange.claim() {
            return Err(self.refuse(TWO_AT_ONCE, vm));
        }
        let (awaiting, resume) = match mem::replace(&mut self.state, State::Over) {
            State::Unstarted(awaitable) => {
                let started = Awaiting::new(awaitable, vm);
                let awaiting = started.inspect_err(|_| drop(exchange.release()))?;
                (awaiting, Resume::Send(vm.ctx.none()))
            }
            State::Detached(awaiting, exception) => (awaiting, Resume::Throw(exception)),
            State::Started { .. } | State::Over => panic!("InLine was polled after its end"),
        };
        self.state = State::Started { awaiting, exchange };
        Ok(resume)
    }

    fn finish(&mut self, result: PyResult) -> Poll<PyResult> {
        if let State::Started { awaiting, exchange } = mem::replace(&mut self.state, State::Over) {
            drop((exchange.release(), awaiting));
        }
        Poll::Ready(result)
    }

    /// Ends it with a RuntimeError.
    fn refuse(&mut self, message: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
        self.end();
        vm.new_runtime_error(message.to_owned())
    }

    fn refuse_place(&mut self) -> PyBaseExceptionRef {
        let message = if Place::is_blocking() {
            UNDER_BLOCK_ON
        } else {
            OUTSIDE
        };
        // Inside a runtime the thread may be detached.
        with_vm(|vm| attach_for_callback(vm, || self.refuse(message, vm)))
    }

    /// Closes the awaitable.
    fn end(&mut self) {
        match mem::replace(&mut self.state, State::Over) {
            State::Over => {}
            State::Unstarted(awaitable) => {
                self.home.run(move |vm| close_unawaited(&awaitable, vm));
            }
            State::Detached(awaiting, exception) => self.home.run(move |vm| {
                drop(exception);
                awaiting.close(vm);
            }),
            State::Started { awaiting, exchange } => {
                let stage = exchange.release();
                self.home.run(move |vm| {
                    stop_watching(stage, vm);
                    awaiting.close(vm);
                });
            }
        }
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        self.end();
    }
}

/// For what has to be ended by a task of its own.
impl InLine {
    /// Takes it out of its coroutine, to be resumed with `exception` by another one. Nothing if it
    /// has not started, or is over.
    pub(crate) fn detach(
        mut self,
        exception: PyBaseExceptionRef,
        vm: &VirtualMachine,
    ) -> Option<Self> {
        let state = mem::replace(&mut self.state, State::Over);
        let State::Started { awaiting, exchange } = state else {
            self.state = state;
            return None;
        };
        cancel_blocker(exchange.release(), vm);
        Some(Self {
            state: State::Detached(awaiting, exception),
            home: self.home.clone(),
        })
    }
}

/// As a task that is cancelled cancels what it waits for.
fn cancel_blocker(stage: Stage, vm: &VirtualMachine) {
    let blocker = match &stage {
        Stage::Watched(watch) => watch.future().clone(),
        Stage::Forwarded(value) | Stage::Left { value, .. } => value.clone(),
        Stage::Idle | Stage::Yielded | Stage::Resumed(_) => return,
    };
    stop_watching(stage, vm);
    if !vm.is_none(&blocker) {
        // What cannot be cancelled goes on; the awaitable is cancelled in any case.
        drop(vm.call_method(&blocker, "cancel", ()));
    }
}

fn stop_watching(stage: Stage, vm: &VirtualMachine) {
    match stage {
        Stage::Watched(watch) => watch.end(vm),
        // It was yielded to a task that will never see it.
        Stage::Left { value, .. } => unblock(&value, vm),
        Stage::Idle | Stage::Forwarded(_) | Stage::Yielded | Stage::Resumed(_) => {}
    }
}
