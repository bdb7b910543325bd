//! The transport: sends one request over a pooled connection. No redirects, no authentication.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use http::HeaderMap;

use super::pool::{Limits, Pool};
use super::prepared::Prepared;
use super::proxy::{Proxy, Route};
use super::request::Request;
use super::response::{Asked, Response};
use super::url::Url;
use crate::engine::error::{Error, Kind};
use crate::engine::net::SocketSettings;
use crate::engine::net::Transport;
use crate::engine::net::fork::ForkLocal;
use crate::engine::tls::TlsSettings;

/// What a transport is made of.
#[derive(Clone, Debug)]
pub struct TransportConfig {
    /// How many connections, and for how long.
    pub limits: Limits,
    /// Whom to trust. The protocols to offer are added.
    pub tls: TlsSettings,
    /// How to open sockets.
    pub sockets: SocketSettings,
    /// The proxy to send every request through.
    pub proxy: Option<Proxy>,
    /// Whether to speak HTTP/1.1, which is also what is spoken when neither is set.
    pub http1: bool,
    /// Whether to speak HTTP/2: with servers that choose it in the TLS handshake, and without
    /// `http1` with all, over plain TCP as well (RFC 9113, 3.3).
    pub http2: bool,
}

impl Default for TransportConfig {
    /// HTTP/1.1, and the default limits and trust.
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            tls: TlsSettings::default(),
            sockets: SocketSettings::default(),
            proxy: None,
            http1: true,
            http2: false,
        }
    }
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

pub(super) struct Shared {
    pool: ForkLocal<Arc<Pool>>,
    route: Route,
    versions: Versions,
}

/// Which versions of HTTP to speak.
#[derive(Clone, Copy)]
pub(super) enum Versions {
    Http1,
    Http2,
    /// The server chooses.
    Both,
}

impl HttpTransport {
    /// A transport without connections. Does no I/O and loads no certificates.
    pub fn new(config: TransportConfig) -> Self {
        let versions = match (config.http1, config.http2) {
            (_, false) => Versions::Http1,
            (false, true) => Versions::Http2,
            (true, true) => Versions::Both,
        };
        let mut tls = config.tls;
        tls.alpn = versions.alpn();
        Self(Arc::new(Shared {
            pool: ForkLocal::new(Arc::new(Pool::new(config.limits))),
            route: Route::new(config.sockets, tls, config.proxy),
            versions,
        }))
    }

    /// Sends a request and waits for the head of its response.
    ///
    /// Dropping the future closes the connection that it uses, or resets its stream of an HTTP/2
    /// connection. A request that finds a kept connection broken is sent once more on a new one, if
    /// it had not gone out or is safe to repeat (RFC 9110, 9.2.2); so is one that an HTTP/2 server
    /// says not to have processed (RFC 9113, 8.7), when its body can be had again.
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

    /// The URL of the http or https proxy, without credentials, and the fields that it is sent, the
    /// credentials among them.
    pub fn http_proxy(&self) -> Option<(&Url, &HeaderMap)> {
        self.0.route.http_proxy()
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
    pub(super) fn pool(&self) -> &Arc<Pool> {
        self.pool.get(|inherited| Arc::new(inherited.inherit()))
    }

    pub(super) fn versions(&self) -> Versions {
        self.versions
    }

    pub(super) fn route(&self) -> &Route {
        &self.route
    }

    async fn send(&self, request: Request) -> Result<Response, Error> {
        let Request {
            head,
            body,
            timeouts,
            options,
            ..
        } = request;
        check_url(&head.url)?;
        let prepared = Prepared::new(&head, options.as_deref(), body)?;
        let prepared = self.forwarded(prepared, &head.url)?;
        let asked = Asked {
            method: head.method.clone(),
            url: head.url.clone(),
            timeouts,
            options,
        };
        self.deliver(&head, prepared, asked).await
    }

    /// The request as the proxy takes it, if there is one that forwards it.
    pub(super) fn forwarded(&self, mut request: Prepared, url: &Url) -> Result<Prepared, Error> {
        if let Some(fields) = self.route.forwarding(url) {
            request.forward(url, fields)?;
        }
        Ok(request)
    }
}

impl Versions {
    /// What to offer in the TLS handshake (RFC 7301), by preference.
    fn alpn(self) -> Vec<Vec<u8>> {
        let offered: &[&[u8]] = match self {
            Self::Http1 => &[b"http/1.1"],
            Self::Http2 => &[b"h2"],
            Self::Both => &[b"h2", b"http/1.1"],
        };
        offered.iter().map(|protocol| protocol.to_vec()).collect()
    }

    /// Whether a connection for `url` may turn out to be HTTP/2.
    pub(super) fn may_multiplex(self, url: &Url) -> bool {
        match self {
            Self::Http1 => false,
            Self::Http2 => true,
            Self::Both => url.is_tls(),
        }
    }

    /// Whether to speak HTTP/2 over `transport`.
    pub(super) fn is_http2(self, transport: &Transport) -> bool {
        match self {
            Self::Http1 => false,
            Self::Http2 => true,
            Self::Both => transport.negotiated_http2(),
        }
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
