//! Rust futures that await Python awaitables, in line and as tasks.

mod cancelling;
mod in_line;
mod leaks;
mod refused;
mod shared;
mod tasks;
