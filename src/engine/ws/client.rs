//! From a URI to an open connection: TCP, TLS, opening handshake.

use std::fmt;
use std::time::Duration;

use super::handshake::{ClientHandshake, HandshakeError, Request, Response, Upgraded};
use super::{Connection, InvalidUri, Limits, Options, Protocol, Side, WebSocketUri};
use crate::engine::error::{Error, find};
use crate::engine::http::Url;
use crate::engine::net::{self, Address, Target, Transport, Unresolved};
use crate::engine::tls::TlsConfig;

/// An open connection, and what was said in its opening handshake.
pub struct Established {
    /// The connection.
    pub connection: Connection,
    /// The handshake's request.
    pub request: Request,
    /// The handshake's response.
    pub response: Response,
    /// The subprotocol that both ends agreed on.
    pub subprotocol: Option<String>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URI is none.
    #[error(transparent)]
    Uri(#[from] InvalidUri),
    /// The host's name could not be resolved.
    #[error(transparent)]
    Unresolved(Error),
    /// The host could not be reached, or its certificate was refused.
    #[error(transparent)]
    Network(Error),
    /// The opening handshake failed.
    #[error("{source} ({uri})")]
    Handshake {
        /// The URI, its password masked.
        uri: String,
        /// Why.
        source: HandshakeError,
    },
    /// It took too long.
    #[error("timed out after {} s while opening a connection to {uri}", .limit.as_secs_f64())]
    Timeout {
        /// The URI, its password masked.
        uri: String,
        /// The limit.
        limit: Duration,
    },
}

impl ConnectError {
    fn of_network(error: Error) -> Self {
        match find::<Unresolved>(&error) {
            Some(_) => Self::Unresolved(error),
            None => Self::Network(error),
        }
    }
}

/// How to connect.
#[derive(Default)]
pub struct Connect {
    /// Header fields of the user's, in their order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The `Origin` field.
    pub origin: Option<String>,
    /// The `User-Agent` field, unless it is among `headers`.
    pub user_agent: Option<String>,
    /// Subprotocols to offer, the preferred one first.
    pub subprotocols: Vec<String>,
    /// Bounds TCP, TLS and handshake together.
    pub open_timeout: Option<Duration>,
    /// Limits on messages.
    pub limits: Limits,
    /// How the connection behaves.
    pub options: Options,
}

/// Names the header fields without their values, and no subprotocols: both may hold credentials.
impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Connect")
            .field("headers", &names)
            .field("origin", &self.origin)
            .field("open_timeout", &self.open_timeout)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Connect {
    /// Connects. Dropping the future closes the socket.
    ///
    /// # Errors
    /// [`ConnectError`] names the URI.
    pub async fn to(self, uri: &str, tls: &TlsConfig) -> Result<Established, ConnectError> {
        let parsed = WebSocketUri::parse(uri)?;
        let shown = parsed.to_string();
        let Some(limit) = self.open_timeout else {
            return self.open(parsed, tls).await;
        };
        let opening = self.open(parsed, tls);
        match tokio::time::timeout(limit, opening).await {
            Ok(result) => result,
            Err(_) => Err(ConnectError::Timeout { uri: shown, limit }),
        }
    }

    async fn open(self, uri: WebSocketUri, tls: &TlsConfig) -> Result<Established, ConnectError> {
        let shown = uri.to_string();
        let target = target_of(&uri)?;
        let transport = net::connect(&target, tls, None)
            .await
            .map_err(ConnectError::of_network)?;
        let handshake = |source| ConnectError::Handshake { uri: shown, source };
        let upgraded = match self.handshake(uri) {
            Ok(prepared) => prepared.perform(transport).await,
            Err(error) => Err(error),
        };
        Ok(establish(
            upgraded.map_err(handshake)?,
            Side::Client,
            self.limits,
            self.options,
        ))
    }

    fn handshake(&self, uri: WebSocketUri) -> Result<ClientHandshake, HandshakeError> {
        let mut handshake = ClientHandshake::new(uri);
        for (name, value) in &self.headers {
            handshake = handshake.header(name, value)?;
        }
        if let Some(origin) = &self.origin {
            handshake = handshake.origin(origin)?;
        }
        if let Some(user_agent) = &self.user_agent {
            handshake = handshake.user_agent(user_agent)?;
        }
        Ok(handshake.subprotocols(self.subprotocols.clone())?)
    }
}

/// A URL is stricter on hosts: one that looks like an IPv4 address has to be one.
fn target_of(uri: &WebSocketUri) -> Result<Target, InvalidUri> {
    let text = uri.to_string();
    let url = Url::parse(&text).map_err(|error| InvalidUri::new(&text, error.to_string()))?;
    Ok(Target {
        host: uri.host.clone(),
        port: uri.port,
        tls: uri.secure,
        server_name: None,
        url: url.without_userinfo(),
        steps: None,
    })
}

/// Starts exchanging frames on an upgraded stream.
pub(super) fn establish(
    upgraded: Upgraded<Transport>,
    side: Side,
    limits: Limits,
    mut options: Options,
) -> Established {
    let socket = upgraded.stream.socket();
    options.local_addr = Address::local(socket);
    options.peer_addr = Address::peer(socket);
    options.leftover = upgraded.leftover;
    let mut protocol = Protocol::new(side, limits);
    protocol.open();
    Established {
        connection: Connection::spawn(upgraded.stream, protocol, options),
        request: upgraded.request,
        response: upgraded.response,
        subprotocol: upgraded.subprotocol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_header_values() {
        let connect = Connect {
            headers: vec![("Authorization".to_owned(), b"Bearer secret".to_vec())],
            subprotocols: vec!["bearer.secret".to_owned()],
            ..Connect::default()
        };
        let shown = format!("{connect:?}");
        assert!(shown.contains("Authorization") && !shown.contains("secret"));
        // Bytes are shown as numbers.
        assert!(!shown.contains("115, 101"), "{shown}");
    }

    #[test]
    fn a_host_that_is_neither_name_nor_address_is_an_invalid_uri() {
        let uri = WebSocketUri::parse("ws://me:secret@1.2.3.999/").unwrap();
        let error = target_of(&uri).unwrap_err().to_string();
        assert!(error.starts_with("ws://1.2.3.999/ isn't a valid URI: "));
    }
}
