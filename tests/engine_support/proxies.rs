//! Proxies that work, and note what they are asked. They resolve every name to 127.0.0.1.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;

use super::{Peer, Server, header};

/// A running proxy.
pub struct RunningProxy {
    pub server: Server,
    asked: Arc<Mutex<Vec<String>>>,
}

impl RunningProxy {
    fn start(serve: impl Fn(&mut Peer, &Mutex<Vec<String>>) + Send + Sync + 'static) -> Self {
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let notes = asked.clone();
        Self {
            server: Server::start(move |peer, _| serve(peer, &notes)),
            asked,
        }
    }

    pub fn addr(&self) -> SocketAddr {
        self.server.addr
    }

    /// The heads of the requests to an HTTP proxy; the destinations asked of a SOCKS one.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().clone()
    }

    /// An HTTP proxy that wants `authorization` as Proxy-Authorization.
    pub fn http(authorization: Option<&'static str>) -> Self {
        Self::start(move |peer, notes| {
            let Some(head) = peer.head() else { return };
            notes.lock().push(head.clone());
            if header(&head, "proxy-authorization") != authorization {
                peer.send(
                    "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                );
                return;
            }
            match head.strip_prefix("CONNECT ") {
                Some(rest) => tunnel(peer, rest.split(' ').next().expect("an authority")),
                None => forward(peer, &head),
            }
        })
    }

    /// A SOCKS 5 proxy that wants this user name and password.
    pub fn socks(credentials: Option<(&'static str, &'static str)>) -> Self {
        Self::start(move |peer, notes| {
            let Ok(destination) = negotiate(peer, credentials) else {
                return;
            };
            notes.lock().push(destination.clone());
            let origin = connect(&destination);
            peer.send([5, 0, 0, 3, 2, b'm', b'e', 0, 0]);
            relay(peer, origin);
        })
    }
}

fn tunnel(peer: &mut Peer, authority: &str) {
    let origin = connect(authority);
    peer.send("HTTP/1.1 201 Here you are\r\nX-Via: me\r\n\r\n");
    relay(peer, origin);
}

/// Passes one request without a body on, in origin-form and without the fields for the proxy.
fn forward(peer: &mut Peer, head: &str) {
    let (method, rest) = head
        .split_once(" http://")
        .expect("an absolute-form target");
    let (authority, rest) = rest.split_once('/').expect("a path");
    let fields = rest
        .split_inclusive("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("proxy-"))
        .collect::<String>();
    let mut origin = connect(authority);
    let request = format!("{method} /{fields}");
    origin.write_all(request.as_bytes()).expect("a write");
    relay(peer, origin);
}

fn connect(authority: &str) -> TcpStream {
    let (_, port) = authority.rsplit_once(':').expect("a port");
    let port: u16 = port.parse().expect("a port number");
    TcpStream::connect(("127.0.0.1", port)).expect("the origin")
}

/// Both ways, until both ends have closed.
pub fn relay(peer: &Peer, origin: TcpStream) {
    let copy = |mut from: TcpStream, mut to: TcpStream| {
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        })
    };
    let clone = |stream: &TcpStream| stream.try_clone().expect("a descriptor");
    let back = copy(clone(&origin), clone(&peer.0));
    copy(clone(&peer.0), origin).join().expect("the way there");
    back.join().expect("the way back");
}

fn negotiate(peer: &mut Peer, credentials: Option<(&str, &str)>) -> io::Result<String> {
    let [5, count] = take::<2>(peer)? else {
        panic!("no SOCKS 5")
    };
    let methods = take_many(peer, count)?;
    let wanted = if credentials.is_some() { 2 } else { 0 };
    if !methods.contains(&wanted) {
        peer.send([5, 0xff]);
        return Err(io::ErrorKind::Other.into());
    }
    peer.send([5, wanted]);
    if let Some((name, word)) = credentials {
        let [1, length] = take::<2>(peer)? else {
            panic!("no RFC 1929")
        };
        let is_name = take_many(peer, length)? == name.as_bytes();
        let [length] = take::<1>(peer)?;
        let is_word = take_many(peer, length)? == word.as_bytes();
        peer.send([1, u8::from(!(is_name && is_word))]);
    }
    let [5, 1, 0, kind] = take::<4>(peer)? else {
        panic!("no CONNECT")
    };
    let host = match kind {
        1 => std::net::Ipv4Addr::from(take::<4>(peer)?).to_string(),
        4 => std::net::Ipv6Addr::from(take::<16>(peer)?).to_string(),
        _ => {
            let [length] = take::<1>(peer)?;
            String::from_utf8(take_many(peer, length)?).expect("ASCII")
        }
    };
    let port = u16::from_be_bytes(take::<2>(peer)?);
    Ok(format!("{host}:{port}"))
}

fn take<const N: usize>(peer: &mut Peer) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    peer.0.read_exact(&mut bytes).map(|()| bytes)
}

fn take_many(peer: &mut Peer, count: u8) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count.into()];
    peer.0.read_exact(&mut bytes).map(|()| bytes)
}
