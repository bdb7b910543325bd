//! Small real servers and a runner of the built command, shared by the integration tests.
//!
//! Every server listens on a port of 127.0.0.1 that the system picks, runs on a thread with a
//! runtime of its own, and stops when it is dropped. A panic inside a server fails the test that
//! drops it.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part of this module"
)]

pub mod environment;
pub mod http;
pub mod misbehaving;
pub mod server;
pub mod stand_in;
pub mod stats;
pub mod tauraro;
pub mod tls;
pub mod websocket;
