//! The tokio runtimes: one for each event loop, one for each thread that blocks.

use std::cell::{Cell, RefCell};
use std::io;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use parking_lot::Mutex;
use rustpython_vm::VirtualMachine;
use rustpython_vm::stdlib::_thread::get_ident;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::{Instant, Sleep, sleep};

use crate::fork;
use crate::from_python::place::{Place, Stay};
use crate::wake::WakeQueue;

/// How long a signal that came just before a thread went to sleep may stay unseen.
const SIGNAL_CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Whether signal handlers run on the calling thread: on the main one only.
pub(crate) fn takes_signals(vm: &VirtualMachine) -> bool {
    get_ident() == vm.state.main_thread_ident.load()
}

/// A current-thread tokio runtime that survives being dropped anywhere.
///
/// Dropping never waits for blocking tasks (a name lookup may hang for minutes), and in a forked
/// child it leaves the parent's epoll instance alone.
pub(crate) struct OwnedRuntime {
    inner: ManuallyDrop<Runtime>,
    generation: u64,
    /// Made at first use and kept: to set a timer for each wait would cost more than the wait.
    tick: Mutex<Option<Pin<Box<Sleep>>>>,
}

impl OwnedRuntime {
    pub(crate) fn new() -> io::Result<Self> {
        let inner = Builder::new_current_thread()
            .enable_all()
            .on_thread_unpark(note_unpark)
            .build()?;
        Ok(Self {
            inner: ManuallyDrop::new(inner),
            generation: fork::generation(),
            tick: Mutex::default(),
        })
    }

    /// Runs `future`, and the runtime's tasks meanwhile. No Python code may run in either.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let _stay = Stay::at(Place::Runtime);
        self.inner.block_on(future)
    }

    /// Ready about once in [`SIGNAL_CHECK_INTERVAL`] and, after a longer pause, at once. To be
    /// polled inside of [`block_on`](Self::block_on).
    pub(crate) fn poll_tick(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut tick = self.tick.lock();
        let tick = tick.get_or_insert_with(|| Box::pin(sleep(SIGNAL_CHECK_INTERVAL)));
        ready!(tick.as_mut().poll(cx));
        tick.as_mut().reset(Instant::now() + SIGNAL_CHECK_INTERVAL);
        Poll::Ready(())
    }

    /// Whether this process made the runtime, rather than inheriting it through `fork`.
    pub(crate) fn is_ours(&self) -> bool {
        self.generation == fork::generation()
    }
}

impl std::ops::Deref for OwnedRuntime {
    type Target = Runtime;

    fn deref(&self) -> &Runtime {
        &self.inner
    }
}

impl Drop for OwnedRuntime {
    fn drop(&mut self) {
        if !self.is_ours() {
            // It would leave the timers of the parent's runtime, whose locks may be held.
            std::mem::forget(self.tick.get_mut().take());
            return;
        }
        *self.tick.get_mut() = None;
        // SAFETY: taken once, here, and `inner` is not used afterwards.
        let runtime = unsafe { ManuallyDrop::take(&mut self.inner) };
        runtime.shutdown_background();
    }
}

thread_local! {
    static UNPARKED: Cell<bool> = const { Cell::new(false) };
    static PARKED_ROOT: RefCell<Option<Waker>> = const { RefCell::new(None) };
    static BLOCKING: RefCell<Option<Rc<OwnedRuntime>>> = const { RefCell::new(None) };
    static RUNNING_LOOP: RefCell<Option<Rc<LoopContext>>> = const { RefCell::new(None) };
}

/// Tokio swallows EINTR, and would sleep again after a signal. This hook runs on every return from
/// the OS, so that whoever waits can let the interpreter look at its signals.
fn note_unpark() {
    UNPARKED.set(true);
    PARKED_ROOT.with_borrow(|root| {
        if let Some(waker) = root {
            waker.wake_by_ref();
        }
    });
}

/// Wakes the future that waits at the root of `block_on` whenever the thread returns from the OS.
/// Dropping it ends that.
pub(crate) struct UnparkGuard(());

impl UnparkGuard {
    pub(crate) fn new() -> Self {
        UNPARKED.set(false);
        Self(())
    }

    /// True once the OS returned since the guard was made; otherwise `waker` is woken when it does.
    pub(crate) fn unparked(&self, waker: &Waker) -> bool {
        PARKED_ROOT.with_borrow_mut(|root| match root {
            Some(known) => known.clone_from(waker),
            None => *root = Some(waker.clone()),
        });
        UNPARKED.get()
    }
}

impl Drop for UnparkGuard {
    fn drop(&mut self) {
        PARKED_ROOT.take();
    }
}

/// The runtime on which the calling thread blocks, made at first use.
pub(crate) fn blocking_runtime() -> io::Result<Rc<OwnedRuntime>> {
    BLOCKING.with_borrow_mut(|slot| {
        if let Some(runtime) = slot.as_ref().filter(|runtime| runtime.is_ours()) {
            return Ok(runtime.clone());
        }
        let runtime = Rc::new(OwnedRuntime::new()?);
        *slot = Some(runtime.clone());
        Ok(runtime)
    })
}

/// What a coroutine needs of the native event loop that runs on its thread.
pub(crate) struct LoopContext {
    pub(crate) wakes: Arc<WakeQueue>,
    pub(crate) handle: Handle,
}

impl LoopContext {
    /// The context of the native loop that runs on this thread, if one does.
    pub(crate) fn current() -> Option<Rc<Self>> {
        RUNNING_LOOP.with_borrow(Clone::clone)
    }
}

/// Makes a loop the running one of this thread; dropping it brings the previous one back.
pub(crate) struct RunningLoop {
    previous: Option<Rc<LoopContext>>,
}

impl RunningLoop {
    pub(crate) fn enter(context: Rc<LoopContext>) -> Self {
        let previous = RUNNING_LOOP.replace(Some(context));
        Self { previous }
    }
}

impl Drop for RunningLoop {
    fn drop(&mut self) {
        RUNNING_LOOP.set(self.previous.take());
    }
}

/// Whether a tokio future can be polled on this thread now: inside [`crate::Coroutine`] and
/// [`crate::block_on`] it can.
pub fn runtime_is_current() -> bool {
    Handle::try_current().is_ok()
}
