//! The thread that reads and writes the frames of all HTTP/2 connections of the process.

use std::future::{Future, pending};
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::LazyLock;
use std::thread;

use parking_lot::Mutex;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::engine::net::fork::ForkLocal;

/// Started at the first connection, in a forked child at its first, and kept.
static HANDLE: LazyLock<ForkLocal<Mutex<Option<Handle>>>> =
    LazyLock::new(|| ForkLocal::new(Mutex::default()));

/// Runs `task` on the thread, to its end.
///
/// # Errors
/// When the thread cannot be started.
pub(super) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let mut handle = HANDLE.get(|_| Mutex::default()).lock();
    let handle = match &mut *handle {
        Some(handle) => handle,
        empty => empty.insert(start()?),
    };
    handle.spawn(task);
    Ok(())
}

fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("http2".to_owned())
        .spawn(move || serve(&runtime))?;
    Ok(handle)
}

fn serve(runtime: &Runtime) {
    leave_signals_to_others();
    runtime.block_on(pending())
}

/// A signal that came here would not interrupt the wait of the thread that handles it.
fn leave_signals_to_others() {
    let mut all = MaybeUninit::uninit();
    // SAFETY: `sigfillset` initialises the set, and the old mask is not asked for.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), ptr::null_mut());
    }
}
