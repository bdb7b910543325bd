//! tokio futures as RustPython awaitables, and back.
//!
//! A Rust `async fn` *is* a native coroutine here: [`Coroutine`] owns the boxed future and polls it
//! on the interpreter thread each time that an asyncio task resumes it. A future that is ready at
//! once never touches the event loop; one that is pending yields a waiter, and its waker brings the
//! task back. Cancelling the task drops the future there and then.
//!
//! | item | what it is for |
//! |---|---|
//! | [`register`] | adds the native modules and the event loop to an interpreter being built |
//! | [`Coroutine`] | gives a Rust future to a script as an awaitable |
//! | [`await_in_line`] | awaits a Python awaitable in a Rust future, as part of its coroutine |
//! | [`await_as_task`] | awaits it as an asyncio task, for several at once |
//! | [`AsyncIterator`], [`BlockingIterator`] | give a Rust stream to a script |
//! | [`ByteStream`] | reads the bytes of a Python (asynchronous) iterable |
//! | [`Homing`] | holds a Python object that may be dropped on any thread |
//! | [`block_on`] | runs the same future from a plain call, with Ctrl-C, on any thread |
//! | [`with_vm`] | the interpreter, from inside a future |
//! | [`Panicked`] | how a panic in a future reaches a script |
//! | [`runtime_is_current`] | whether the calling thread can poll a tokio future now |
//!
//! # Rules that hold everything up
//!
//! 1. Every future is polled on an interpreter thread, with a tokio runtime *entered* but not
//!    *running*: no Python code ever runs inside `Runtime::block_on`, so a callback may call
//!    [`block_on`] again.
//! 2. Each event loop owns a current-thread tokio runtime, and so does each thread that calls
//!    [`block_on`]. A future must not assume that the runtime that polls it next is the one that
//!    polled it before: a socket that outlives one call re-registers itself.
//! 3. Futures are `Send`, because a script may drop a coroutine on any thread.
//! 4. Any future may be dropped at any await.

mod asyncio;
mod await_method;
mod blocking;
mod contextvars;
mod coroutine;
mod error;
mod event_loop;
mod fork;
mod from_python;
mod homing;
mod loops;
mod module;
mod runtime;
mod streams;
mod waiter;
mod wake;

pub use blocking::block_on;
pub use coroutine::Coroutine;
pub use error::Panicked;
pub use event_loop::EventLoopCore;
pub use from_python::as_task::{AsTask, await_as_task};
pub use from_python::in_line::{InLine, await_in_line};
pub use homing::Homing;
pub use module::register;
pub use runtime::runtime_is_current;
pub use streams::byte_stream::ByteStream;
pub use streams::stream::{AsyncIterator, BlockingIterator};

use rustpython_vm::VirtualMachine;

/// Runs `f` with the interpreter that the calling thread is attached to.
///
/// A future cannot hold a `&VirtualMachine` across an await; it asks for one here.
///
/// # Panics
///
/// When the thread is attached to no interpreter. Inside a future that [`Coroutine`] or
/// [`block_on`] polls there always is one.
pub fn with_vm<R>(f: impl FnOnce(&VirtualMachine) -> R) -> R {
    rustpython_vm::vm::thread::with_current_vm(f)
}

/// Whether the future that is polled now is one of [`block_on`], under which no Python awaitable
/// can be awaited.
pub fn is_blocking() -> bool {
    from_python::place::Place::is_blocking()
}
