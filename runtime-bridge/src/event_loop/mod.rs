//! The native half of asyncio's event loop: ready queue, timers and waiting.
//!
//! The other half is the interpreter's own selector loop (`python/unix_events.py` joins the two):
//! transports, subprocesses, signals and executors stay its Python code, whose selector's epoll
//! descriptor is one more thing that the native half waits for.

mod clock;
mod core;
mod driver;
mod entry;
mod handle;
mod iteration;
#[cfg(target_os = "linux")]
mod precise_timer;
mod schedule;
mod timers;

pub use core::EventLoopCore;
pub(crate) use handle::Handle;
