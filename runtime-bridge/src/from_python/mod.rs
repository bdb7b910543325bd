//! Python awaitables, awaited by Rust futures: in line, or as an asyncio task.
//!
//! | file | what is in it |
//! |---|---|
//! | `in_line.rs` | the await that is part of the coroutine which owns the future |
//! | `as_task.rs` | the await that is an asyncio task of its own |
//! | `exchange.rs` | between a coroutine's steps and the in-line await inside its future |
//! | `awaiting.rs` | driving an awaitable by hand |
//! | `watch.rs`, `delivery.rs` | a future that the task itself cannot block on, and its outcome |
//! | `place.rs` | what the calling thread is polling now |

pub(crate) mod as_task;
mod awaiting;
pub(crate) mod delivery;
pub(crate) mod exchange;
pub(crate) mod in_line;
pub(crate) mod place;
mod watch;
