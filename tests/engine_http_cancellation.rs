//! Requests cancelled at any moment: the pool is whole afterwards.

mod engine_support;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use engine_support::*;
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tauraro::engine::http::{HttpTransport, Stats};

/// Reproduces a failure.
const SEED: u64 = 4;
const ROUNDS: usize = 100;
const REQUESTS: usize = 100;
/// Connections of a client, and streams that an HTTP/2 server allows.
const MAX: usize = 7;

/// Polls `future` so many times, and drops it in the turn after that: whatever it waits for then.
async fn cancelled_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        if left == 0 {
            cx.waker().wake_by_ref();
        }
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

/// 10,000 requests, each dropped after a random number of polls: in every state between queued and
/// half read. Some get to their end.
async fn cancel_at_random(client: &HttpTransport, urls: &[String]) {
    let mut random = StdRng::seed_from_u64(SEED);
    let mut finished = 0;
    for round in 0..ROUNDS {
        let requests = (0..REQUESTS).map(|number| {
            let url = &urls[number % urls.len()];
            cancelled_after(random.random_range(0..12), fetch(client, url))
        });
        for body in join_all(requests.collect::<Vec<_>>())
            .await
            .into_iter()
            .flatten()
        {
            assert_eq!(
                body.expect("a response"),
                "ok",
                "seed {SEED}, round {round}"
            );
            finished += 1;
        }
        let Stats { open, idle } = client.stats();
        assert_eq!(open, idle, "seed {SEED}: a slot was lost in round {round}");
        assert!(
            open <= MAX,
            "seed {SEED}: {open} connections in round {round}"
        );
    }
    let all = ROUNDS * REQUESTS;
    assert!(finished < all, "none of {all} requests was cancelled");
}

/// `MAX` requests at once, whose responses nobody reads yet.
async fn all_at_once(client: &HttpTransport, url: &str) {
    let requests = (0..MAX).map(|_| client.send(get(url)));
    let responses = join_all(requests).await;
    for response in responses {
        response.expect("a free connection");
    }
}

#[test]
fn ten_thousand_cancelled_requests_cost_no_connection() {
    let (server, other) = (Server::ok(), Server::ok());
    let client = client_of(MAX);
    let urls = [server.url(), other.url(), server.url()];
    run(async {
        cancel_at_random(&client, &urls).await;
        let responses = join_all((0..MAX).map(|_| client.send(get(&server.url())))).await;
        let responses: Vec<_> = responses.into_iter().map(Result::unwrap).collect();
        assert_eq!(client.stats(), Stats { open: MAX, idle: 0 });
        drop(responses);
    });
    assert_eq!(client.stats(), Stats { open: 0, idle: 0 });
}

#[test]
fn ten_thousand_cancelled_requests_cost_no_stream() {
    let server = || {
        let mut builder = h2::server::Builder::new();
        builder.max_concurrent_streams(MAX as u32);
        // Cancelling is what the test is about.
        builder.max_pending_accept_reset_streams(REQUESTS);
        http2::Server::with(builder, |peer, _| {
            let answer = |(_, respond)| async { http2::ok(respond) };
            http2::serve(peer, std::sync::Arc::new(answer))
        })
    };
    let servers: Vec<_> = (0..2 * MAX).map(|_| server()).collect();
    let urls: Vec<_> = servers.iter().map(http2::Server::url).collect();
    let client = http2::client_of(MAX);
    run(async {
        cancel_at_random(&client, &urls).await;
        all_at_once(&client, &urls[0]).await;
        let requests = urls[..MAX].iter().map(|url| client.send(get(url)));
        let responses = join_all(requests).await;
        let responses: Vec<_> = responses.into_iter().map(Result::unwrap).collect();
        assert_eq!(client.stats(), Stats { open: MAX, idle: 0 });
        drop(responses);
        assert_eq!(
            client.stats(),
            Stats {
                open: MAX,
                idle: MAX
            }
        );
    });
}
