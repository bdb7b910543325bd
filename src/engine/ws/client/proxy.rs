//! Proxies on the way to a WebSocket server, RFC 6455 section 4.1.
//!
//! The ways through them are those of the HTTP client; always a tunnel, since a WebSocket
//! connection is none that a proxy could forward.

use std::borrow::Cow;

use http::header::{HeaderMap, HeaderValue, USER_AGENT};

use crate::engine::error::{Error, Kind};
use crate::engine::http::proxy::{Tunnel, Unopened, environment};
use crate::engine::http::{Proxy, Url};
use crate::engine::net::{SocketSettings, Target, Transport};
use crate::engine::tls::TlsSettings;
use crate::engine::ws::handshake::{Headers, Response};
use crate::engine::ws::uri::masked;
use crate::engine::ws::{ConnectError, WebSocketUri};

/// Which proxy to use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// None.
    #[default]
    Direct,
    /// The one that the environment names, if it does.
    Environment,
    /// The one at this URL.
    Url(String),
}

/// A text that names no proxy. The password is masked in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{proxy} isn't a valid proxy: {reason}")]
pub struct InvalidProxy {
    /// The text as it was given, its password masked.
    pub proxy: String,
    /// What is wrong with it.
    pub reason: Cow<'static, str>,
}

/// Why a proxy opened no way to the server.
#[derive(Debug, thiserror::Error)]
pub enum ProxyFailure {
    /// It refused, in HTTP.
    #[error("proxy rejected connection: HTTP {}", .0.status.as_u16())]
    Status(Box<Response>),
    /// What it sent is not HTTP, or ended too soon.
    #[error("did not receive a valid HTTP response from proxy: {0}")]
    Message(Error),
    /// It refused or broke off, in another way.
    #[error("{0}")]
    Other(Error),
}

/// What is told to a proxy, besides where to connect to.
#[derive(Debug, Clone, Default)]
pub struct ProxySettings {
    /// Whom to trust to be an https proxy.
    pub tls: TlsSettings,
    /// The name that an https proxy has to prove, when it is not its host.
    pub server_name: Option<String>,
}

impl ProxyChoice {
    /// The proxy's URL for a connection to `host` and `port`.
    ///
    /// A proxy of `socks_proxy` is one for SOCKS 5 even if its URL says http, as operating systems
    /// write it.
    pub(super) fn url(&self, secure: bool, host: &str, port: u16) -> Option<String> {
        let schemes: &[&str] = match self {
            Self::Direct => return None,
            Self::Url(url) => return Some(url.clone()),
            Self::Environment if secure => &["wss", "socks", "https"],
            Self::Environment => &["ws", "socks", "https", "http"],
        };
        let (scheme, url) = environment::proxy_for(schemes, host, port)?;
        Some(match url.strip_prefix("http://") {
            Some(rest) if scheme == "socks" => format!("socks5h://{rest}"),
            _ => url,
        })
    }
}

/// Opens a tunnel through the proxy at `proxy` to `target`, for `uri`.
pub(super) async fn open(
    proxy: &str,
    settings: &ProxySettings,
    user_agent: Option<&str>,
    sockets: &SocketSettings,
    target: &Target,
    uri: &WebSocketUri,
) -> Result<Transport, ConnectError> {
    let (url, is_http) = parse(proxy)?;
    let mut made = Proxy::of_any_version(&url)
        .map_err(|error| invalid(proxy, error.to_string()))?
        .with_tls(settings.tls.clone());
    if let Some(user_agent) = user_agent.and_then(|text| HeaderValue::from_str(text).ok()) {
        made = made.with_headers(HeaderMap::from_iter([(USER_AGENT, user_agent)]));
    }
    let tunnel = Tunnel::new(made, settings.server_name.clone(), sockets);
    let opened = tunnel.open(target).await;
    opened.map_err(|failure| match failure {
        Unopened::Proxy(error) => ConnectError::of_network(error),
        Unopened::Tunnel(failure) => ConnectError::Proxy {
            uri: uri.to_string(),
            source: match failure.refusal {
                Some(head) => ProxyFailure::Status(Box::new(response(&head))),
                None if is_http && failure.error.kind() != Kind::Proxy => {
                    ProxyFailure::Message(failure.error)
                }
                None => ProxyFailure::Other(failure.error),
            },
        },
    })
}

/// The proxy's URL, and whether it speaks HTTP.
fn parse(proxy: &str) -> Result<(Url, bool), InvalidProxy> {
    let url = Url::parse(proxy).map_err(|error| invalid(proxy, error.to_string()))?;
    let is_http = matches!(url.scheme(), "http" | "https");
    let is_socks = matches!(url.scheme(), "socks4" | "socks4a" | "socks5" | "socks5h");
    if !is_http && !is_socks {
        return Err(invalid(
            proxy,
            format!("scheme {} isn't supported", url.scheme()),
        ));
    }
    let fault = if url.host().is_empty() {
        "hostname isn't provided"
    } else if !matches!(url.path(), "" | "/") {
        "path is meaningless"
    } else if url.query().is_some_and(|query| !query.is_empty()) {
        "query is meaningless"
    } else if url.fragment().is_some_and(|fragment| !fragment.is_empty()) {
        "fragment is meaningless"
    } else if !url.userinfo().is_empty() && !url.userinfo().contains(':') {
        "username provided without password"
    } else {
        return Ok((url, is_http));
    };
    Err(invalid(proxy, fault))
}

fn invalid(proxy: &str, reason: impl Into<Cow<'static, str>>) -> InvalidProxy {
    InvalidProxy {
        proxy: masked(proxy),
        reason: reason.into(),
    }
}

/// The proxy's answer, as handshakes show theirs. Its body was not read.
fn response(head: &http::Response<()>) -> Response {
    let mut headers = Headers::new();
    for (name, value) in head.headers() {
        // What came as a field can be one.
        let _ = headers.push(name.as_str(), value.as_bytes());
    }
    Response::new(head.status(), headers, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(proxy: &str) -> String {
        parse(proxy).unwrap_err().to_string()
    }

    #[test]
    fn bad_proxies_are_refused_with_a_reason() {
        for (proxy, reason) in [
            ("ws://p", "scheme ws isn't supported"),
            ("proxy", "scheme  isn't supported"),
            ("http://", "hostname isn't provided"),
            ("http://p/path", "path is meaningless"),
            ("http://p?a=b", "query is meaningless"),
            ("http://p#top", "fragment is meaningless"),
        ] {
            let expected = format!("{proxy} isn't a valid proxy: {reason}");
            assert_eq!(fault(proxy), expected);
        }
        assert_eq!(
            fault("http://TOKEN@p"),
            "http://***@p isn't a valid proxy: username provided without password"
        );
        assert!(!fault("ftp://me:secret@p").contains("secret"));
    }

    #[test]
    fn a_proxy_that_is_given_is_taken() {
        let given = ProxyChoice::Url("http://p".to_owned());
        assert_eq!(given.url(true, "h", 443).as_deref(), Some("http://p"));
        assert_eq!(ProxyChoice::Direct.url(true, "h", 443), None);
        assert!(parse("socks5h://me:pw@p:1080/").is_ok_and(|(_, is_http)| !is_http));
    }
}
