//! Between a coroutine's steps and the in-line await inside its future.
//!
//! The await leaves here what its awaitable yielded. When the step ends, that is either
//! *forwarded*, so that the task blocks on it as if it had awaited the awaitable itself; or, where
//! something else in the future might wake the coroutine first, *watched*: the task blocks on the
//! coroutine's own waiter, and a done callback wakes it.

use std::mem;
use std::task::Waker;

use parking_lot::Mutex;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine, builtins::PyBaseExceptionRef};

use crate::from_python::place::WakerId;
use crate::from_python::watch::{Watch, is_busy};

/// How the awaitable is to be resumed.
pub(crate) enum Resume {
    Send(PyObjectRef),
    Throw(PyBaseExceptionRef),
}

/// What a step is to do with what was sent or thrown into the coroutine.
pub(crate) enum Sent {
    /// Poll the future.
    Poll,
    /// End the future: nobody inside takes exceptions.
    Raise(PyBaseExceptionRef),
    /// Block once more: what the awaitable waits for was cancelled, and is not done yet.
    Wait,
}

impl Sent {
    /// Without an in-line await.
    pub(crate) fn plain(sent: PyResult) -> Self {
        sent.map_or_else(Self::Raise, |_| Self::Poll)
    }
}

/// Of one coroutine; made when its first in-line await starts.
pub(crate) struct Exchange {
    state: Mutex<State>,
    /// The coroutine's own waker.
    root: WakerId,
}

#[derive(Default)]
struct State {
    /// An in-line await has started and is not over.
    claimed: bool,
    stage: Stage,
}

/// How far the in-line await is between two of its polls. It is to be dropped, and so put aside,
/// without the lock: it owns Python objects.
#[derive(Default)]
pub(crate) enum Stage {
    #[default]
    Idle,
    /// Its awaitable yielded `value` in this step. The waker is there if it is not the
    /// coroutine's own, but one of `FuturesUnordered` or the like.
    Left {
        value: PyObjectRef,
        waker: Option<Waker>,
    },
    /// The task blocks on what was yielded.
    Forwarded(PyObjectRef),
    Watched(Watch),
    /// It yielded only to let others run, and the waker was woken.
    Yielded,
    /// To be resumed when it is polled.
    Resumed(Resume),
}

impl Stage {
    /// Takes out what was thrown in and is on its way to the awaitable.
    fn take_exception(&mut self) -> Option<PyBaseExceptionRef> {
        match mem::take(self) {
            Self::Resumed(Resume::Throw(exception)) => Some(exception),
            Self::Watched(mut watch) => {
                let exception = watch.take_passed_on();
                *self = Self::Watched(watch);
                exception
            }
            stage => {
                *self = stage;
                None
            }
        }
    }
}

/// For the in-line await.
impl Exchange {
    pub(crate) fn new(root: WakerId) -> Self {
        Self {
            state: Mutex::default(),
            root,
        }
    }

    /// False if another in-line await is going on in this coroutine.
    pub(crate) fn claim(&self) -> bool {
        !mem::replace(&mut self.state.lock().claimed, true)
    }

    pub(crate) fn is_claimed(&self) -> bool {
        self.state.lock().claimed
    }

    /// The await is over, or was dropped. An exception that did not get to it is left: it ends the
    /// coroutine.
    pub(crate) fn release(&self) -> Stage {
        let mut state = self.state.lock();
        state.claimed = false;
        let mut stage = mem::take(&mut state.stage);
        if let Some(exception) = stage.take_exception() {
            state.stage = Stage::Resumed(Resume::Throw(exception));
        }
        stage
    }

    /// What the awaitable yielded to the await, which was polled with `waker`.
    pub(crate) fn leave(&self, value: PyObjectRef, waker: &Waker) {
        let waker = (WakerId::of(waker) != self.root).then(|| waker.clone());
        self.set(Stage::Left { value, waker });
    }

    /// How to resume the awaitable now; nothing if it is not time yet.
    pub(crate) fn next(&self, waker: &Waker, vm: &VirtualMachine) -> Option<Resume> {
        let stage = mem::take(&mut self.state.lock().stage);
        match stage {
            Stage::Resumed(resume) => Some(resume),
            Stage::Yielded => Some(Resume::Send(vm.ctx.none())),
            Stage::Watched(watch) => {
                let outcome = watch.take(waker);
                if outcome.is_none() {
                    self.set(Stage::Watched(watch));
                }
                // As a task resumes a coroutine: an outcome that is an error is thrown in.
                outcome.map(|outcome| outcome.map_or_else(Resume::Throw, |_| none(vm)))
            }
            stage @ (Stage::Idle | Stage::Left { .. } | Stage::Forwarded(_)) => {
                self.set(stage);
                None
            }
        }
    }

    fn set(&self, stage: Stage) {
        let old = mem::replace(&mut self.state.lock().stage, stage);
        drop(old);
    }
}

/// For the coroutine's step.
impl Exchange {
    /// Takes what was sent or thrown into the coroutine.
    pub(crate) fn take_sent(&self, sent: PyResult, vm: &VirtualMachine) -> PyResult<Sent> {
        let stage = mem::take(&mut self.state.lock().stage);
        match (sent, stage) {
            (Ok(_), Stage::Forwarded(blocker)) if is_busy(&blocker, vm) => {
                self.set(Stage::Forwarded(blocker));
                Err(vm.new_runtime_error("coroutine is being awaited already"))
            }
            (Ok(value), Stage::Forwarded(_)) => Ok(self.resume(Resume::Send(value))),
            (Ok(_), stage) => {
                self.set(stage);
                Ok(Sent::Poll)
            }
            (Err(exception), Stage::Idle | Stage::Left { .. }) => Ok(Sent::Raise(exception)),
            (Err(exception), Stage::Watched(mut watch)) => {
                if watch.pass_on(&exception, vm) {
                    self.set(Stage::Watched(watch));
                    return Ok(Sent::Wait);
                }
                let sent = self.resume(Resume::Throw(exception));
                watch.end(vm);
                Ok(sent)
            }
            (Err(exception), Stage::Forwarded(_) | Stage::Yielded | Stage::Resumed(_)) => {
                Ok(self.resume(Resume::Throw(exception)))
            }
        }
    }

    fn resume(&self, resume: Resume) -> Sent {
        self.set(Stage::Resumed(resume));
        Sent::Poll
    }

    /// After a poll: the exception that was thrown in, if the await was not there to take it. One
    /// that was passed on may still come back, unless the future is over.
    pub(crate) fn take_unthrown(&self, is_over: bool) -> Option<PyBaseExceptionRef> {
        let mut state = self.state.lock();
        if matches!(state.stage, Stage::Watched(_)) && !is_over {
            return None;
        }
        state.stage.take_exception()
    }

    /// After a poll that left the future pending: what the task is to block on, if not on the
    /// coroutine's waiter. `alone` says that nothing but the awaitable can wake the coroutine,
    /// `root` is the coroutine's waker.
    pub(crate) fn forward(
        &self,
        alone: bool,
        root: &Waker,
        vm: &VirtualMachine,
    ) -> Option<PyObjectRef> {
        let mut state = self.state.lock();
        let (value, waker) = match mem::take(&mut state.stage) {
            Stage::Left { value, waker } => (value, waker),
            stage => {
                state.stage = stage;
                return None;
            }
        };
        drop(state);
        if waker.is_none() && (alone || vm.is_none(&value)) {
            self.set(Stage::Forwarded(value.clone()));
            return Some(value);
        }
        if let Some(waker) = waker.as_ref().filter(|_| vm.is_none(&value)) {
            self.set(Stage::Yielded);
            waker.wake_by_ref();
            return None;
        }
        if let Some(watch) = Watch::new(&value, waker, root, vm) {
            self.set(Stage::Watched(watch));
            return None;
        }
        // The task is to say what is wrong with it.
        self.set(Stage::Forwarded(value.clone()));
        Some(value)
    }
}

fn none(vm: &VirtualMachine) -> Resume {
    Resume::Send(vm.ctx.none())
}
