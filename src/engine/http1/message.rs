//! One whole HTTP/1.x message in memory, cut into its parts.
//!
//! The [`Parser`] reads it, without any leniency. Refused besides are repeated transfer codings and
//! those other than "chunked", which nobody here decodes, and a transfer coding in HTTP/1.0
//! (RFC 9112, 6.1).

use super::error::Error;
use super::parser::{Event, Kind, Parser, Section};

/// The most header fields of one message.
pub const MAX_HEADERS: usize = 256;

/// Why bytes are no complete message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// More bytes are needed.
    #[error("the {what} is incomplete: {missing}")]
    Incomplete {
        /// "request" or "response".
        what: &'static str,
        /// What does not come to its end.
        missing: &'static str,
    },
    /// The parser refuses it.
    #[error("the {what} is malformed: {error}")]
    Malformed {
        /// "request" or "response".
        what: &'static str,
        /// Why.
        error: Error,
    },
    /// It is none that stands alone in HTTP/1.0 or HTTP/1.1.
    #[error("the {what} is malformed: {reason}")]
    Refused {
        /// "request" or "response".
        what: &'static str,
        /// Why.
        reason: &'static str,
    },
}

/// Names and values of header fields in their order, as they were sent.
pub type Fields = Vec<(String, Vec<u8>)>;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// As sent.
    pub method: &'static str,
    /// The request target, as sent.
    pub path: String,
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    pub minor_version: u8,
    /// The header fields.
    pub headers: Fields,
    /// The body, without chunk framing.
    pub body: Vec<u8>,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status_code: u16,
    /// The reason phrase; may be empty.
    pub reason: Vec<u8>,
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    pub minor_version: u8,
    /// The header fields.
    pub headers: Fields,
    /// The body, without chunk framing.
    pub body: Vec<u8>,
}

/// Parses one request. Bytes after it are an error unless they belong to its body.
///
/// # Errors
/// [`Invalid`] says what is missing or wrong.
pub fn parse_request(data: &[u8]) -> Result<Request, Invalid> {
    let (parser, parts) = parse(Kind::Request, "request", data)?;
    Ok(Request {
        method: parser.method().name(),
        path: text(&parts.first_line),
        minor_version: parser.version().1,
        headers: parts.headers,
        body: parts.body,
    })
}

/// Parses one response. Without a length, its body is the rest of the bytes (RFC 9112, 6.3).
///
/// # Errors
/// [`Invalid`] says what is missing or wrong.
pub fn parse_response(data: &[u8]) -> Result<Response, Invalid> {
    let (parser, parts) = parse(Kind::Response, "response", data)?;
    Ok(Response {
        status_code: parser.status(),
        reason: parts.first_line,
        minor_version: parser.version().1,
        headers: parts.headers,
        body: parts.body,
    })
}

/// What is gathered from the events.
#[derive(Default)]
struct Parts {
    /// The request target, or the reason phrase.
    first_line: Vec<u8>,
    headers: Fields,
    body: Vec<u8>,
}

fn parse(kind: Kind, what: &'static str, data: &[u8]) -> Result<(Parser, Parts), Invalid> {
    let refused = |reason| Invalid::Refused { what, reason };
    let mut parser = Parser::new(kind);
    let mut parts = Parts::default();
    let mut is_head = true;
    let mut at = 0;
    loop {
        let event = parser.next(data, &mut at);
        match event.map_err(|error| Invalid::Malformed { what, error })? {
            None => break,
            Some(Event::MessageComplete) if at < data.len() => {
                return Err(refused("there are more bytes than its length says"));
            }
            Some(Event::MessageComplete) => return Ok((parser, parts)),
            Some(Event::HeadersComplete) => {
                is_head = false;
                check_head(parser.version(), &parts.headers).map_err(refused)?;
            }
            // Trailer fields are passed over.
            Some(Event::Field { .. }) if !is_head => {}
            Some(event) => parts.add(event).map_err(refused)?,
        }
    }
    let missing = match parser.section() {
        Section::BodyToEnd => return Ok((parser, parts)),
        Section::Between | Section::Head => "its head does not end with an empty line",
        Section::Body => "its body is shorter than its Content-Length",
        Section::Chunks => "its last chunk does not come",
    };
    Err(Invalid::Incomplete { what, missing })
}

impl Parts {
    fn add(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Target(piece) | Event::Reason(piece) => self.first_line.extend_from_slice(piece),
            Event::Field { name, value } => {
                if self.headers.len() == MAX_HEADERS {
                    return Err("it has more than 256 header fields");
                }
                self.headers
                    .push((text(name), value.trim_ascii_end().to_vec()));
            }
            Event::Body(piece) => self.body.extend_from_slice(piece),
            _ => {}
        }
        Ok(())
    }
}

fn check_head(version: (u8, u8), headers: &Fields) -> Result<(), &'static str> {
    let is_coding = |(name, _): &&(String, Vec<u8>)| name.eq_ignore_ascii_case("transfer-encoding");
    let mut codings = headers.iter().filter(is_coding).map(|(_, value)| value);
    match (version, codings.next(), codings.next()) {
        ((1, 0), Some(_), _) => Err("HTTP/1.0 knows no Transfer-Encoding"),
        ((1, 0 | 1), None, _) => Ok(()),
        ((1, 1), Some(coding), None) if coding.eq_ignore_ascii_case(b"chunked") => Ok(()),
        ((1, 1), ..) => Err("its transfer coding is not just 'chunked'"),
        _ => Err("its version is neither HTTP/1.0 nor HTTP/1.1"),
    }
}

/// Of bytes that the parser lets pass as ASCII alone.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_cut_into_its_parts() {
        let data = b"POST /p?q HTTP/1.1\r\nHost: example.com\r\nContent-Length: 2\r\n\r\nhi";
        let request = parse_request(data).unwrap();
        assert_eq!(request.method, "POST");
        assert_eq!(request.path, "/p?q");
        assert_eq!(request.minor_version, 1);
        assert_eq!(
            request.headers[0],
            ("Host".to_owned(), b"example.com".to_vec())
        );
        assert_eq!(request.body, b"hi");
    }

    #[test]
    fn chunks_are_joined() {
        let data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                     3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n";
        let response = parse_response(data).unwrap();
        assert_eq!((response.status_code, &*response.reason), (200, &b"OK"[..]));
        assert_eq!(response.body, b"abcde");
    }

    #[test]
    fn every_cut_short_message_is_incomplete() {
        let data = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        for end in 0..data.len() {
            let error = parse_request(&data[..end]).unwrap_err();
            assert!(
                matches!(error, Invalid::Incomplete { .. }),
                "{end}: {error}"
            );
        }
        assert!(parse_request(data).is_ok());
    }

    #[test]
    fn smuggling_shapes_are_refused() {
        for fields in [
            "Content-Length: 1\r\nContent-Length: 1",
            "Content-Length: 1\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Content-Length: +1",
            "Content-Length : 1",
        ] {
            let data = format!("POST / HTTP/1.1\r\n{fields}\r\n\r\na");
            assert!(parse_request(data.as_bytes()).is_err(), "{fields}");
        }
    }

    #[test]
    fn a_line_that_ends_with_lf_alone_is_refused() {
        for data in [
            "GET / HTTP/1.1\nHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\n\n",
            "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        ] {
            let error = parse_request(data.as_bytes()).unwrap_err();
            assert!(
                matches!(error, Invalid::Malformed { .. }),
                "{data:?}: {error}"
            );
        }
        let data = b"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n";
        assert!(matches!(
            parse_response(data),
            Err(Invalid::Malformed { .. })
        ));
    }

    fn chunked(minor_version: u8, body: &str) -> Result<Vec<u8>, Invalid> {
        let head = format!("POST / HTTP/1.{minor_version}\r\nTransfer-Encoding: chunked\r\n\r\n");
        parse_request(format!("{head}{body}").as_bytes()).map(|request| request.body)
    }

    #[test]
    fn malformed_chunks_are_refused() {
        for body in [
            "1 \r\na\r\n0\r\n\r\n",
            " 1\r\na\r\n0\r\n\r\n",
            "1\na\r\n0\r\n\r\n",
            "1\ra\r\n0\r\n\r\n",
            "1;x\ny\r\na\r\n0\r\n\r\n",
            "1 x\r\na\r\n0\r\n\r\n",
            "+1\r\na\r\n0\r\n\r\n",
            "0x1\r\na\r\n0\r\n\r\n",
            ";x\r\na\r\n0\r\n\r\n",
            "10000000000000000\r\na\r\n0\r\n\r\n",
            "1\r\nab\r\n0\r\n\r\n",
            "1\r\na\n0\r\n\r\n",
            "0\r\n\n",
            "0\r\nTrailer: x\n\r\n",
            "0\r\n\r\nmore",
        ] {
            let result = chunked(1, body);
            assert!(
                matches!(
                    result,
                    Err(Invalid::Malformed { .. } | Invalid::Refused { .. })
                ),
                "{body:?}: {result:?}"
            );
        }
        assert_eq!(chunked(1, "1;x=y\r\na\r\n0\r\n\r\n").unwrap(), b"a");
    }

    #[test]
    fn a_transfer_coding_in_http_1_0_is_refused() {
        assert!(matches!(
            chunked(0, "0\r\n\r\n"),
            Err(Invalid::Refused { .. })
        ));
    }
}
