//! From a URI to an open connection: proxy, TCP, TLS, opening handshake, redirects.

mod error;
mod proxy;
pub mod redirect;
mod route;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::extensions::{Agreed, ClientExtension};
use super::handshake::{ClientHandshake, HandshakeError, Request, Response, Upgraded};
use super::{Connection, Limits, Options, Protocol, Side, WebSocketUri};
use crate::engine::net::{Address, Transport};
use crate::engine::tls::TlsConfig;

pub use error::ConnectError;
pub use proxy::{InvalidProxy, ProxyChoice, ProxyFailure, ProxySettings};
pub use redirect::{MAX_REDIRECTS, RedirectError};
pub use route::Route;

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
    /// The extensions that both ends agreed on.
    pub extensions: Vec<Agreed>,
}

/// Code of the caller's that decides about redirects in place of [`redirect::follow`].
pub trait Redirects: Send {
    /// Says where to connect to after `error`.
    ///
    /// # Errors
    /// What the connection is to fail with; `error` itself when it is no redirect.
    fn follow(&mut self, error: ConnectError) -> Result<Hop, ConnectError>;
}

/// Where a redirect leads by the decision of [`Redirects`].
#[derive(Debug)]
pub struct Hop {
    /// The URI to connect to.
    pub uri: String,
    /// Header fields of the user's for it.
    pub headers: Vec<(String, Vec<u8>)>,
}

/// How to connect.
pub struct Connect {
    /// Header fields of the user's, in their order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The `Origin` field.
    pub origin: Option<String>,
    /// The `User-Agent` field, unless it is among `headers`. A proxy is told it too.
    pub user_agent: Option<String>,
    /// Subprotocols to offer, the preferred one first.
    pub subprotocols: Vec<String>,
    /// Extensions to offer, the preferred one first.
    pub extensions: Vec<Arc<dyn ClientExtension>>,
    /// The way to the server.
    pub route: Route,
    /// How many connections one redirect after another may lead to.
    pub max_redirects: usize,
    /// Who decides about redirects, if not [`redirect::follow`].
    pub redirects: Option<Box<dyn Redirects>>,
    /// Bounds all of it together: names, sockets, proxies, TLS, handshakes, redirects.
    pub open_timeout: Option<Duration>,
    /// Limits on messages.
    pub limits: Limits,
    /// How the connection behaves.
    pub options: Options,
}

impl Default for Connect {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            origin: None,
            user_agent: None,
            subprotocols: Vec::new(),
            extensions: Vec::new(),
            route: Route::default(),
            max_redirects: MAX_REDIRECTS,
            redirects: None,
            open_timeout: None,
            limits: Limits::default(),
            options: Options::default(),
        }
    }
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
        let uri = WebSocketUri::parse(uri)?;
        let (limit, shown) = (self.open_timeout, uri.to_string());
        bounded(limit, shown, self.follow(uri, tls)).await
    }

    /// Attempts, from one redirect to the next.
    async fn follow(
        mut self,
        mut uri: WebSocketUri,
        tls: &TlsConfig,
    ) -> Result<Established, ConnectError> {
        let bound = self.route.bound();
        for _ in 0..self.max_redirects {
            let error = match self.attempt(&uri, tls).await {
                Ok(established) => return Ok(established),
                Err(error) => error,
            };
            uri = match &mut self.redirects {
                Some(redirects) => {
                    let hop = redirects.follow(error)?;
                    self.headers = hop.headers;
                    WebSocketUri::parse(&hop.uri)?
                }
                None => self.redirect(&uri, error, bound)?,
            };
        }
        Err(ConnectError::Redirect {
            source: RedirectError::TooMany(self.max_redirects),
            answer: None,
        })
    }

    fn redirect(
        &mut self,
        from: &WebSocketUri,
        error: ConnectError,
        bound: redirect::Bound,
    ) -> Result<WebSocketUri, ConnectError> {
        let Some(location) = redirect::location_in(&error) else {
            return Err(error);
        };
        let found = match redirect::follow(from, &location, bound) {
            Ok(found) => found,
            Err(source) => {
                let answer = Some(Box::new(error));
                return Err(ConnectError::Redirect { source, answer });
            }
        };
        if found.is_cross_origin {
            self.headers
                .retain(|(name, _)| !redirect::is_credential(name));
        }
        Ok(found.uri)
    }

    async fn attempt(
        &mut self,
        uri: &WebSocketUri,
        tls: &TlsConfig,
    ) -> Result<Established, ConnectError> {
        let failed = |source| ConnectError::Handshake {
            uri: uri.to_string(),
            source,
        };
        let handshake = self.handshake(uri.clone()).map_err(failed)?;
        let user_agent = self.user_agent.as_deref();
        let transport = self.route.open(uri, user_agent, tls).await?;
        let upgraded = handshake.perform(transport).await.map_err(failed)?;
        let (limits, options) = (self.limits, self.options.clone());
        Ok(establish(upgraded, Side::Client, limits, options))
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
        handshake
            .subprotocols(self.subprotocols.clone())?
            .extensions(self.extensions.clone())
    }
}

async fn bounded<T>(
    limit: Option<Duration>,
    uri: String,
    opening: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    let Some(limit) = limit else {
        return opening.await;
    };
    match tokio::time::timeout(limit, opening).await {
        Ok(result) => result,
        Err(_) => Err(ConnectError::Timeout { uri, limit }),
    }
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
    options.extensions = upgraded.extensions.clone();
    let mut protocol = Protocol::new(side, limits);
    protocol.open();
    Established {
        connection: Connection::spawn(upgraded.stream, protocol, options),
        request: upgraded.request,
        response: upgraded.response,
        subprotocol: upgraded.subprotocol,
        extensions: upgraded.extensions,
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
        let error = Route::default().target(&uri).unwrap_err().to_string();
        assert!(error.starts_with("ws://1.2.3.999/ isn't a valid URI: "));
    }
}
