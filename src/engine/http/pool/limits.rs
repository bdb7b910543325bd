//! How many connections, and for how long.

use std::time::Duration;

/// How many connections a client holds, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time, in use or idle. `None`: any number.
    pub max_connections: Option<usize>,
    /// Idle connections at a time. `None`: as many as there are connections.
    pub max_keepalive_connections: Option<usize>,
    /// How long a connection may be idle. `None`: as long as the server likes.
    pub keepalive_expiry: Option<Duration>,
}

impl Default for Limits {
    /// 100 connections, 20 of them idle for up to five seconds.
    fn default() -> Self {
        Self {
            max_connections: Some(100),
            max_keepalive_connections: Some(20),
            keepalive_expiry: Some(Duration::from_secs(5)),
        }
    }
}
