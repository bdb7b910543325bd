//! Connections: name resolution, TCP and TLS, and sockets that follow the runtime that polls them.

mod dial;
pub mod fork;
pub mod socket;
mod transport;

use std::time::Duration;

pub(crate) use dial::Unresolved;
pub use socket::Socket;
pub use transport::Transport;

use crate::engine::error::{Error, Kind};
use crate::engine::http::url::Url;
use crate::engine::tls::TlsConfig;

/// Where to connect, and for which URL (named in errors; never its userinfo).
#[derive(Clone, Debug)]
pub struct Target {
    /// A host name, or an IP address without brackets.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// Whether to speak TLS, with `host` as the server name.
    pub tls: bool,
    /// What the connection is for.
    pub url: Url,
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
            url: url.without_userinfo(),
        })
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
    let connecting = async {
        let socket = dial::dial(target).await?;
        if !target.tls {
            return Ok(Transport::Plain(socket));
        }
        let stream = tls.handshake(target, socket).await?;
        Ok(Transport::Tls(Box::new(stream)))
    };
    let Some(limit) = limit else {
        return connecting.await;
    };
    match tokio::time::timeout(limit, connecting).await {
        Ok(result) => result,
        Err(_) => {
            let wait = format_args!("connecting to {}", target.url);
            Err(Error::timed_out(Kind::ConnectTimeout, limit, wait).at(&target.url))
        }
    }
}
