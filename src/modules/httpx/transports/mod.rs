//! Transports as a script sees them, and how a client uses any of them.
//!
//! A client keeps Python objects. One of ours whose method nobody has replaced is bypassed: the
//! engine's transport inside it is used directly, and costs nothing of Python.

mod base;
mod carrier;
mod http;
mod script;

pub(super) use base::{AsyncBaseTransport, BaseTransport};
pub(super) use carrier::{Carrier, Transports, remember};
pub(super) use http::{AsyncHttpTransport, HttpTransport};
