//! What each leniency lets pass, and that none lets it pass alone.

#[path = "engine_support/http1.rs"]
mod http1;

use http1::{Story, Told, parse, parse_leniently};
use tauraro::engine::http1::{Kind, Leniency};

/// The story with that leniency; without it there is an error.
fn lenient(kind: Kind, leniency: Leniency, data: &str) -> Story {
    let strict = parse(kind, data.as_bytes());
    assert!(strict.error.is_some(), "{data:?} needs no leniency");
    let story = parse_leniently(kind, leniency, data.as_bytes());
    assert_eq!(story.error, None, "{data:?}");
    story
}

fn lenient_request(leniency: Leniency, data: &str) -> Story {
    lenient(Kind::Request, leniency, data)
}

fn chunked(chunks: &str) -> String {
    format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}")
}

fn field(name: &str, value: &str) -> Told {
    Told::Field(name.into(), value.into())
}

#[test]
fn headers_lets_any_byte_stand_in_a_value() {
    let data = "GET / HTTP/1.1\r\nA: b\0\u{1}\nC: d\r\n\r\n";
    let story = lenient_request(Leniency::HEADERS, data);
    assert_eq!(story.told[2..4], [field("A", "b\0\u{1}"), field("C", "d")]);
}

#[test]
fn headers_joins_folded_lines() {
    let data = "GET / HTTP/1.1\r\nA: b\r\n  c\r\n\td\r\nE:\r\n f\r\n\r\n";
    let story = lenient_request(Leniency::HEADERS, data);
    assert_eq!(story.told[2..4], [field("A", "b  c\td"), field("E", "f")]);
}

#[test]
fn headers_lets_spaces_stand_around_names() {
    let story = lenient_request(Leniency::HEADERS, "GET / HTTP/1.1\r\n A: b\r\n\r\n");
    assert_eq!(story.told[2], field("A", "b"));
    let data = "GET / HTTP/1.1\r\nContent-Length  : 1\r\n\r\na";
    let story = lenient_request(Leniency::HEADERS, data);
    assert_eq!(story.told[2], field("Content-Length  ", "1"));
    assert_eq!(story.body(), b"a");
}

#[test]
fn headers_lets_any_byte_stand_in_a_reason() {
    let data = "HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n";
    let story = lenient(Kind::Response, Leniency::HEADERS, data);
    assert_eq!(story.told[1], Told::Reason(b"O\0K".to_vec()));
}

#[test]
fn chunked_length_lets_chunks_win_over_a_length() {
    for fields in [
        "Content-Length: 9\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 9",
    ] {
        let data = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n1\r\na\r\n0\r\n\r\n");
        let story = lenient_request(Leniency::CHUNKED_LENGTH, &data);
        assert_eq!((story.body(), story.completed()), (b"a".to_vec(), 1));
    }
}

#[test]
fn keep_alive_lets_messages_follow_the_last() {
    let data =
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET / HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    assert_eq!(lenient_request(Leniency::KEEP_ALIVE, data).completed(), 3);
}

#[test]
fn transfer_encoding_lets_a_request_go_on_to_the_end() {
    for value in ["gzip", "chunked, gzip"] {
        let data = format!("POST / HTTP/1.1\r\nTransfer-Encoding: {value}\r\n\r\nto the end");
        let story = lenient_request(Leniency::TRANSFER_ENCODING, &data);
        assert_eq!(
            (story.body(), story.completed()),
            (b"to the end".to_vec(), 0)
        );
    }
}

#[test]
fn version_lets_any_digits_pass() {
    let story = lenient_request(Leniency::VERSION, "GET / HTTP/3.7\r\n\r\n");
    assert_eq!(story.completed(), 1);
}

#[test]
fn data_after_close_is_passed_over() {
    let data = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n\0\0\0";
    assert_eq!(
        lenient_request(Leniency::DATA_AFTER_CLOSE, data).completed(),
        1
    );
}

#[test]
fn optional_lf_after_cr_lets_cr_end_lines_that_are_no_fields() {
    let leniency = Leniency::OPTIONAL_LF_AFTER_CR;
    for data in [
        "GET / HTTP/1.1\rA: b\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n\rGET / HTTP/1.1\r\n\r\n",
        &chunked("1\ra\r\n0\r\n\r\n"),
    ] {
        assert!(lenient_request(leniency, data).completed() > 0);
    }
    let story = parse_leniently(
        Kind::Request,
        leniency,
        b"GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n",
    );
    assert_eq!(story.reason(), "Missing expected LF after header value");
}

#[test]
fn optional_cr_before_lf_lets_lf_end_any_line() {
    for data in [
        "\nGET / HTTP/1.1\nA: b\nC:\n\n",
        "GET / HTTP/1.1\r\nA: b\n\r\n",
        "GET /\n\n",
        &chunked("1\na\n0\nT: u\n\n"),
        &chunked("1;a=b\na\n0;c=\"d\"\n\n"),
    ] {
        let story = lenient_request(Leniency::OPTIONAL_CR_BEFORE_LF, data);
        assert_eq!(story.completed(), 1, "{data:?}");
    }
    let data = "HTTP/1.1 200 OK\nContent-Length: 0\n\nHTTP/1.1 204\n\n";
    let story = lenient(Kind::Response, Leniency::OPTIONAL_CR_BEFORE_LF, data);
    assert_eq!(story.completed(), 2);
}

#[test]
fn optional_crlf_after_chunk_lets_the_next_size_follow() {
    let data = chunked("1\r\na1\r\nb0\r\n\r\n");
    let story = lenient_request(Leniency::OPTIONAL_CRLF_AFTER_CHUNK, &data);
    assert_eq!((story.body(), story.completed()), (b"ab".to_vec(), 1));
}

#[test]
fn spaces_after_chunk_size_lets_them_pass() {
    let data = chunked("1 \t \r\na\r\n0 ;x\r\n\r\n");
    let story = lenient_request(Leniency::SPACES_AFTER_CHUNK_SIZE, &data);
    assert_eq!((story.body(), story.completed()), (b"a".to_vec(), 1));
    let story = parse_leniently(
        Kind::Request,
        Leniency::SPACES_AFTER_CHUNK_SIZE,
        chunked("1 0\r\n").as_bytes(),
    );
    assert_eq!(story.reason(), "Invalid character in chunk size");
}
