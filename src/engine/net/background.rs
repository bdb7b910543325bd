//! The one I/O thread of the process: for connections that have to go on while those who use them
//! do something else, HTTP/2 and WebSocket connections of blocking calls.

use std::future::{Future, pending};
use std::io;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::LazyLock;
use std::thread;

use parking_lot::Mutex;
use tokio::runtime::{Builder, Handle, Runtime};

use super::fork::ForkLocal;

/// Started when it is first needed, in a forked child when that first needs it, and kept.
static HANDLE: LazyLock<ForkLocal<Mutex<Option<Handle>>>> =
    LazyLock::new(|| ForkLocal::new(Mutex::default()));

/// Runs `task` on the thread, to its end.
///
/// # Errors
/// When the thread cannot be started.
pub fn spawn(task: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    handle()?.spawn(task);
    Ok(())
}

/// The thread's runtime, on which tasks and sockets may be placed.
///
/// # Errors
/// When the thread cannot be started.
pub fn handle() -> io::Result<Handle> {
    let mut handle = HANDLE.get(|_| Mutex::default()).lock();
    match &mut *handle {
        Some(handle) => Ok(handle.clone()),
        empty => Ok(empty.insert(start()?).clone()),
    }
}

fn start() -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("tauraro-io".to_owned())
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
