//! SOCKS 4, with the names of 4a (there is no RFC; the protocol is Ying-Da Lee's of 1992).

use std::io;
use std::net::IpAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Credentials;
use crate::engine::error::{Error, Kind};
use crate::engine::net::{Target, Transport};

const VERSION: u8 = 4;
const CONNECT: u8 = 1;
const GRANTED: u8 = 90;
/// An address that none can be says that a name follows.
const NAME_FOLLOWS: [u8; 4] = [0, 0, 0, 1];

/// Asks `proxy`, to which `transport` leads, to connect to `origin`, whose name it resolves. Of the
/// credentials there is the user name alone.
///
/// # Errors
/// `Proxy` when it refuses, breaks off or speaks something else.
pub(super) async fn open(
    mut transport: Transport,
    proxy: &Target,
    credentials: Option<&Credentials>,
    origin: &Target,
) -> Result<Transport, Error> {
    let user = credentials.map_or(&[][..], |credentials| &credentials.username);
    let request = request(user, origin).map_err(|reason| failure(proxy, origin, reason))?;
    let mut answer = [0; 8];
    let asking = async {
        transport.write_all(&request).await?;
        transport.flush().await?;
        transport.read_exact(&mut answer).await
    };
    let asked = asking.await;
    asked.map_err(|error| failure(proxy, origin, broken(&error)).caused_by(error))?;
    match answer {
        [0, GRANTED, ..] => Ok(transport),
        [0, code, ..] => Err(failure(proxy, origin, reason(code))),
        _ => Err(failure(proxy, origin, "its answer is no SOCKS 4")),
    }
}

fn request(user: &[u8], origin: &Target) -> Result<Vec<u8>, &'static str> {
    let mut request = vec![VERSION, CONNECT];
    request.extend_from_slice(&origin.port.to_be_bytes());
    let name = match origin.host.parse() {
        Ok(IpAddr::V4(address)) => {
            request.extend_from_slice(&address.octets());
            None
        }
        Ok(IpAddr::V6(_)) => return Err("SOCKS 4 knows no IPv6 addresses"),
        Err(_) => {
            request.extend_from_slice(&NAME_FOLLOWS);
            Some(origin.host.as_bytes())
        }
    };
    for text in [Some(user), name].into_iter().flatten() {
        if text.contains(&0) {
            return Err("a NUL would end the user name");
        }
        request.extend_from_slice(text);
        request.push(0);
    }
    Ok(request)
}

fn broken(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it closed the connection".to_owned(),
        _ => error.to_string(),
    }
}

fn reason(code: u8) -> &'static str {
    match code {
        91 => "it rejected the request, or failed",
        92 => "it could not reach the client's identd",
        93 => "the client's identd knows another user",
        _ => "unknown reason",
    }
}

fn failure(proxy: &Target, origin: &Target, reason: impl std::fmt::Display) -> Error {
    let (url, authority) = (&proxy.url, origin.authority());
    let message = format!("The proxy {url} could not connect to {authority}: {reason}.");
    Error::new(Kind::Proxy, message).at(&origin.url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::http::Url;

    fn target(host: &str) -> Target {
        Target {
            host: host.to_owned(),
            port: 0x1f90,
            tls: false,
            server_name: None,
            url: Url::parse("ws://h/").unwrap(),
            steps: None,
        }
    }

    #[test]
    fn addresses_are_sent_as_such_and_names_behind_the_user() {
        assert_eq!(
            request(b"me", &target("1.2.3.4")).unwrap(),
            b"\x04\x01\x1f\x90\x01\x02\x03\x04me\0"
        );
        assert_eq!(
            request(b"", &target("h.test")).unwrap(),
            b"\x04\x01\x1f\x90\0\0\0\x01\0h.test\0"
        );
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        assert!(request(b"", &target("::1")).is_err());
        assert!(request(b"a\0b", &target("h")).is_err());
    }
}
