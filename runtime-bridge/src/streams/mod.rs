//! Streams both ways: Rust's as Python iterators, and Python's iterables as Rust's.
//!
//! | file | what is in it |
//! |---|---|
//! | `stream.rs` | a Rust stream for `async for` and for `for` |
//! | `shared_stream.rs` | that one reader at a time takes items from it |
//! | `byte_stream.rs` | a Python iterable of bytes as a Rust stream |
//! | `item.rs` | awaiting one item of it |
//! | `closing.rs` | closing an iterator that was not read to its end |

pub(crate) mod byte_stream;
mod closing;
mod item;
mod shared_stream;
pub(crate) mod stream;
