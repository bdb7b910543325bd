//! From a URL to an open connection: directly, or through the proxy.

use http::HeaderMap;
use http::header::PROXY_AUTHORIZATION;

use super::tunnel::{self, TunnelError};
use super::{Credentials, Protocol, Proxy, socks, socks4};
use crate::engine::error::{Error, Kind};
use crate::engine::http::auth::BasicAuth;
use crate::engine::http::timeout::Timeouts;
use crate::engine::http::trace::{Argument, around};
use crate::engine::http::url::Url;
use crate::engine::net::{Connector, SocketSettings, Target, Transport, within};
use crate::engine::tls::TlsSettings;

/// The way from a transport to the origins of its requests.
pub(in crate::engine::http) struct Route {
    /// To an origin; through a proxy only its trust is of use.
    direct: Connector,
    via: Option<Via>,
}

/// A proxy, with all that is used of it made ready.
struct Via {
    protocol: Protocol,
    /// The proxy as a server to connect to.
    target: Target,
    connector: Connector,
    credentials: Option<Credentials>,
    /// The fields for the proxy, its Authorization first. Empty for SOCKS.
    fields: HeaderMap,
}

impl Route {
    /// Through a proxy the unix socket of the settings does not count, as with httpx.
    pub(in crate::engine::http) fn new(
        sockets: SocketSettings,
        tls: TlsSettings,
        proxy: Option<Proxy>,
    ) -> Self {
        Self {
            via: proxy.map(|proxy| Via::new(proxy, &sockets)),
            direct: Connector::new(sockets, tls),
        }
    }

    /// The fields to send to the proxy with a request to `url`, when the proxy forwards it.
    pub(in crate::engine::http) fn forwarding(&self, url: &Url) -> Option<&HeaderMap> {
        let via = self.via.as_ref()?;
        via.forwards(url.is_tls()).then_some(&via.fields)
    }

    /// The URL of an http or https proxy, without credentials, and the fields for it.
    pub(in crate::engine::http) fn http_proxy(&self) -> Option<(&Url, &HeaderMap)> {
        let via = self.via.as_ref()?;
        (!via.protocol.is_socks()).then_some((&via.target.url, &via.fields))
    }

    /// Opens a connection for requests to the origin of `target`.
    ///
    /// # Errors
    /// `Connect` or `ConnectTimeout` when the origin or the proxy cannot be reached, `Proxy` when
    /// the proxy refuses; also those of a response to CONNECT.
    pub(in crate::engine::http) async fn open(
        &self,
        target: &Target,
        timeouts: &Timeouts,
    ) -> Result<Transport, Error> {
        let Some(via) = &self.via else {
            return self.direct.connect(target, timeouts.connect).await;
        };
        let transport = via.reach(target, timeouts).await?;
        if !target.tls {
            return Ok(transport);
        }
        let layer = match via.protocol {
            Protocol::Socks5 | Protocol::Socks4 => "socks",
            Protocol::Http | Protocol::Https => "proxy",
        };
        let target = Target {
            steps: target.steps.as_ref().map(|steps| steps.of(layer)),
            ..target.clone()
        };
        let securing = transport.secure(self.direct.tls(), &target);
        within(timeouts.connect, &target, securing).await
    }
}

impl Via {
    fn new(proxy: Proxy, sockets: &SocketSettings) -> Self {
        let sockets = SocketSettings {
            uds: None,
            ..sockets.clone()
        };
        let target = Target {
            host: proxy.url.host().to_owned(),
            port: proxy.url.port().unwrap_or(proxy.protocol.default_port()),
            tls: proxy.protocol == Protocol::Https,
            server_name: None,
            url: proxy.url.clone(),
            steps: None,
        };
        let fields = match proxy.protocol {
            Protocol::Socks5 | Protocol::Socks4 => HeaderMap::new(),
            Protocol::Http | Protocol::Https => fields(&proxy),
        };
        Self {
            protocol: proxy.protocol,
            target,
            connector: Connector::new(sockets, proxy.tls),
            credentials: proxy.credentials,
            fields,
        }
    }

    fn forwards(&self, to_tls: bool) -> bool {
        !self.protocol.is_socks() && !to_tls
    }

    /// Everything but the TLS handshake with the origin.
    async fn reach(&self, origin: &Target, timeouts: &Timeouts) -> Result<Transport, Error> {
        let proxy = &self.as_step_of(origin);
        let transport = self.dial(proxy, origin, timeouts).await?;
        if self.forwards(origin.tls) {
            return Ok(transport);
        }
        let asking = self.ask(transport, proxy, origin, timeouts);
        asking.await.map_err(|failed| failed.error)
    }

    /// The proxy as a server to connect to, as a step of the way to `origin`.
    fn as_step_of(&self, origin: &Target) -> Target {
        let layer = match self.protocol {
            Protocol::Socks5 | Protocol::Socks4 => "socks",
            Protocol::Http | Protocol::Https => "connection",
        };
        let steps = origin.steps.as_ref().map(|steps| steps.of(layer));
        Target {
            steps,
            ..self.target.clone()
        }
    }

    /// Connects to the proxy.
    async fn dial(
        &self,
        proxy: &Target,
        origin: &Target,
        timeouts: &Timeouts,
    ) -> Result<Transport, Error> {
        if proxy.host.is_empty() {
            let message = format!("Proxy URL is missing a host: '{}'.", proxy.url);
            return Err(Error::new(Kind::UnsupportedProtocol, message).at(&origin.url));
        }
        let connecting = self.connector.connect(proxy, timeouts.connect).await;
        connecting.map_err(|error| error.at(&origin.url))
    }

    /// Has the proxy, to which `transport` leads, connect to `origin`.
    async fn ask(
        &self,
        transport: Transport,
        proxy: &Target,
        origin: &Target,
        timeouts: &Timeouts,
    ) -> Result<Transport, TunnelError> {
        if !self.protocol.is_socks() {
            return tunnel::open(transport, proxy, &self.fields, origin, timeouts).await;
        }
        let credentials = self.credentials.as_ref();
        if self.protocol == Protocol::Socks4 {
            let asking = socks4::open(transport, proxy, credentials, origin);
            return Ok(within(timeouts.connect, origin, asking).await?);
        }
        let given = || {
            let port = Argument::Number(origin.port.into());
            vec![("host", Argument::Name(&origin.host)), ("port", port)]
        };
        let asking = socks::open(transport, proxy, credentials, origin);
        let asking = around(
            proxy.steps.as_ref(),
            "setup_socks5_connection",
            given,
            asking,
        );
        Ok(within(timeouts.connect, origin, asking).await?)
    }
}

/// A way through a proxy that is no HTTP: the proxy connects to the origin and passes bytes on.
pub(crate) struct Tunnel(Via);

/// Where a [`Tunnel`] was not opened.
pub(crate) enum Unopened {
    /// The proxy could not be reached.
    Proxy(Error),
    /// The proxy did not open it.
    Tunnel(TunnelError),
}

impl Tunnel {
    /// `server_name` is the name that an https proxy has to prove, when it is not its host.
    pub(crate) fn new(proxy: Proxy, server_name: Option<String>, sockets: &SocketSettings) -> Self {
        let mut via = Via::new(proxy, sockets);
        via.target.server_name = server_name;
        Self(via)
    }

    /// Leads to `origin`, without the TLS that may be spoken with it. There is no timeout in it.
    pub(crate) async fn open(&self, origin: &Target) -> Result<Transport, Unopened> {
        let (proxy, timeouts) = (&self.0.as_step_of(origin), &Timeouts::all(None));
        let dialing = self.0.dial(proxy, origin, timeouts).await;
        let transport = dialing.map_err(Unopened::Proxy)?;
        let asking = self.0.ask(transport, proxy, origin, timeouts);
        asking.await.map_err(Unopened::Tunnel)
    }
}

fn fields(proxy: &Proxy) -> HeaderMap {
    let mut fields = HeaderMap::with_capacity(proxy.headers.len() + 1);
    if let Some(Credentials { username, password }) = &proxy.credentials {
        let auth = BasicAuth::new(username, password);
        fields.insert(PROXY_AUTHORIZATION, auth.header());
    }
    for (name, value) in &proxy.headers {
        fields.append(name, value.clone());
    }
    fields
}
