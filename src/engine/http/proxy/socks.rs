//! SOCKS 5 (RFC 1928), with user names and passwords (RFC 1929).
//!
//! hyper-util's `SocksV5` keeps its errors to itself, so people could not be told which refusal
//! came, and it reads past the end of the proxy's last answer.

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Credentials;
use crate::engine::error::{Error, Kind};
use crate::engine::net::{Target, Transport};

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const USERNAME_PASSWORD: u8 = 2;
const PASSWORD_VERSION: u8 = 1;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const DOMAIN: u8 = 3;
const IPV6: u8 = 4;
const SUCCEEDED: u8 = 0;

/// Asks `proxy`, to which `transport` leads, to connect to `origin`, whose name it resolves.
///
/// # Errors
/// `Proxy` when it refuses, breaks off or speaks something else.
pub(super) async fn open(
    transport: Transport,
    proxy: &Target,
    credentials: Option<&Credentials>,
    origin: &Target,
) -> Result<Transport, Error> {
    let mut negotiation = Negotiation {
        transport,
        proxy,
        origin,
    };
    negotiation.authenticate(credentials).await?;
    negotiation.connect().await?;
    Ok(negotiation.transport)
}

struct Negotiation<'a> {
    transport: Transport,
    proxy: &'a Target,
    origin: &'a Target,
}

impl Negotiation<'_> {
    async fn authenticate(&mut self, credentials: Option<&Credentials>) -> Result<(), Error> {
        let wanted = match credentials {
            Some(_) => USERNAME_PASSWORD,
            None => NO_AUTHENTICATION,
        };
        self.send(&[VERSION, 1, wanted]).await?;
        let [version, chosen] = self.receive().await?;
        self.check_version(version, VERSION)?;
        if chosen != wanted {
            let (wanted, chosen) = (method(wanted), method(chosen));
            return Err(self.failure(format_args!("requested {wanted}, but got {chosen}")));
        }
        match credentials {
            Some(credentials) => self.identify(credentials).await,
            None => Ok(()),
        }
    }

    /// RFC 1929, 2.
    async fn identify(&mut self, credentials: &Credentials) -> Result<(), Error> {
        let mut request = vec![PASSWORD_VERSION];
        for text in [&credentials.username, &credentials.password] {
            let Ok(length) = u8::try_from(text.len()) else {
                return Err(self.failure("a user name or password is longer than 255 bytes"));
            };
            request.push(length);
            request.extend_from_slice(text);
        }
        self.send(&request).await?;
        let [version, status] = self.receive().await?;
        self.check_version(version, PASSWORD_VERSION)?;
        match status {
            SUCCEEDED => Ok(()),
            _ => Err(self.failure("invalid user name or password")),
        }
    }

    /// RFC 1928, 4 and 6.
    async fn connect(&mut self) -> Result<(), Error> {
        let mut request = vec![VERSION, CONNECT, 0];
        self.push_host(&mut request)?;
        request.extend_from_slice(&self.origin.port.to_be_bytes());
        self.send(&request).await?;
        let [version, reply, _, kind] = self.receive().await?;
        self.check_version(version, VERSION)?;
        if reply != SUCCEEDED {
            return Err(self.failure(reason(reply)));
        }
        self.skip_address(kind).await
    }

    fn push_host(&self, request: &mut Vec<u8>) -> Result<(), Error> {
        let host = &self.origin.host;
        match (host.parse(), u8::try_from(host.len())) {
            (Ok(IpAddr::V4(address)), _) => {
                request.push(IPV4);
                request.extend_from_slice(&address.octets());
            }
            (Ok(IpAddr::V6(address)), _) => {
                request.push(IPV6);
                request.extend_from_slice(&address.octets());
            }
            (Err(_), Ok(length)) => {
                request.extend_from_slice(&[DOMAIN, length]);
                request.extend_from_slice(host.as_bytes());
            }
            (Err(_), Err(_)) => {
                return Err(self.failure("the host name is longer than 255 bytes"));
            }
        }
        Ok(())
    }

    /// The address that the proxy connects from is of no use here.
    async fn skip_address(&mut self, kind: u8) -> Result<(), Error> {
        let length = match kind {
            IPV4 => 4,
            IPV6 => 16,
            DOMAIN => usize::from(self.receive::<1>().await?[0]),
            _ => return Err(self.failure("its answer is no SOCKS 5")),
        };
        let mut address_and_port = vec![0; length + size_of::<u16>()];
        let read = self.transport.read_exact(&mut address_and_port).await;
        read.map(drop).map_err(|error| self.broken(error))
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let sending = async {
            self.transport.write_all(bytes).await?;
            self.transport.flush().await
        };
        sending.await.map_err(|error| self.broken(error))
    }

    /// Reads exactly so much: what follows belongs to the origin.
    async fn receive<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        match self.transport.read_exact(&mut bytes).await {
            Ok(_) => Ok(bytes),
            Err(error) => Err(self.broken(error)),
        }
    }

    fn check_version(&self, came: u8, expected: u8) -> Result<(), Error> {
        match came == expected {
            true => Ok(()),
            false => Err(self.failure("its answer is no SOCKS 5")),
        }
    }

    fn broken(&self, error: io::Error) -> Error {
        let reason = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it closed the connection".to_owned(),
            _ => error.to_string(),
        };
        self.failure(reason).caused_by(error)
    }

    fn failure(&self, reason: impl std::fmt::Display) -> Error {
        let (url, authority) = (&self.proxy.url, self.origin.authority());
        let message = format!("The proxy {url} could not connect to {authority}: {reason}.");
        Error::new(Kind::Proxy, message).at(&self.origin.url)
    }
}

/// RFC 1928, 3.
fn method(code: u8) -> &'static str {
    match code {
        NO_AUTHENTICATION => "no authentication",
        1 => "GSSAPI",
        USERNAME_PASSWORD => "user name and password",
        0xff => "no acceptable method",
        _ => "an unknown method",
    }
}

/// RFC 1928, 6.
fn reason(code: u8) -> &'static str {
    match code {
        1 => "general SOCKS server failure",
        2 => "connection not allowed by ruleset",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "TTL expired",
        7 => "command not supported",
        8 => "address type not supported",
        _ => "unknown reason",
    }
}
