//! The transport: sends one request over a pooled connection. No redirects, no authentication.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::connection::Connection;
use super::exchange::exchange;
use super::origin::Origin;
use super::pool::{Grant, Limits, Pool, Slot};
use super::proxy::{Proxy, Route};
use super::request::{Prepared, Request};
use super::response::{Asked, Response};
use super::url::Url;
use crate::engine::error::{Error, Kind};
use crate::engine::net::fork::ForkLocal;
use crate::engine::net::{SocketSettings, Target};
use crate::engine::tls::TlsSettings;

/// What a transport is made of.
#[derive(Clone, Debug, Default)]
pub struct TransportConfig {
    /// How many connections, and for how long.
    pub limits: Limits,
    /// Whom to trust.
    pub tls: TlsSettings,
    /// How to open sockets.
    pub sockets: SocketSettings,
    /// The proxy to send every request through.
    pub proxy: Option<Proxy>,
}

/// How many connections a transport has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    /// Open, being opened, and idle ones.
    pub open: usize,
    /// Those kept for a later request.
    pub idle: usize,
}

/// Sends requests over connections that it keeps. Clones share them, across threads and runtimes.
#[derive(Clone)]
pub struct HttpTransport(Arc<Shared>);

struct Shared {
    pool: ForkLocal<Arc<Pool>>,
    route: Route,
}

impl HttpTransport {
    /// A transport without connections. Does no I/O and loads no certificates.
    pub fn new(config: TransportConfig) -> Self {
        Self(Arc::new(Shared {
            pool: ForkLocal::new(Arc::new(Pool::new(config.limits))),
            route: Route::new(config.sockets, config.tls, config.proxy),
        }))
    }

    /// Sends a request and waits for the head of its response.
    ///
    /// Dropping the future closes the connection that it uses. A request that finds a kept
    /// connection broken is sent once more on a new one, if it had not gone out or is safe to
    /// repeat (RFC 9110, 9.2.2).
    ///
    /// # Errors
    /// Any [`Kind`] but `Decoding`, `TooManyRedirects` and `Close`.
    ///
    /// # Panics
    /// When polled outside of a tokio runtime with I/O and time enabled.
    pub fn send(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<Response, Error>> + Send + use<> {
        let shared = self.0.clone();
        async move { shared.send(request).await }
    }

    /// Closes the idle connections. Requests that wait for a connection and all later ones fail
    /// with `LocalProtocol`; those under way go on, and their connections close after them.
    pub fn close(&self) {
        self.0.pool().close();
    }

    /// How many connections there are at the moment.
    pub fn stats(&self) -> Stats {
        let (open, idle) = self.0.pool().counts();
        Stats { open, idle }
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpTransport({:?})", self.stats())
    }
}

impl Shared {
    fn pool(&self) -> &Arc<Pool> {
        self.pool.get(|inherited| Arc::new(inherited.inherit()))
    }

    async fn send(&self, request: Request) -> Result<Response, Error> {
        check_url(&request.url)?;
        let Request { method, url, .. } = request;
        let mut prepared = Prepared::new(method, &url, request.headers, request.body)?;
        if let Some(fields) = self.route.forwarding(&url) {
            prepared.forward(&url, fields)?;
        }
        let grant = self.pool().checkout(&url, request.timeouts.pool).await?;
        let asked = Asked {
            method: prepared.method().clone(),
            url,
            timeouts: request.timeouts,
        };
        let (prepared, slot) = match grant {
            Grant::Open(slot) => (prepared, slot),
            Grant::Reuse(connection, slot) => {
                let again = match prepared.is_idempotent() {
                    true => prepared.replay(),
                    false => None,
                };
                match exchange(connection, prepared, &asked).await {
                    Ok((response, connection)) => {
                        return Ok(Response::new(response, connection, slot, asked));
                    }
                    Err(failed) => (failed.retry(again)?, slot),
                }
            }
        };
        self.send_anew(prepared, slot, asked).await
    }

    /// Sends on a connection opened for the request.
    async fn send_anew(
        &self,
        prepared: Prepared,
        slot: Slot,
        asked: Asked,
    ) -> Result<Response, Error> {
        // Boxed, since it is large and rarely needed.
        let connection = Box::pin(self.open(&asked)).await?;
        match exchange(connection, prepared, &asked).await {
            Ok((response, connection)) => Ok(Response::new(response, connection, slot, asked)),
            Err(failed) => Err(failed.error),
        }
    }

    async fn open(&self, asked: &Asked) -> Result<Connection, Error> {
        let target = Target::of(&asked.url)?;
        let transport = self.route.open(&target, &asked.timeouts).await?;
        let connection = Connection::open(transport, Origin::of(&asked.url)).await;
        connection.map_err(|error| {
            let message = format!(
                "Could not set up the connection to {}: {error}.",
                target.url
            );
            Error::new(Kind::Connect, message)
                .at(&target.url)
                .caused_by(error)
        })
    }
}

fn check_url(url: &Url) -> Result<(), Error> {
    let message = match url.scheme() {
        "http" | "https" if !url.host().is_empty() => return Ok(()),
        "http" | "https" => format!(
            "Request URL is missing a host: '{}'.",
            url.without_userinfo()
        ),
        "" => "Request URL is missing an 'http://' or 'https://' protocol.".to_owned(),
        scheme => format!("Request URL has an unsupported protocol '{scheme}://'."),
    };
    Err(Error::new(Kind::UnsupportedProtocol, message).at(url))
}
