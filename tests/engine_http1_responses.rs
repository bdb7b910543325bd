//! What the parser tells of responses.

#[path = "engine_support/http1.rs"]
mod http1;

use http1::{Told, feed, parse};
use tauraro::engine::http1::{ErrorKind, Kind, Parser, Section};

#[test]
fn a_response_is_told_in_its_order() {
    let story = parse(
        Kind::Response,
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
    );
    let expected = [
        Told::Begin,
        Told::Reason(b"Not Found".to_vec()),
        Told::Field(b"Content-Length".to_vec(), b"2".to_vec()),
        Told::HeadersComplete,
        Told::Body(b"no".to_vec()),
        Told::Complete,
    ];
    assert_eq!((story.told, story.error), (expected.to_vec(), None));
}

#[test]
fn an_empty_reason_is_told_and_a_missing_one_is_not() {
    let empty = parse(Kind::Response, b"HTTP/1.1 200 \r\n\r\n");
    assert_eq!(empty.told[1], Told::Reason(Vec::new()));
    let missing = parse(Kind::Response, b"HTTP/1.1 200\r\n\r\n");
    assert_eq!(missing.told, [Told::Begin, Told::HeadersComplete]);
}

#[test]
fn without_a_length_the_body_goes_on_to_the_end_of_the_connection() {
    for fields in ["", "Transfer-Encoding: gzip\r\n", "Connection: close\r\n"] {
        let mut parser = Parser::new(Kind::Response);
        let head = format!("HTTP/1.1 200 OK\r\n{fields}\r\n");
        let pieces = [head.as_bytes(), b"HTTP/1.1 ", b"200 OK\r\n\r\n"];
        let story = feed(&mut parser, pieces);
        assert_eq!(story.body(), b"HTTP/1.1 200 OK\r\n\r\n");
        assert_eq!(
            (story.completed(), parser.section()),
            (0, Section::BodyToEnd)
        );
        assert!(!parser.should_keep_alive());
    }
}

#[test]
fn some_statuses_have_no_body_whatever_their_fields_say() {
    for status in [100, 102, 103, 204, 304] {
        let fields = "Content-Length: 5\r\nConnection: keep-alive";
        let data = format!(
            "HTTP/1.1 {status} X\r\n{fields}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
        );
        let story = parse(Kind::Response, data.as_bytes());
        assert_eq!(
            (story.completed(), &story.body()[..]),
            (2, &b"a"[..]),
            "{status}"
        );
    }
}

#[test]
fn switching_protocols_leaves_the_rest() {
    let head = "HTTP/1.1 101 Switching Protocols\r\nTransfer-Encoding: chunked\r\n";
    let data = format!("{head}Upgrade: websocket\r\nConnection: upgrade\r\n\r\nrest");
    let story = parse(Kind::Response, data.as_bytes());
    assert_eq!((story.completed(), &story.rest[..]), (1, &b"rest"[..]));
    // In any other response the fields only offer it.
    let data = "HTTP/1.1 426 X\r\nUpgrade: a\r\nConnection: upgrade\r\nContent-Length: 1\r\n\r\na";
    let story = parse(Kind::Response, data.as_bytes());
    assert_eq!((story.completed(), &story.body()[..]), (1, &b"a"[..]));
}

#[test]
fn switching_to_no_protocol_is_an_error() {
    let story = parse(Kind::Response, b"HTTP/1.1 101 X\r\n\r\nrest");
    assert_eq!(
        (story.completed(), story.reason()),
        (1, "Pause on CONNECT/Upgrade")
    );
}

#[test]
fn a_malformed_status_line_is_refused_as_such() {
    for line in [
        "HTTP/1.1 20 X",
        "HTTP/1.1 2000 X",
        "HTTP/1.1 2x0 X",
        "HTTP/1.1 200\tX",
        "HTTP/1.1  200 X",
        "HTTP/1.1 200 \0",
    ] {
        let story = parse(Kind::Response, format!("{line}\r\n\r\n").as_bytes());
        let kind = story.error.map(|error| error.kind);
        assert_eq!(kind, Some(ErrorKind::Status), "{line:?}");
    }
    for line in ["HTTP 200 OK", "HTTP/1 200 OK", "http/1.1 200 OK", "12"] {
        let story = parse(Kind::Response, format!("{line}\r\n\r\n").as_bytes());
        let kind = story.error.map(|error| error.kind);
        assert_eq!(kind, Some(ErrorKind::Other), "{line:?}");
    }
}
