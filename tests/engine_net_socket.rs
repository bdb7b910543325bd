//! Sockets follow the runtime that polls them, and belong to the process that made them.

mod engine_support;

use std::future::{Future, poll_fn};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream as StdStream};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use engine_support::{run_on, runtime};
use tauraro::engine::net::Socket;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

fn pair(runtime: &Runtime) -> (Socket, StdStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("an address");
    let socket = run_on(runtime, async {
        let stream = TcpStream::connect(addr).await.expect("a connection");
        Socket::new(stream).expect("a current runtime")
    });
    (socket, listener.accept().expect("a connection").0)
}

async fn read_some(socket: &mut Socket) -> Vec<u8> {
    let mut buffer = [0; 16];
    let count = socket.read(&mut buffer).await.expect("bytes");
    buffer[..count].to_vec()
}

#[test]
fn a_socket_is_read_and_written_under_another_runtime() {
    let (first, second) = (runtime(), runtime());
    let (mut socket, mut peer) = pair(&first);
    run_on(&second, async {
        socket.write_all(b"ping").await.expect("a write");
        let mut ping = [0; 4];
        peer.read_exact(&mut ping).expect("the ping");
        // Sent only once the read waits, so that the second runtime has to wake it.
        let answer = async {
            tokio::task::yield_now().await;
            peer.write_all(b"pong").expect("a write");
        };
        let (read, ()) = tokio::join!(read_some(&mut socket), answer);
        assert_eq!(read, b"pong");
    });
    run_on(&first, async { socket.write_all(b"back").await }).expect("the way back");
}

#[test]
fn a_socket_outlives_the_runtime_that_made_it() {
    let first = runtime();
    let (mut socket, mut peer) = pair(&first);
    drop(first);
    peer.write_all(b"late").expect("a write");
    assert_eq!(run_on(&runtime(), read_some(&mut socket)), b"late");
}

#[test]
fn a_read_begun_under_one_runtime_ends_under_another() {
    let (first, second) = (runtime(), runtime());
    let (mut socket, mut peer) = pair(&first);
    let mut read = Box::pin(read_some(&mut socket));
    run_on(&first, async {
        let polled = poll_fn(|cx| Poll::Ready(read.as_mut().poll(cx)));
        assert!(polled.await.is_pending());
    });
    let answer = async {
        tokio::task::yield_now().await;
        peer.write_all(b"half").expect("a write");
    };
    let (read, ()) = run_on(&second, async { tokio::join!(read, answer) });
    assert_eq!(read, b"half");
}

#[test]
fn an_idle_socket_tells_silence_from_bytes_and_from_the_end() {
    let runtime = runtime();
    let (socket, mut peer) = pair(&runtime);
    assert!(!socket.is_readable_now());
    peer.write_all(b"!").expect("a write");
    wait_until(|| socket.is_readable_now());

    let (socket, peer) = pair(&runtime);
    drop(peer);
    wait_until(|| socket.is_readable_now());
}

fn wait_until(condition: impl Fn() -> bool) {
    let deadline = std::time::Instant::now() + engine_support::GUARD;
    while !condition() {
        assert!(std::time::Instant::now() < deadline, "it never came to be");
        std::thread::yield_now();
    }
}

#[test]
fn without_a_runtime_a_socket_gives_an_error() {
    let runtime = runtime();
    let (mut socket, _peer) = pair(&runtime);
    let mut write = pin!(socket.write_all(b"x"));
    let mut cx = Context::from_waker(Waker::noop());
    match write.as_mut().poll(&mut cx) {
        Poll::Ready(Err(error)) => assert!(error.to_string().contains("runtime")),
        other => panic!("{other:?}"),
    }
}

/// The child drops the socket; the parent, whose epoll instance it shares, must not notice.
#[test]
fn a_forked_child_cannot_use_a_socket_and_dropping_it_leaves_the_parents_alone() {
    let runtime = runtime();
    let (mut socket, mut peer) = pair(&runtime);
    let entered = runtime.enter();
    // SAFETY: the child allocates little, takes no lock of the parent's and leaves by _exit.
    match unsafe { libc::fork() } {
        0 => {
            let refused = {
                let mut write = pin!(socket.write_all(b"child"));
                let mut cx = Context::from_waker(Waker::noop());
                matches!(write.as_mut().poll(&mut cx), Poll::Ready(Err(_)))
            };
            let stale = socket.is_readable_now();
            drop(socket);
            // SAFETY: nothing of the test harness may run in the child.
            unsafe { libc::_exit(if refused && stale { 7 } else { 1 }) }
        }
        child => assert_eq!(exit_status(child), 7, "the child could use the socket"),
    }
    drop(entered);
    // Had the child deregistered the socket, this read would wait for ever.
    let answer = async {
        tokio::task::yield_now().await;
        peer.write_all(b"parent").expect("a write");
    };
    let (read, ()) = run_on(&runtime, async {
        tokio::join!(read_some(&mut socket), answer)
    });
    assert_eq!(read, b"parent");
}

fn exit_status(child: libc::pid_t) -> i32 {
    let mut status = 0;
    // SAFETY: `status` is valid for the call.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert!(libc::WIFEXITED(status), "the child died: {status}");
    libc::WEXITSTATUS(status)
}
