//! Bytes, sockets and protocols: the part of the program that knows nothing of the interpreter.
//!
//! Layers, each using only the ones before it: [`error`], [`net`] and [`tls`], [`http`] and
//! [`ws`]. [`http1`] stands by itself.
//!
//! Rules that hold throughout:
//! - Nothing here creates a tokio runtime or spawns a driver task. A future uses the runtime that
//!   is current when it is polled, and that runtime must have its I/O and time drivers enabled.
//! - A future may be dropped at any await point; what it held is closed or handed on.
//! - Every public future is `Send`.

pub mod error;
pub mod http;
pub mod http1;
pub mod net;
pub mod tls;
pub mod ws;

pub use error::{BoxError, Error, Kind};
