//! What the parser tells of requests.

#[path = "engine_support/http1.rs"]
mod http1;

use http1::{Told, feed, parse};
use tauraro::engine::http1::{Error, ErrorKind, Event, Kind, Method, Parser, Section};

fn field(name: &str, value: &str) -> Told {
    Told::Field(name.into(), value.into())
}

fn target(text: &str) -> Told {
    Told::Target(text.into())
}

fn body(text: &str) -> Told {
    Told::Body(text.into())
}

#[test]
fn a_head_is_told_in_its_order() {
    let story = parse(
        Kind::Request,
        b"GET /a?b HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nAccept:\t*/* \r\n\r\n",
    );
    assert_eq!(story.error, None);
    let expected = [
        Told::Begin,
        target("/a?b"),
        field("Host", "h"),
        field("X-Empty", ""),
        // Spaces before a value go, those after it stay.
        field("Accept", "*/* "),
        Told::HeadersComplete,
        Told::Complete,
    ];
    assert_eq!(story.told, expected);
}

#[test]
fn pipelined_requests_each_begin_and_end() {
    let story = parse(
        Kind::Request,
        b"POST /1 HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n",
    );
    assert_eq!(story.error, None);
    assert_eq!(story.completed(), 3);
    let begins = story.told.iter().filter(|told| **told == Told::Begin);
    assert_eq!(begins.count(), 3);
    assert_eq!(
        story.told[3..6],
        [Told::HeadersComplete, body("hi"), Told::Complete]
    );
}

#[test]
fn chunks_are_told_with_their_borders_and_trailers() {
    let story = parse(
        Kind::Request,
        b"PUT / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n\
          3;name=value;other=\"quo\\\"ted\";bare\r\nabc\r\n00\r\nDigest: x\r\nB: y\r\n\r\n",
    );
    assert_eq!(story.error, None);
    let expected = [
        Told::HeadersComplete,
        Told::ChunkHeader,
        body("abc"),
        Told::ChunkComplete,
        Told::ChunkHeader,
        field("Digest", "x"),
        field("B", "y"),
        Told::ChunkComplete,
        Told::Complete,
    ];
    assert_eq!(story.told[3..], expected);
}

#[test]
fn an_upgrade_ends_the_message_and_leaves_the_rest() {
    let data = b"GET /chat HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
                 Content-Length: 3\r\n\r\nrest";
    let story = parse(Kind::Request, data);
    assert_eq!(story.told.last(), Some(&Told::Upgrade));
    assert_eq!((story.completed(), &story.rest[..]), (1, &b"rest"[..]));
}

#[test]
fn connect_ends_the_message_and_leaves_the_rest() {
    let story = parse(Kind::Request, b"CONNECT h:443 HTTP/1.1\r\n\r\nrest");
    assert_eq!(story.told[1], target("h:443"));
    assert_eq!(story.rest, b"rest");
}

#[test]
fn one_of_the_two_fields_is_no_upgrade() {
    for fields in [
        "Upgrade: x",
        "Connection: upgrade",
        "Connection: x\r\nUpgrade: upgrade",
    ] {
        let data = format!("GET / HTTP/1.1\r\n{fields}\r\n\r\nGET / HTTP/1.1\r\n\r\n");
        assert_eq!(
            parse(Kind::Request, data.as_bytes()).completed(),
            2,
            "{fields}"
        );
    }
}

#[test]
fn a_parser_goes_on_after_an_upgrade() {
    let mut parser = Parser::new(Kind::Request);
    feed(&mut parser, [&b"CONNECT h:443 HTTP/1.1\r\n\r\nrest"[..]]);
    let story = feed(&mut parser, [&b"GET / HTTP/1.1\r\n\r\n"[..]]);
    assert_eq!((story.error, story.completed()), (None, 1));
}

#[test]
fn bytes_after_the_last_request_are_an_error() {
    for head in [
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nProxy-Connection: x, Close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
    ] {
        let data = format!("{head}\r\nG");
        let story = parse(Kind::Request, data.as_bytes());
        assert_eq!(story.reason(), "Data after `Connection: close`", "{head}");
        assert_eq!(story.completed(), 1);
    }
    let data = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    assert_eq!(parse(Kind::Request, data).completed(), 2);
}

#[test]
fn what_is_known_of_a_request_can_be_asked_in_its_course() {
    let mut parser = Parser::new(Kind::Request);
    let data = b"PATCH / HTTP/1.1\r\nConnection: close\r\nContent-Length: 9\r\n\r\n123";
    let mut at = 0;
    while let Some(event) = parser.next(data, &mut at).unwrap() {
        if event == Event::HeadersComplete {
            break;
        }
    }
    assert_eq!(
        (parser.method().name(), parser.version()),
        ("PATCH", (1, 1))
    );
    assert!(!parser.should_keep_alive());
    assert!(!parser.upgrade());
    while parser.next(data, &mut at).unwrap().is_some() {}
    assert_eq!(parser.section(), Section::Body);
}

#[test]
fn every_method_is_read_and_known_by_its_number() {
    let methods: Vec<Method> = (0..=u8::MAX).map_while(Method::from_number).collect();
    assert_eq!(methods.len(), 47);
    for method in methods {
        let name = method.name();
        assert_eq!(Method::from_name(name.as_bytes()), Some(method));
        let data = format!("{name} rtsp://h/ RTSP/1.0\r\n\r\n");
        let mut parser = Parser::new(Kind::Request);
        feed(&mut parser, [data.as_bytes()]);
        assert_eq!(parser.method(), method);
    }
}

#[test]
fn an_error_says_what_of_the_request_is_wrong_and_stays() {
    for (data, kind, reason) in [
        (
            "SPAM / HTTP/1.1\r\n",
            ErrorKind::Method,
            "Invalid method encountered",
        ),
        (
            "GETS / HTTP/1.1\r\n",
            ErrorKind::Method,
            "Expected space after method",
        ),
        (
            "GET nowhere:x HTTP/1.1\r\n",
            ErrorKind::Target,
            "Unexpected char in url schema",
        ),
        (
            "GET /\u{e9} HTTP/1.1\r\n",
            ErrorKind::Target,
            "Invalid char in url path",
        ),
        (
            "GET / HTTP/1.2\r\n",
            ErrorKind::Other,
            "Invalid HTTP version",
        ),
        ("GET / HTTP/11\r\n", ErrorKind::Other, "Expected dot"),
        (
            "GET / SPDY/1.1\r\n",
            ErrorKind::Other,
            "Expected HTTP/, RTSP/ or ICE/",
        ),
        (
            "GET / ICE/1.0\r\n",
            ErrorKind::Other,
            "Expected SOURCE method for ICE/x.x request",
        ),
        (
            "SETUP / HTTP/1.0\r\n",
            ErrorKind::Other,
            "Invalid method for HTTP/x.x request",
        ),
    ] {
        let mut parser = Parser::new(Kind::Request);
        for _ in 0..2 {
            let story = feed(&mut parser, [data.as_bytes()]);
            assert_eq!(story.error, Some(Error { kind, reason }), "{data}");
        }
    }
}
