//! Made-up bytes: nothing panics, and every cut tells the same.
//!
//! `TAURARO_HTTP1_INPUTS` says how many are tried.

#[path = "engine_support/http1.rs"]
mod http1;

use http1::feed;
use tauraro::engine::http1::{Kind, Leniency, Parser, parse_request, parse_response, parse_url};

/// xorshift64*.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % bound
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

const WORDS: &[&str] = &[
    "GET ",
    "POST ",
    "CONNECT ",
    "PRI ",
    "SOURCE ",
    "/",
    "/a?b#c",
    "h:1",
    "*",
    "http://u@h/",
    " HTTP/1.1",
    " HTTP/1.0",
    " HTTP/2.0",
    " ICE/1.0",
    " RTSP/1.0",
    "HTTP/1.1 200 OK",
    "HTTP/1.1 101 X",
    "HTTP/1.0 304",
    "HTTP/1.1 100 ",
    "\r\n",
    "\r\n",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    "Content-Length: ",
    "Transfer-Encoding: ",
    "Connection: ",
    "Upgrade: ",
    "A: ",
    "b",
    "chunked",
    "gzip",
    ", ",
    "close",
    "keep-alive",
    "upgrade",
    "0",
    "1",
    "3",
    "5",
    "ff",
    "99999999999999999999",
    ";",
    "=",
    "\"",
    "\\",
    "a;b=\"c\"",
    "\0",
    "\u{7f}",
    "\u{e9}",
    "hello",
    "SM\r\n\r\n",
    "[::1]",
    "://",
    "@",
    "?",
    "#",
    ":80",
    ":",
];

const HEADS: &[&str] = &[
    "GET / HTTP/1.1\r\n",
    "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "",
];

fn input(random: &mut Random) -> Vec<u8> {
    let mut data = random.one_of(HEADS).as_bytes().to_vec();
    for _ in 0..random.below(16) {
        data.extend_from_slice(random.one_of(WORDS).as_bytes());
    }
    for _ in 0..random.below(3) {
        let at = random.below(data.len() + 1);
        let byte = u8::try_from(random.below(256)).unwrap_or(0);
        match data.get_mut(at) {
            Some(place) => *place = byte,
            None => data.push(byte),
        }
    }
    data
}

fn leniency(random: &mut Random) -> Leniency {
    let bits = random.next() & random.next() & 0x3ff;
    Leniency::from_bits(u16::try_from(bits).unwrap_or(0))
}

fn parser(kind: Kind, leniency: Leniency) -> Parser {
    let mut parser = Parser::new(kind);
    parser.set_leniency(leniency);
    parser
}

fn check(data: &[u8], leniency: Leniency, cut: usize) {
    for kind in [Kind::Request, Kind::Response] {
        let whole = feed(&mut parser(kind, leniency), [data]);
        let (first, second) = data.split_at(cut);
        let in_two = feed(&mut parser(kind, leniency), [first, second]);
        let text = String::from_utf8_lossy(data);
        assert_eq!(in_two, whole, "{kind:?} {leniency:?} {text:?} cut at {cut}");
    }
    let _ = parse_request(data);
    let _ = parse_response(data);
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = parse_url(text);
    }
}

#[test]
fn made_up_bytes_tell_the_same_however_they_are_cut() {
    let count = std::env::var("TAURARO_HTTP1_INPUTS");
    let count = count.ok().and_then(|count| count.parse().ok());
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for _ in 0..count.unwrap_or(100_000_u64) {
        let data = input(&mut random);
        let leniency = match random.below(2) {
            0 => Leniency::default(),
            _ => leniency(&mut random),
        };
        let cut = random.below(data.len() + 1);
        check(&data, leniency, cut);
    }
}

#[test]
fn made_up_urls_are_cut_at_their_own_characters() {
    const PIECES: &[&str] = &[
        "http", "://", "/", "u", ":", "@", "h", "[", "]", "::1", "%", "?", "#", "80", "65536", "a",
        "*", " ", "\u{e9}", "\0", ".", "-",
    ];
    let mut random = Random(7);
    for _ in 0..100_000 {
        let pieces = 1 + random.below(10);
        let text: String = (0..pieces).map(|_| random.one_of(PIECES)).collect();
        let Ok(url) = parse_url(&text) else { continue };
        for part in [
            url.scheme,
            url.userinfo,
            url.host,
            url.path,
            url.query,
            url.fragment,
        ] {
            assert!(
                part.is_none_or(|part| !part.is_empty() && text.contains(part)),
                "{text:?}"
            );
        }
    }
}
