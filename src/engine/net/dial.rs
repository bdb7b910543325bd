//! Name resolution and sockets: happy eyeballs (RFC 8305) over TCP, or a unix socket.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::net::{TcpSocket, TcpStream, UnixSocket, lookup_host};
use tokio::time::sleep;

use super::{Family, Socket, SocketOption, SocketSettings, Target};
use crate::engine::error::{Error, Kind};

/// How long an attempt has the field to itself (RFC 8305, 5: "Connection Attempt Delay").
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Opens a socket to `target`: to the unix socket of the settings, or to the first address of its
/// host that answers. Literal addresses are not looked up.
pub(super) async fn dial(target: &Target, settings: &SocketSettings) -> Result<Socket, Error> {
    let socket = match &settings.uds {
        Some(path) => dial_unix(path, target, settings).await?,
        None => {
            let addresses = resolve(target, settings).await?;
            let connected = race(addresses, settings).await;
            Socket::new(connected.map_err(|error| refused(error, target))?)
        }
    };
    socket.map_err(|error| refused(error, target))
}

async fn dial_unix(
    path: &Path,
    target: &Target,
    settings: &SocketSettings,
) -> Result<io::Result<Socket>, Error> {
    let connecting = async {
        let socket = UnixSocket::new_stream()?;
        set_options(&socket, &settings.options)?;
        socket.connect(path).await
    };
    let stream = connecting.await.map_err(|error| {
        let (path, url) = (path.display(), &target.url);
        let message = format!("Could not connect to the unix socket {path} for {url}: {error}.");
        Error::new(Kind::Connect, message).at(url).caused_by(error)
    })?;
    Ok(Socket::unix(stream))
}

/// The addresses of the target's host that the settings allow, in the order in which to try them.
/// Never none.
async fn resolve(
    target: &Target,
    settings: &SocketSettings,
) -> Result<VecDeque<SocketAddr>, Error> {
    let found = match target.host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, target.port)],
        Err(_) => lookup(target).await?,
    };
    let local = settings.local_address;
    let is_of = |family: Option<Family>, address: &SocketAddr| {
        family.is_none_or(|family| family == Family::of(address.ip()))
    };
    let usable = |address: &SocketAddr| {
        is_of(local.map(Family::of), address) && is_of(settings.family, address)
    };
    let addresses = interleave(found.into_iter().filter(usable));
    if !addresses.is_empty() {
        return Ok(addresses);
    }
    let Target { host, url, .. } = target;
    let message = match (local, settings.family) {
        (Some(local), _) => format!("No address of {host} can be reached from {local}, for {url}."),
        (None, Some(Family::Ipv4)) => format!("{host} has no IPv4 address, for {url}."),
        (None, _) => format!("{host} has no IPv6 address, for {url}."),
    };
    Err(Error::new(Kind::Connect, message).at(url))
}

/// In the chain of a `Connect` error that came from the resolver.
#[derive(Debug, thiserror::Error)]
#[error("the host name could not be resolved")]
pub(crate) struct Unresolved(#[source] io::Error);

async fn lookup(target: &Target) -> Result<Vec<SocketAddr>, Error> {
    let Target {
        host, port, url, ..
    } = target;
    let no_name = |error: Option<io::Error>| {
        let message = format!("'{host}' of {url} is no host name.");
        let invalid = Error::new(Kind::InvalidUrl, message).at(url);
        match error {
            Some(error) => invalid.caused_by(error),
            None => invalid,
        }
    };
    if host.is_empty() || !host.bytes().all(is_of_a_name) {
        return Err(no_name(None));
    }
    let found: io::Result<Vec<_>> = lookup_host((host.as_str(), *port))
        .await
        .map(Iterator::collect);
    let cause = match found {
        Ok(addresses) if !addresses.is_empty() => return Ok(addresses),
        Ok(_) => io::Error::new(io::ErrorKind::NotFound, "it has no address"),
        // What getaddrinfo cannot be asked for.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            return Err(no_name(Some(error)));
        }
        Err(error) => error,
    };
    let message = format!("Could not resolve host '{host}' of {url}: {cause}.");
    let error = Error::new(Kind::Connect, message).at(url);
    Err(error.caused_by(Unresolved(cause)))
}

/// The characters of the "host" of RFC 3986, 3.2.2, and of a zone (RFC 6874).
fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:".contains(&byte)
}

/// One of each IP version by turns, beginning with that of the first (RFC 8305, 4).
fn interleave(addresses: impl Iterator<Item = SocketAddr>) -> VecDeque<SocketAddr> {
    let mut addresses = addresses.peekable();
    let first_is_v4 = addresses.peek().is_some_and(SocketAddr::is_ipv4);
    let (preferred, other): (VecDeque<_>, VecDeque<_>) =
        addresses.partition(|address| address.is_ipv4() == first_is_v4);
    let mut all = VecDeque::with_capacity(preferred.len() + other.len());
    let (mut preferred, mut other) = (preferred.into_iter(), other.into_iter());
    loop {
        let before = all.len();
        all.extend(preferred.next());
        all.extend(other.next());
        if all.len() == before {
            return all;
        }
    }
}

/// Connects to the addresses, each a little later than the one before or as soon as one fails,
/// and abandons the others when one answers. The error is that of the first to fail.
async fn race(
    mut addresses: VecDeque<SocketAddr>,
    settings: &SocketSettings,
) -> io::Result<TcpStream> {
    let delay = settings.attempt_delay.unwrap_or(ATTEMPT_DELAY);
    let mut attempts = FuturesUnordered::new();
    let mut failure = None;
    loop {
        attempts.extend(
            addresses
                .pop_front()
                .map(|address| attempt(address, settings)),
        );
        let finished = tokio::select! {
            biased;
            finished = attempts.next() => finished,
            () = sleep(delay), if !addresses.is_empty() => continue,
        };
        match finished {
            Some(Ok(stream)) => return Ok(stream),
            Some(Err(error)) => _ = failure.get_or_insert(error),
            None if addresses.is_empty() => break,
            None => {}
        }
    }
    Err(failure.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()))
}

async fn attempt(address: SocketAddr, settings: &SocketSettings) -> io::Result<TcpStream> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    set_options(&socket, &settings.options)?;
    socket.set_nodelay(true)?;
    if let Some(local) = settings.local_address {
        if settings.local_port != 0 {
            // As asyncio: the port may still be in the wait of an earlier connection from it.
            socket.set_reuseaddr(true)?;
        }
        socket.bind(SocketAddr::new(local, settings.local_port))?;
    }
    socket.connect(address).await
}

fn set_options(socket: &impl AsFd, options: &[SocketOption]) -> io::Result<()> {
    let socket = socket.as_fd();
    options.iter().try_for_each(|option| option.apply(socket))
}

fn refused(error: io::Error, target: &Target) -> Error {
    let (peer, url) = (target.authority(), &target.url);
    let message = match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("Connection refused by {peer} while connecting to {url}")
        }
        _ => format!("Could not connect to {peer} for {url}: {error}."),
    };
    Error::new(Kind::Connect, message).at(url).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ip_versions_take_turns() {
        let parse = |text: &str| -> SocketAddr { text.parse().expect("an address") };
        let of = |texts: &[&str]| interleave(texts.iter().map(|text| parse(text)));
        let mixed = of(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"]);
        let expected = ["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"];
        assert_eq!(mixed, expected.map(parse));
        assert_eq!(of(&["1.1.1.1:1", "[::1]:1"])[0], parse("1.1.1.1:1"));
        assert_eq!(of(&[]), []);
    }

    /// Accepts no connection, and answers no attempt to make one.
    fn silent() -> (socket2::Socket, Vec<socket2::Socket>) {
        let new = || socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let listener = new().expect("a socket");
        let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        listener.bind(&any.into()).expect("a port");
        listener.listen(0).expect("a listener");
        let addr = listener.local_addr().expect("an address");
        let fill = |_| {
            let socket = new().expect("a socket");
            socket.set_nonblocking(true).expect("a mode");
            let _ = socket.connect(&addr);
            socket
        };
        let queued = (0..4).map(fill).collect();
        (listener, queued)
    }

    #[test]
    fn an_address_that_does_not_answer_does_not_keep_the_next_one_waiting() {
        let (silent, _queued) = silent();
        let live = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let silent = silent.local_addr().ok().and_then(|addr| addr.as_socket());
        let live = live.local_addr().expect("an address");
        let addresses = VecDeque::from([silent.expect("an address"), live]);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let stream = runtime.block_on(race(addresses, &SocketSettings::default()));
        assert_eq!(
            stream.and_then(|stream| stream.peer_addr()).ok(),
            Some(live)
        );
    }
}
