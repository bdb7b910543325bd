//! Responses closed before they were read to their end.

mod engine_support;

use engine_support::*;
use tauraro::engine::Kind;
use tauraro::engine::http::Stats;

/// Answers each request in one write.
fn answering(answer: impl Into<String>) -> Server {
    let answer = answer.into();
    Server::start(move |peer, _| while peer.request().is_some() && peer.send(&answer) {})
}

/// The connections that the server sees when the first of two responses is closed unread, or after
/// one chunk.
fn connections(server: &Server, chunks: usize) -> usize {
    let client = client();
    run(async {
        let mut response = client.send(get(&server.url())).await.unwrap();
        for _ in 0..chunks {
            response.body.chunk().await.unwrap().expect("a chunk");
        }
        let received = response.body.received();
        response.body.close();
        assert_eq!(
            response.body.received(),
            received,
            "what nobody read counts"
        );
        if !response.body.is_done() {
            let error = response.body.chunk().await.expect_err("a closed response");
            assert_eq!(error.kind(), Kind::LocalProtocol);
        }
        let Stats { open, idle } = client.stats();
        assert_eq!(open, idle);
        client.send(get(&server.url())).await.unwrap();
    });
    server.accepted()
}

#[test]
fn a_short_rest_that_is_there_keeps_the_connection() {
    let sized = answering(ok(&"x".repeat(1000)));
    assert_eq!(connections(&sized, 0), 1);
    let chunks = "5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n";
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for read in 0..=2 {
        let chunked = answering(format!("{head}{chunks}"));
        assert_eq!(connections(&chunked, read), 1, "{read} chunks read");
    }
}

#[test]
fn a_long_rest_closes_the_connection() {
    let sized = answering(ok(&"x".repeat(1 << 20)));
    assert_eq!(connections(&sized, 1), 2);
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let endless = answering(format!("{head}{}0\r\n\r\n", chunk.repeat(20)));
    assert_eq!(connections(&endless, 1), 2);
}

#[test]
fn a_rest_that_is_not_there_is_not_waited_for() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
    ] {
        assert_eq!(connections(&Server::holding(answer), 1), 2, "{answer}");
    }
}
