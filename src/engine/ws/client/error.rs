//! Why there is no connection.

use std::time::Duration;

use super::proxy::{InvalidProxy, ProxyFailure};
use super::redirect::RedirectError;
use crate::engine::error::{BoxError, Error, find};
use crate::engine::net::Unresolved;
use crate::engine::ws::InvalidUri;
use crate::engine::ws::handshake::{HandshakeError, Response};

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URI is none.
    #[error(transparent)]
    Uri(#[from] InvalidUri),
    /// The proxy is none.
    #[error(transparent)]
    InvalidProxy(#[from] InvalidProxy),
    /// The host's name, or the proxy's, could not be resolved.
    #[error(transparent)]
    Unresolved(Error),
    /// The host or the proxy could not be reached, or its certificate was refused.
    #[error(transparent)]
    Network(Error),
    /// The proxy was reached, and opened no way to the host.
    #[error("{source} ({uri})")]
    Proxy {
        /// The URI, without credentials.
        uri: String,
        /// Why.
        source: ProxyFailure,
    },
    /// The opening handshake failed.
    #[error("{source} ({uri})")]
    Handshake {
        /// The URI, without credentials.
        uri: String,
        /// Why.
        source: HandshakeError,
    },
    /// The server redirects to where this client must not go.
    #[error("{source}")]
    Redirect {
        /// Why not there.
        source: RedirectError,
        /// What the server answered.
        answer: Option<Box<ConnectError>>,
    },
    /// It took too long.
    #[error("timed out during opening handshake ({uri})")]
    Timeout {
        /// The URI, without credentials.
        uri: String,
        /// The limit.
        limit: Duration,
    },
    /// What code of the caller's raised that decides about redirects.
    #[error(transparent)]
    User(BoxError),
}

impl ConnectError {
    /// What the server answered, when it rejected the connection.
    pub fn response(&self) -> Option<&Response> {
        match self {
            Self::Handshake {
                source: HandshakeError::InvalidStatus(response),
                ..
            } => Some(response),
            Self::Redirect { answer, .. } => answer.as_ref()?.response(),
            _ => None,
        }
    }

    pub(super) fn of_network(error: Error) -> Self {
        match find::<Unresolved>(&error) {
            Some(_) => Self::Unresolved(error),
            None => Self::Network(error),
        }
    }
}
