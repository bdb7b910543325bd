//! The test servers themselves: a server that misled a test would be worse than none.

mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};

use support::http::HttpServer;
use support::misbehaving::{MisbehavingServer, RefusingPort};
use support::server::ServerThread;
use support::stats::Stats;

/// Sends a GET that closes the connection and returns all that comes back.
fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = request(address, path);
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("read the answer");
    String::from_utf8_lossy(&answer).into_owned()
}

fn request(address: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("connect");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .expect("send the request");
    stream
}

#[test]
fn dropping_a_server_reports_the_panic_of_a_handler() {
    let server = ServerThread::start("panics", |stream| async move {
        let _open_until_the_panic = stream;
        panic!("told to");
    });
    let mut stream = TcpStream::connect(server.address()).expect("connect");
    let read = stream
        .read(&mut [0; 1])
        .expect("read until the server closes");
    assert_eq!(read, 0);
    let panic = catch_unwind(AssertUnwindSafe(|| drop(server))).expect_err("the drop panics");
    assert_eq!(panic.downcast_ref(), Some(&"told to"));
}

#[test]
fn dropping_a_server_closes_its_connections() {
    let server = HttpServer::start();
    let mut stream = request(server.address(), "/never");
    server
        .stats()
        .wait_until("one request", |stats| stats.requests() == 1);
    drop(server);
    assert_eq!(stream.read(&mut [0; 1]).expect("read"), 0);
}

#[test]
fn a_whole_response_is_not_closed_early() {
    let server = HttpServer::start();
    for path in [
        "/",
        "/bytes/100000",
        "/stream/3/1000",
        "/status/204",
        "/nothing-here",
    ] {
        get(server.address(), path);
    }
    server.stats().wait_until("no open socket", no_open_socket);
    assert_eq!(server.stats().requests(), 5);
    assert_eq!(server.stats().accepted(), 5);
    assert_eq!(server.stats().peak_open_sockets(), 1);
    assert_eq!(server.stats().closed_early(), 0);
}

#[test]
fn a_client_that_leaves_before_the_answer_or_its_end_is_noticed() {
    let server = HttpServer::start();
    for (earlier, path) in ["/never", "/delay/60000", "/slow-body"]
        .into_iter()
        .enumerate()
    {
        let stream = request(server.address(), path);
        let arrived = |stats: &Stats| stats.requests() > earlier;
        server.stats().wait_until("the request", arrived);
        stream.shutdown(Shutdown::Both).expect("leave");
    }
    server.stats().wait_until("no open socket", no_open_socket);
    assert_eq!(server.stats().closed_early(), 3);
}

#[test]
fn the_observer_is_not_counted() {
    let server = HttpServer::start();
    get(server.address(), "/");
    server.stats().wait_until("no open socket", no_open_socket);
    let port = server
        .stats_url()
        .rsplit(':')
        .next()
        .and_then(|port| port.parse().ok());
    let observer = SocketAddr::from(([127, 0, 0, 1], port.expect("the URL ends in a port")));
    let answer = get(observer, "/stats");
    assert!(answer.contains("\"accepted\":1"), "{answer}");
    assert!(get(observer, "/reset-stats").contains("\"accepted\":0"));
    assert_eq!(server.stats().requests(), 0);
}

#[test]
fn a_faulty_answer_is_sent_as_written() {
    let server = MisbehavingServer::start();
    let answer = get(server.address(), "/half-header");
    assert_eq!(answer, "HTTP/1.1 200 OK\r\nContent-Le");
}

#[test]
fn a_reserved_port_refuses() {
    let port = RefusingPort::reserve();
    let error = TcpStream::connect(port.address()).expect_err("nobody listens");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

fn no_open_socket(stats: &Stats) -> bool {
    stats.open_sockets() == 0
}
