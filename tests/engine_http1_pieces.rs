//! The same bytes in pieces of any size tell the same.

#[path = "engine_support/http1.rs"]
mod http1;

use http1::{Story, feed, parse_bytewise, parse_leniently};
use tauraro::engine::http1::{Kind, Leniency, Parser};

const REQUESTS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "\r\n\r\nGET /a?b#c HTTP/1.0\r\nA:\r\nB: \t \r\nC:  d \r\n\r\n",
    "GET / HTTP/1.1\r\n\r\nPOST http://u:p@h:1/ HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloHEAD * HTTP/1.1\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n\
     3;a=b;c=\"d;\\\"\";e\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX: y\r\nConnection: close\r\n\r\n\r\nGET",
    "GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n\x01\x02",
    "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\nanything",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET /\r\n\r\n",
    "GET_PARAMETER rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    "SOURCE /s ICE/1.0\r\n\r\n",
    "GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET",
    "SPAM / HTTP/1.1\r\n\r\n",
    "GETS / HTTP/1.1\r\n\r\n",
    "get / HTTP/1.1\r\n\r\n",
    "GET /\x7f HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.2\r\n\r\n",
    "GET / HTXP/1.1\r\n\r\n",
    "GET / HTTP/1.1\nHost: h\r\n\r\n",
    "GET / HTTP/1.1\rHost: h\r\n\r\n",
    "GET / HTTP/1.1\r\n Host: h\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
    "GET / HTTP/1.1\r\nContent-Length : 1\r\n\r\na",
    "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
    "GET / HTTP/1.1\r\nA:\r\n folded\r\n\r\n",
    "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n , x\r\n\r\n",
    "GET / HTTP/1.1\r\nA: b\0c\nD: e\r\n\r\n",
    "GET / HTTP/1.1\r\nA: b\rc: d\r\n\r\n",
    "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nContent-Length: 18446744073709551616\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\na\n0\n\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na0\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a b\r\na\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 1\r\n\r\n",
];

const RESPONSES: &[&str] = &[
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.0 200\r\n\r\nto the end",
    "HTTP/1.1 304 Not\tModified\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 \x41\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nto the end",
    "HTTP/1.1 101 Switching\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\nrest",
    "HTTP/1.1 101 Switching\r\n\r\nrest",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 200 O\0K\r\n\r\n",
    "HTTP/1.1 200 OK\nA: b\r\n\r\n",
    "HTTQ/1.1 200 OK\r\n\r\n",
    "HTTP/1.x 200 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n",
    "ICE/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
];

const LENIENCIES: [Leniency; 10] = [
    Leniency::HEADERS,
    Leniency::CHUNKED_LENGTH,
    Leniency::KEEP_ALIVE,
    Leniency::TRANSFER_ENCODING,
    Leniency::VERSION,
    Leniency::DATA_AFTER_CLOSE,
    Leniency::OPTIONAL_LF_AFTER_CR,
    Leniency::OPTIONAL_CR_BEFORE_LF,
    Leniency::OPTIONAL_CRLF_AFTER_CHUNK,
    Leniency::SPACES_AFTER_CHUNK_SIZE,
];

/// None, each alone, and all.
fn leniencies() -> impl Iterator<Item = Leniency> {
    let join = |all: Leniency, one: &Leniency| all.with(*one, true);
    let all = LENIENCIES.iter().fold(Leniency::default(), join);
    LENIENCIES.into_iter().chain([Leniency::default(), all])
}

fn messages() -> impl Iterator<Item = (Kind, &'static [u8])> {
    let requests = REQUESTS.iter().map(|text| (Kind::Request, text.as_bytes()));
    let responses = RESPONSES
        .iter()
        .map(|text| (Kind::Response, text.as_bytes()));
    requests.chain(responses)
}

fn for_each_case(mut check: impl FnMut(Kind, Leniency, &[u8], &Story)) {
    for (kind, data) in messages() {
        for leniency in leniencies() {
            let whole = parse_leniently(kind, leniency, data);
            check(kind, leniency, data, &whole);
        }
    }
}

#[test]
fn byte_by_byte_tells_the_same() {
    for_each_case(|kind, leniency, data, whole| {
        let story = parse_bytewise(kind, leniency, data);
        assert_eq!(story, *whole, "{:?}", String::from_utf8_lossy(data));
    });
}

#[test]
fn a_cut_anywhere_tells_the_same() {
    for_each_case(|kind, leniency, data, whole| {
        for cut in 0..=data.len() {
            let mut parser = Parser::new(kind);
            parser.set_leniency(leniency);
            let (first, second) = data.split_at(cut);
            let story = feed(&mut parser, [first, second]);
            let text = String::from_utf8_lossy(data);
            assert_eq!(story, *whole, "{text:?} cut at {cut}");
        }
    });
}

#[test]
fn two_cuts_anywhere_tell_the_same() {
    for (kind, data) in messages() {
        let whole = parse_leniently(kind, Leniency::default(), data);
        for first in 0..data.len() {
            for second in first..data.len() {
                let pieces = [&data[..first], &data[first..second], &data[second..]];
                let story = feed(&mut Parser::new(kind), pieces);
                assert_eq!(story, whole, "cut at {first} and {second}");
            }
        }
    }
}
