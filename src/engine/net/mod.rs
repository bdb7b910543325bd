//! Connections: name resolution, TCP and TLS, and sockets that follow the runtime that polls them.

mod address;
pub mod background;
mod connector;
mod dial;
pub mod fork;
mod options;
pub mod socket;
mod transport;

use std::time::Duration;

pub use address::Address;
pub use connector::Connector;
pub(crate) use connector::within;
pub(crate) use dial::Unresolved;
pub use options::{Family, OptionValue, SocketOption, SocketSettings};
pub use socket::Socket;
pub use transport::Transport;

use crate::engine::error::{Error, Kind};
use crate::engine::http::trace::Steps;
use crate::engine::http::url::Url;
use crate::engine::tls::TlsConfig;

/// Where to connect, and for which URL (named in errors; never its userinfo).
#[derive(Clone, Debug)]
pub struct Target {
    /// A host name, or an IP address without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// Whether to speak TLS.
    pub tls: bool,
    /// The name that the server has to prove by its certificate, when it is not `host`.
    pub server_name: Option<String>,
    /// What the connection is for.
    pub url: Url,
    /// Who is told of the steps of opening it.
    pub steps: Option<Steps>,
}

impl Target {
    /// The origin server of an http, https, ws or wss URL.
    ///
    /// # Errors
    /// `UnsupportedProtocol` when the URL has no host or no port to connect to.
    pub fn of(url: &Url) -> Result<Self, Error> {
        let unsupported = |what: &str| {
            let message = format!(
                "Request URL is missing {what}: '{}'.",
                url.without_userinfo()
            );
            Error::new(Kind::UnsupportedProtocol, message).at(url)
        };
        if url.host().is_empty() {
            return Err(unsupported("a host"));
        }
        let port = url.port_or_default().ok_or_else(|| unsupported("a port"))?;
        Ok(Self {
            host: url.host().to_owned(),
            port,
            tls: url.is_tls(),
            server_name: None,
            url: url.without_userinfo(),
            steps: None,
        })
    }

    /// The name that the server has to prove by its certificate.
    pub fn server_name(&self) -> &str {
        self.server_name.as_deref().unwrap_or(&self.host)
    }

    /// Host and port, an IPv6 address in brackets.
    pub fn authority(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

/// Connects to `target`: resolves its name, tries its addresses (RFC 8305) and shakes hands.
///
/// `limit` bounds all of that together. Dropping the future abandons the attempt.
///
/// # Errors
/// `Connect`, `ConnectTimeout`, or `InvalidUrl` for a host that no name can be.
pub async fn connect(
    target: &Target,
    tls: &TlsConfig,
    limit: Option<Duration>,
) -> Result<Transport, Error> {
    connector::connect(target, tls, &SocketSettings::default(), limit).await
}

/// As [`connect`], with a socket that is opened as `sockets` says.
///
/// # Errors
/// As for [`connect`].
pub async fn connect_by(
    target: &Target,
    tls: &TlsConfig,
    sockets: &SocketSettings,
) -> Result<Transport, Error> {
    connector::connect(target, tls, sockets, None).await
}
