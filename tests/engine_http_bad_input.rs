//! Responses that are no HTTP/1.1: each is told, and the request after it gets its answer.

mod engine_support;

use engine_support::*;
use http::Method;
use tauraro::engine::Kind;
use tauraro::engine::http::Stats;

/// Sends `response` on the first connection, and good ones on the others.
fn failing_once(response: impl Into<Vec<u8>>) -> Server {
    let response = response.into();
    Server::start(move |peer, number| {
        if number == 0 {
            peer.request();
            peer.send(&response);
            peer.wait_for_end();
        } else {
            while peer.request().is_some() && peer.ok("ok") {}
        }
    })
}

/// The message of the `RemoteProtocol` error that `response` gives; the pool has to be sound after.
fn refusal(response: impl Into<Vec<u8>>) -> String {
    let server = failing_once(response);
    let client = client_of(1);
    run(async {
        let error = fetch(&client, &server.url()).await.expect_err("no HTTP");
        assert_eq!(error.kind(), Kind::RemoteProtocol, "{error}");
        assert_eq!(client.stats().open, 0, "{error}");
        assert_eq!(
            fetch(&client, &server.url()).await.unwrap(),
            "ok",
            "{error}"
        );
        assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
        error.to_string()
    })
}

#[test]
fn heads_beyond_the_limits() {
    let line = format!("HTTP/1.1 200 OK\r\nX-A: {}\r\n\r\n", "a".repeat(1 << 20));
    let fields = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-A: 1\r\n".repeat(10_000));
    for response in [line, fields] {
        let message = refusal(response);
        let limits = "sent a response head of more than 128 KiB or 100 header fields";
        assert!(message.contains(limits), "{message}");
    }
}

#[test]
fn chunks_of_bad_sizes() {
    for chunk in ["-1", "0x5", "5 5", "ffffffffffffffffff", "g", ""] {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let message = refusal(format!("{head}{chunk}\r\nhello\r\n0\r\n\r\n"));
        assert!(
            message.contains("sent an invalid chunk"),
            "{chunk}: {message}"
        );
    }
}

#[test]
fn lengths_that_contradict_each_other() {
    for fields in [
        "Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: 2, 3",
        "Content-Length: +2",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\nContent-Length: 3",
    ] {
        let message = refusal(format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n0\r\n\r\n"));
        let told = ["Content-Length", "invalid response head", "content-length"];
        assert!(told.iter().any(|text| message.contains(text)), "{message}");
    }
    // The same twice is one.
    let server =
        Server::once("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok");
    assert_eq!(run(fetch(&client(), &server.url())).unwrap(), "ok");
}

#[test]
fn what_is_no_http() {
    for garbage in [
        "\x16\x03\x01\x02\r\n\r\n",
        "SSH-2.0-x\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
    ] {
        let message = refusal(garbage);
        assert!(message.contains("sent an invalid"), "{message}");
    }
}

#[test]
fn an_answer_before_the_request() {
    let server = Server::start(|peer, number| {
        if number == 0 {
            peer.ok("hasty");
            peer.wait_for_end();
        } else {
            while peer.request().is_some() && peer.ok("ok") {}
        }
    });
    let client = client_of(1);
    run(async {
        // Whether the answer comes before the request is sent or after cannot be told for sure.
        match fetch(&client, &server.url()).await {
            Ok(body) => assert_eq!(body, "hasty"),
            Err(error) => {
                assert_eq!(error.kind(), Kind::RemoteProtocol);
                let message = error.to_string();
                assert!(message.contains("before it got the request"), "{message}");
                assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
            }
        }
    });
}

#[test]
fn a_body_where_none_may_be() {
    let server = failing_once("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    let client = client_of(1);
    run(async {
        let mut head = client
            .send(request(Method::HEAD, &server.url()))
            .await
            .unwrap();
        assert_eq!(read(&mut head.body).await.unwrap(), "");
        // The body must not be taken for the next response.
        assert_eq!(fetch(&client, &server.url()).await.unwrap(), "ok");
    });
}

#[test]
fn informational_responses_are_passed_over() {
    let server = Server::once(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n\
         HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    );
    run(async {
        let mut response = client().send(get(&server.url())).await.unwrap();
        assert_eq!(response.status, 200);
        assert!(!response.headers.contains_key("link"));
        assert_eq!(read(&mut response.body).await.unwrap(), "ok");
    });
}
