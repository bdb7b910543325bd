//! One client under many runtimes, threads and processes.

mod engine_support;

use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;

use engine_support::*;
use tauraro::engine::http::Stats;
use tauraro::engine::http::{HttpTransport, Response};

fn assert_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn the_engine_can_be_used_from_any_thread() {
    fn assert_shared<T: Send + Sync + Clone>() {}
    assert_shared::<HttpTransport>();
    let server = Server::ok();
    let client = client();
    let sending = assert_send(client.send(get(&server.url())));
    let mut response = thread::spawn(|| run(sending)).join().unwrap().unwrap();
    let body = assert_send(response.body.read_to_end());
    assert_eq!(run(body).unwrap(), "ok");
}

#[test]
fn eight_threads_share_one_client() {
    let server = Server::ok();
    let client = client_of(4);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                run(async {
                    for _ in 0..100 {
                        assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
                    }
                });
            });
        }
    });
    assert!(server.peak() <= 4, "{} at a time", server.peak());
    let stats = client.stats();
    assert_eq!(stats.open, stats.idle);
}

#[test]
fn a_connection_is_used_under_the_next_runtime_when_the_first_is_gone() {
    let server = Server::ok();
    let client = client();
    for _ in 0..3 {
        assert_eq!(run(fetch(&client, &server.url())).unwrap(), "ok");
    }
    assert_eq!(server.accepted(), 1);
}

#[test]
fn a_connection_is_used_while_the_runtime_that_made_it_is_idle() {
    let server = Server::ok();
    let client = client();
    let (first, second) = (runtime(), runtime());
    for runtime in [&first, &second, &first, &second] {
        assert_eq!(
            run_on(runtime, fetch(&client, &server.url())).unwrap(),
            "ok"
        );
    }
    assert_eq!(server.accepted(), 1);
}

/// Two connections are idle; each runtime takes the one that it used last.
#[test]
fn a_runtime_prefers_the_connection_that_it_used_last() {
    let server = Server::start(
        |peer, number| {
            while peer.request().is_some() && peer.ok(&number.to_string()) {}
        },
    );
    let client = client();
    let (first, second) = (runtime(), runtime());
    let mut held = run_on(&first, client.send(get(&server.url()))).unwrap();
    assert_eq!(run_on(&second, fetch(&client, &server.url())).unwrap(), "1");
    assert_eq!(run_on(&first, read(&mut held.body)).unwrap(), "0");
    for _ in 0..3 {
        assert_eq!(run_on(&second, fetch(&client, &server.url())).unwrap(), "1");
        assert_eq!(run_on(&first, fetch(&client, &server.url())).unwrap(), "0");
    }
}

#[test]
fn a_body_begun_under_one_runtime_is_read_to_its_end_under_another() {
    let (go, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let server = Server::start(move |peer, _| {
        peer.request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        gate.lock().unwrap().recv().expect("a go");
        peer.send("world");
        peer.wait_for_end();
    });
    let client = client();
    let first = runtime();
    let mut response: Response = run_on(&first, client.send(get(&server.url()))).unwrap();
    let chunk = run_on(&first, response.body.chunk()).unwrap();
    assert_eq!(chunk.unwrap(), "hello");
    drop(first);
    let rest = run(async {
        let reading = response.body.read_to_end();
        let going = async {
            tokio::task::yield_now().await;
            go.send(()).expect("a server that waits");
        };
        tokio::join!(reading, going).0
    });
    assert_eq!(rest.unwrap(), "world");
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn a_waiter_under_one_runtime_is_served_by_a_release_under_another() {
    let server = Server::ok();
    let client = client_of(1);
    let mut held = run(client.send(get(&server.url()))).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| run(fetch(&client, &server.url())));
        scope.spawn(|| run(read(&mut held.body)).unwrap());
        assert_eq!(waiting.join().unwrap().unwrap(), "ok");
    });
}

/// The child gets connections of its own; the parent's stay usable.
#[test]
fn a_forked_child_has_a_pool_of_its_own() {
    let server = Server::start(|peer, number| {
        while let Some(request) = peer.request() {
            let from = header(&request, "x-from").unwrap_or("nobody");
            peer.ok(&format!("{number} {from}"));
        }
    });
    let client = client();
    let ask = |from: &'static str| {
        let mut request = get(&server.url());
        request.headers_mut().append(b"x-from", from.as_bytes());
        run(async {
            let mut response = client.send(request).await?;
            read(&mut response.body).await
        })
    };
    assert_eq!(ask("parent").unwrap(), "0 parent");
    // SAFETY: no other thread of this test holds a lock that the child needs, and it leaves by
    // _exit. The server's threads live on in the parent.
    match unsafe { libc::fork() } {
        0 => {
            // Twice: on a connection of its own, which it keeps.
            let is_own = |body| matches!(body, Ok(body) if body == "1 child");
            let answered = is_own(ask("child")) && is_own(ask("child"));
            // SAFETY: nothing of the test harness may run in the child.
            unsafe { libc::_exit(if answered { 7 } else { 1 }) }
        }
        child => {
            let mut status = 0;
            // SAFETY: `status` is valid for the call.
            assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
            assert_eq!(
                libc::WEXITSTATUS(status),
                7,
                "the child was not answered: {status}"
            );
        }
    }
    assert_eq!(ask("parent").unwrap(), "0 parent");
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}
