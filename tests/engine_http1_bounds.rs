//! Sizes are bounded, however the bytes are cut.

#[path = "engine_support/http1.rs"]
mod http1;

use http1::{Story, feed};
use tauraro::engine::http1::parser::{MAX_CHUNK_LINE, MAX_HEAD};
use tauraro::engine::http1::{Kind, Parser, parse_request};

/// The story, which is the same for pieces of several sizes.
fn story(kind: Kind, data: &[u8]) -> Story {
    let whole = feed(&mut Parser::new(kind), [data]);
    for size in [1, 7, 4096, 65_536] {
        let story = feed(&mut Parser::new(kind), data.chunks(size));
        assert_eq!(story, whole, "in pieces of {size}");
    }
    whole
}

fn head_of(length: usize, field: &str) -> String {
    let head = "GET / HTTP/1.1\r\n";
    let rest = length - head.len() - field.len() - "\r\n\r\n".len();
    format!("{head}{field}{}\r\n\r\n", "a".repeat(rest))
}

#[test]
fn a_head_may_be_as_large_as_the_bound_and_no_larger() {
    let data = head_of(MAX_HEAD, "Cookie: ");
    assert_eq!(story(Kind::Request, data.as_bytes()).completed(), 1);
    let data = head_of(MAX_HEAD + 1, "Cookie: ");
    let story = story(Kind::Request, data.as_bytes());
    assert_eq!(story.reason(), "Message head is larger than 1 MiB");
}

#[test]
fn the_bound_counts_every_part_of_a_head() {
    let many = "A: b\r\n".repeat(MAX_HEAD / 6 + 1);
    for data in [
        format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(MAX_HEAD)),
        format!("GET {}/ HTTP/1.1\r\n\r\n", " ".repeat(MAX_HEAD)),
        format!("GET / HTTP/1.1\r\n{}: b\r\n\r\n", "a".repeat(MAX_HEAD)),
        format!("GET / HTTP/1.1\r\nA:{}b\r\n\r\n", " ".repeat(MAX_HEAD)),
        format!("GET / HTTP/1.1\r\n{many}\r\n"),
    ] {
        let story = story(Kind::Request, data.as_bytes());
        assert_eq!(story.reason(), "Message head is larger than 1 MiB");
    }
    let data = format!("HTTP/1.1 200 {}\r\n\r\n", "a".repeat(MAX_HEAD));
    let story = story(Kind::Response, data.as_bytes());
    assert_eq!(story.reason(), "Message head is larger than 1 MiB");
}

#[test]
fn each_message_has_a_bound_of_its_own() {
    let data = head_of(MAX_HEAD, "Cookie: ").repeat(3);
    let story = feed(
        &mut Parser::new(Kind::Request),
        data.as_bytes().chunks(65_536),
    );
    assert_eq!((story.error, story.completed()), (None, 3));
}

#[test]
fn a_body_has_no_bound() {
    let length = 4 * MAX_HEAD;
    let head = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
    let data = [head.as_bytes(), &vec![b'a'; length]].concat();
    let story = feed(&mut Parser::new(Kind::Request), data.chunks(10_000));
    assert_eq!((story.body().len(), story.completed()), (length, 1));
}

#[test]
fn extensions_and_trailers_are_bounded() {
    let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let data = format!("{chunked}1;{}\r\na\r\n", "x".repeat(MAX_CHUNK_LINE));
    let reason = "Chunk extensions are larger than 16 KiB";
    assert_eq!(story(Kind::Request, data.as_bytes()).reason(), reason);
    let data = format!("{chunked}{}1\r\na\r\n", "0".repeat(MAX_CHUNK_LINE));
    assert_eq!(story(Kind::Request, data.as_bytes()).reason(), reason);
    let data = format!("{chunked}0\r\n{}", "A: b\r\n".repeat(MAX_HEAD / 6 + 1));
    let reason = "Trailer fields are larger than 1 MiB";
    assert_eq!(story(Kind::Request, data.as_bytes()).reason(), reason);
}

#[test]
fn many_chunks_each_have_a_bound_of_their_own() {
    let chunks = "1;extension=value\r\na\r\n".repeat(5_000);
    let data = format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n");
    assert_eq!(story(Kind::Request, data.as_bytes()).body().len(), 5_000);
}

#[test]
fn a_whole_message_has_a_bounded_number_of_fields() {
    let data = |count| format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(count));
    assert!(parse_request(data(256).as_bytes()).is_ok());
    let error = parse_request(data(257).as_bytes()).unwrap_err();
    assert!(error.to_string().contains("256"), "{error}");
}
