//! What two recipients might understand in two ways is refused.

#[path = "engine_support/http1.rs"]
mod http1;

use http1::{parse, parse_bytewise};
use tauraro::engine::http1::{Kind, Leniency, parse_request};

/// Refused by the parser in one piece and in many, and by `parse_request`.
fn assert_refused(data: &[u8], reason: &str) {
    let text = String::from_utf8_lossy(data);
    let story = parse(Kind::Request, data);
    assert_eq!(story.reason(), reason, "{text:?}");
    let story = parse_bytewise(Kind::Request, Leniency::default(), data);
    assert_eq!(story.reason(), reason, "{text:?}");
    let error = parse_request(data).unwrap_err();
    assert!(error.to_string().contains(reason), "{text:?}: {error}");
}

fn assert_fields_refused(fields: &str, reason: &str) {
    let data = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\n0\r\n\r\n");
    assert_refused(data.as_bytes(), reason);
}

#[test]
fn a_repeated_or_conflicting_content_length() {
    let reason = "Duplicate Content-Length";
    assert_fields_refused("Content-Length: 5\r\nContent-Length: 5", reason);
    assert_fields_refused("Content-Length: 5\r\nContent-Length: 6", reason);
    assert_fields_refused(
        "Content-Length: 5, 5",
        "Invalid character in Content-Length",
    );
}

#[test]
fn a_content_length_that_is_no_plain_number() {
    for value in ["+5", "-5", "0x5", "5 5", "5;", "five", "5\u{b}"] {
        let data = format!("POST / HTTP/1.1\r\nContent-Length: {value}\r\n\r\nhello");
        let story = parse(Kind::Request, data.as_bytes());
        assert!(story.error.is_some(), "{value:?}");
    }
    assert_fields_refused("Content-Length:", "Empty Content-Length");
    assert_fields_refused(
        "Content-Length: 18446744073709551616",
        "Content-Length overflow",
    );
}

#[test]
fn a_content_length_beside_a_transfer_encoding() {
    assert_fields_refused(
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding can't be present with Content-Length",
    );
    assert_fields_refused(
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length can't be present with Transfer-Encoding",
    );
}

#[test]
fn a_request_whose_last_coding_is_not_chunked() {
    for value in [
        "gzip",
        "chunked;q=1",
        "xchunked",
        "chunked\t",
        "\u{b}chunked",
        "identity",
    ] {
        let data = format!("POST / HTTP/1.1\r\nTransfer-Encoding: {value}\r\n\r\n0\r\n\r\n");
        assert!(
            parse(Kind::Request, data.as_bytes()).error.is_some(),
            "{value:?}"
        );
        assert!(parse_request(data.as_bytes()).is_err(), "{value:?}");
    }
    let reason = "Invalid `Transfer-Encoding` header value";
    assert_fields_refused("Transfer-Encoding: chunked, gzip", reason);
    assert_fields_refused("Transfer-Encoding: chunked, chunked", reason);
    assert_fields_refused(
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
        reason,
    );
    assert_fields_refused("Transfer-Encoding:", "Empty Transfer-Encoding");
}

#[test]
fn lines_that_do_not_end_with_crlf() {
    for (data, reason) in [
        ("\nGET / HTTP/1.1\r\n\r\n", "Missing expected CR before LF"),
        ("\rGET / HTTP/1.1\r\n\r\n", "Expected LF after CR"),
        ("GET / HTTP/1.1\n\r\n", "Expected CRLF after version"),
        (
            "GET / HTTP/1.1\rA: b\r\n\r\n",
            "Expected CRLF after version",
        ),
        ("GET /\n\r\n", "Expected CRLF"),
        (
            "GET / HTTP/1.1\r\nA: b\n\r\n",
            "Missing expected CR after header value",
        ),
        (
            "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n",
            "Missing expected LF after header value",
        ),
        ("GET / HTTP/1.1\r\nA:\n\r\n", "Invalid header value char"),
        ("GET / HTTP/1.1\r\nA:\rC: d\r\n\r\n", "Expected LF after CR"),
        ("GET / HTTP/1.1\r\nA: b\r\n\n", "Invalid header field char"),
        ("GET / HTTP/1.1\r\nA: b\r\n\rx", "Expected LF after headers"),
    ] {
        assert_refused(data.as_bytes(), reason);
    }
}

#[test]
fn spaces_where_a_name_or_a_folded_line_would_begin() {
    for (fields, reason) in [
        ("Host : h", "Invalid header token"),
        ("Host\t: h", "Invalid header token"),
        ("Content-Length : 5", "Invalid header field char"),
        (" Host: h", "Unexpected space after start line"),
        ("A: b\r\n c", "Unexpected whitespace after header value"),
        ("A: b\r\n\tc", "Unexpected whitespace after header value"),
        ("A:\r\n b", "Invalid header value char"),
    ] {
        assert_fields_refused(fields, reason);
    }
}

#[test]
fn control_characters() {
    for (fields, reason) in [
        ("A: b\0c", "Invalid header value char"),
        ("A: b\u{7f}", "Invalid header value char"),
        ("A: \u{1}", "Invalid header value char"),
        ("A\0: b", "Invalid header token"),
        (": b", "Invalid header token"),
        ("no colon", "Invalid header token"),
    ] {
        assert_fields_refused(fields, reason);
    }
    assert_refused(b"GET /\0 HTTP/1.1\r\n\r\n", "Invalid char in url path");
    assert_refused(b"GET\0/ HTTP/1.1\r\n\r\n", "Expected space after method");
}

#[test]
fn chunks_that_are_not_what_they_say() {
    for (chunks, reason) in [
        ("g\r\n", "Invalid character in chunk size"),
        ("\r\n", "Invalid character in chunk size"),
        ("-1\r\n", "Invalid character in chunk size"),
        ("0x1\r\na\r\n", "Invalid character in chunk size"),
        ("1 \r\na\r\n", "Invalid character in chunk size"),
        ("10000000000000000\r\n", "Chunk size overflow"),
        ("1\na\r\n", "Missing expected CR after chunk size"),
        ("1\ra\r\n", "Expected LF after chunk size"),
        ("1\r\nab\r\n", "Expected LF after chunk data"),
        ("1\r\na\n", "Missing expected CR after chunk data"),
        ("1\r\na\rb", "Expected LF after chunk data"),
        ("1;\r\na\r\n", "Invalid character in chunk extensions"),
        ("1; a\r\na\r\n", "Invalid character in chunk extensions"),
        (
            "1;a b\r\na\r\n",
            "Invalid character in chunk extensions name",
        ),
        (
            "1;a=\u{1}\r\na\r\n",
            "Invalid character in chunk extensions value",
        ),
        (
            "1;a=\"\n\"\r\na\r\n",
            "Invalid character in chunk extensions quoted value",
        ),
        (
            "1;a=\"\\\n\"\r\na\r\n",
            "Invalid quoted-pair in chunk extensions quoted value",
        ),
        (
            "1;a=\"b\"c\r\na\r\n",
            "Invalid character in chunk extensions quote value",
        ),
        (
            "0\r\nContent-Length: 5\r\n\r\n",
            "Content-Length can't be present with Transfer-Encoding",
        ),
        (
            "0\r\nTransfer-Encoding: chunked\r\n\r\n",
            "Invalid `Transfer-Encoding` header value",
        ),
        ("0\r\n folded\r\n\r\n", "Invalid header token"),
    ] {
        let data = format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        assert_refused(data.as_bytes(), reason);
    }
}
