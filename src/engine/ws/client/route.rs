//! From a URI to a byte stream: a socket that was given, a proxy, or the host itself; then TLS.

use crate::engine::http::Url;
use crate::engine::net::{self, Socket, SocketSettings, Target, Transport};
use crate::engine::tls::TlsConfig;
use crate::engine::ws::{InvalidUri, WebSocketUri};

use super::error::ConnectError;
use super::proxy::{self, ProxyChoice, ProxySettings};
use super::redirect::Bound;

/// The way to the server. The default leads straight to the host of the URI.
#[derive(Debug, Default)]
pub struct Route {
    /// A connected socket, for the first attempt. There is no proxy then.
    pub socket: Option<Socket>,
    /// How sockets are opened. There is no proxy to a unix socket.
    pub sockets: SocketSettings,
    /// Takes the place of the URI's host, for the socket alone.
    pub host: Option<String>,
    /// Takes the place of the URI's port, for the socket alone.
    pub port: Option<u16>,
    /// The name that the server has to prove by its certificate, when it is not the URI's host.
    pub server_name: Option<String>,
    /// The proxy.
    pub proxy: ProxyChoice,
    /// What is told to the proxy.
    pub proxy_settings: ProxySettings,
}

impl Route {
    /// What the route binds connections to.
    pub(super) fn bound(&self) -> Bound {
        Bound {
            to_socket: self.socket.is_some(),
            to_unix_socket: self.sockets.uds.is_some(),
            to_address: self.host.is_some() || self.port.is_some(),
        }
    }

    pub(super) async fn open(
        &mut self,
        uri: &WebSocketUri,
        user_agent: Option<&str>,
        tls: &TlsConfig,
    ) -> Result<Transport, ConnectError> {
        let target = self.target(uri)?;
        let plain = Target {
            tls: false,
            ..target.clone()
        };
        let transport = if let Some(socket) = self.socket.take() {
            Transport::Plain(socket)
        } else if let Some(proxy) = self.proxy_for(uri) {
            let (settings, sockets) = (&self.proxy_settings, &self.sockets);
            proxy::open(&proxy, settings, user_agent, sockets, &target, uri).await?
        } else {
            let connecting = net::connect_by(&plain, tls, &self.sockets).await;
            connecting.map_err(ConnectError::of_network)?
        };
        match target.tls {
            true => {
                let securing = transport.secure(tls, &target).await;
                securing.map_err(ConnectError::of_network)
            }
            false => Ok(transport),
        }
    }

    fn proxy_for(&self, uri: &WebSocketUri) -> Option<String> {
        match self.sockets.uds {
            Some(_) => None,
            None => self.proxy.url(uri.secure, &uri.host, uri.port),
        }
    }

    /// A URL is stricter on hosts: one that looks like an IPv4 address has to be one.
    pub(super) fn target(&self, uri: &WebSocketUri) -> Result<Target, InvalidUri> {
        let text = uri.to_string();
        let url = Url::parse(&text).map_err(|error| InvalidUri::new(&text, error.to_string()))?;
        let server_name = self.server_name.clone();
        Ok(Target {
            host: self.host.clone().unwrap_or_else(|| uri.host.clone()),
            port: self.port.unwrap_or(uri.port),
            tls: uri.secure,
            server_name: Some(server_name.unwrap_or_else(|| uri.host.clone())),
            url: url.without_userinfo(),
            steps: None,
        })
    }
}
