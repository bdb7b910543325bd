//! Python iterables as Rust byte streams.

mod dropping;
mod reading;
