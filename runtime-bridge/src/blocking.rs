//! The sync path: a future run to its end from a plain call.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use parking_lot::Mutex;
use rustpython_vm::{PyResult, VirtualMachine};

use crate::error::Panicked;
use crate::from_python::place::{Place, Stay};
use crate::homing;
use crate::runtime::{OwnedRuntime, UnparkGuard, blocking_runtime, takes_signals};

/// Runs `future` to its end on the calling thread and returns what it returned.
///
/// The thread is detached from the interpreter while it waits, so other threads run on, and
/// attached whenever the future is polled. It may be called on any thread, inside a running event
/// loop (which stands still meanwhile, as for any blocking call), and from Python code that a
/// future called.
///
/// # Errors
///
/// The future's own exception; `KeyboardInterrupt`, or whatever else a signal handler raises, as
/// soon as the signal arrives (main thread only, as everywhere in Python); `SystemError` if the
/// future panicked. In each case the future was dropped.
pub fn block_on<T>(
    vm: &VirtualMachine,
    mut future: impl Future<Output = PyResult<T>>,
) -> PyResult<T> {
    homing::take_in(vm);
    let _stay = Stay::at(Place::Blocking);
    let runtime = blocking_runtime().map_err(|error| no_runtime(&error, vm))?;
    let parker = Arc::new(Parker::default());
    let waker = Waker::from(parker.clone());
    // SAFETY: shadowed, the parameter cannot be moved any more. `pin!` would copy it, and the future
    // of a request is large.
    let mut future = unsafe { Pin::new_unchecked(&mut future) };
    loop {
        let polled = {
            let _entered = runtime.enter();
            Panicked::catch(|| future.as_mut().poll(&mut Context::from_waker(&waker)))
        };
        match polled {
            Ok(Poll::Ready(result)) => return result,
            Ok(Poll::Pending) => {}
            Err(panic) => return Err(panic.to_exception(vm)),
        }
        wait(&runtime, &parker, vm)?;
    }
}

/// Waits, detached, until the parker is woken; signals are looked at on the way.
fn wait(runtime: &Rc<OwnedRuntime>, parker: &Parker, vm: &VirtualMachine) -> PyResult<()> {
    let takes_signals = takes_signals(vm);
    loop {
        vm.allow_threads(|| {
            if takes_signals {
                runtime.block_on(parker.woken_or_interrupted(runtime));
            } else {
                runtime.block_on(poll_fn(|cx| parker.poll_woken(cx)));
            }
        });
        if takes_signals {
            vm.check_signals()?;
        }
        homing::take_in(vm);
        if parker.woken.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
    }
}

fn no_runtime(
    error: &io::Error,
    vm: &VirtualMachine,
) -> rustpython_vm::builtins::PyBaseExceptionRef {
    vm.new_os_error(format!("could not create an I/O runtime: {error}"))
}

/// The waker of a blocked thread.
#[derive(Default)]
struct Parker {
    woken: AtomicBool,
    root: Mutex<Option<Waker>>,
}

impl Parker {
    fn poll_woken(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.root.lock().replace(cx.waker().clone());
        // Looked at after the waker is in place: a wake-up in between is not lost.
        if self.woken.load(Ordering::Acquire) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Also returns when the OS returned for any other reason, and now and then: a signal that
    /// arrives between the last check and the system call interrupts nothing.
    async fn woken_or_interrupted(&self, runtime: &OwnedRuntime) {
        let guard = UnparkGuard::new();
        poll_fn(|cx| {
            if self.poll_woken(cx).is_ready() || guard.unparked(cx.waker()) {
                return Poll::Ready(());
            }
            runtime.poll_tick(cx)
        })
        .await;
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.woken.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Some(root) = &*self.root.lock() {
            root.wake_by_ref();
        }
    }
}
