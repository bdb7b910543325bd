//! One whole HTTP/1.x message in memory, cut into its parts.
//!
//! Strict, as RFC 9112 asks of a recipient that is not to be smuggled past: repeated or
//! conflicting lengths, a length beside a transfer coding, a transfer coding in HTTP/1.0, lines
//! that do not end with CRLF, and malformed chunks are refused.

use httparse::Status;

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
    /// The head is malformed.
    #[error("the {what} is malformed: {reason}")]
    Head {
        /// "request" or "response".
        what: &'static str,
        /// In httparse's words.
        reason: String,
    },
    /// The framing of the body is malformed, or says two things at once.
    #[error("the body is malformed: {0}")]
    Body(&'static str),
}

/// Names and values of header fields in their order, as they were sent.
pub type Fields = Vec<(String, Vec<u8>)>;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// As sent.
    pub method: String,
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
    pub reason: String,
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
    const WHAT: &str = "request";
    let mut storage = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut storage);
    let length = finish_head(WHAT, head.parse(data), data)?;
    let headers = fields(head.headers);
    let body = match framing(&headers, head.version)? {
        Framing::None => exactly(WHAT, &data[length..], 0)?,
        Framing::Length(count) => exactly(WHAT, &data[length..], count)?,
        Framing::Chunked => dechunk(WHAT, &data[length..])?,
    };
    Ok(Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: head.path.unwrap_or_default().to_owned(),
        minor_version: head.version.unwrap_or_default(),
        headers,
        body,
    })
}

/// Parses one response. Without a length, its body is the rest of the bytes (RFC 9112, 6.3).
///
/// # Errors
/// [`Invalid`] says what is missing or wrong.
pub fn parse_response(data: &[u8]) -> Result<Response, Invalid> {
    const WHAT: &str = "response";
    let mut storage = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Response::new(&mut storage);
    let length = finish_head(WHAT, head.parse(data), data)?;
    let headers = fields(head.headers);
    let status_code = head.code.unwrap_or_default();
    let rest = &data[length..];
    let body = match framing(&headers, head.version)? {
        _ if matches!(status_code, 100..200 | 204 | 304) => exactly(WHAT, rest, 0)?,
        Framing::None => rest.to_vec(),
        Framing::Length(count) => exactly(WHAT, rest, count)?,
        Framing::Chunked => dechunk(WHAT, rest)?,
    };
    Ok(Response {
        status_code,
        reason: head.reason.unwrap_or_default().to_owned(),
        minor_version: head.version.unwrap_or_default(),
        headers,
        body,
    })
}

fn finish_head(
    what: &'static str,
    parsed: httparse::Result<usize>,
    data: &[u8],
) -> Result<usize, Invalid> {
    match parsed {
        Ok(Status::Complete(length)) if has_bare_lf(&data[..length]) => Err(Invalid::Head {
            what,
            reason: "a line ends with LF instead of CRLF".to_owned(),
        }),
        Ok(Status::Complete(length)) => Ok(length),
        Ok(Status::Partial) => Err(incomplete(what, "its head does not end with an empty line")),
        Err(error) => Err(Invalid::Head {
            what,
            reason: error.to_string(),
        }),
    }
}

/// httparse takes LF alone for the end of a line, as RFC 9112 (2.2) permits; other recipients of
/// the same bytes may not.
fn has_bare_lf(lines: &[u8]) -> bool {
    let mut ends = lines.split(|&byte| byte == b'\n');
    // What follows the last LF is no line that one has ended.
    ends.next_back();
    ends.any(|line| !line.ends_with(b"\r"))
}

fn incomplete(what: &'static str, missing: &'static str) -> Invalid {
    Invalid::Incomplete { what, missing }
}

fn fields(headers: &[httparse::Header<'_>]) -> Fields {
    headers
        .iter()
        .map(|header| (header.name.to_owned(), header.value.to_vec()))
        .collect()
}

enum Framing {
    None,
    Length(usize),
    Chunked,
}

fn framing(headers: &Fields, minor_version: Option<u8>) -> Result<Framing, Invalid> {
    let values = |wanted: &str| -> Vec<&[u8]> {
        let matching = headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        matching.map(|(_, value)| value.trim_ascii()).collect()
    };
    let lengths = values("content-length");
    let codings = values("transfer-encoding");
    if minor_version == Some(0) && !codings.is_empty() {
        let reason = "HTTP/1.0 knows no Transfer-Encoding";
        return Err(Invalid::Body(reason));
    }
    match (&lengths[..], &codings[..]) {
        ([], []) => Ok(Framing::None),
        ([length], []) => parse_length(length).map(Framing::Length),
        ([], [coding]) if coding.eq_ignore_ascii_case(b"chunked") => Ok(Framing::Chunked),
        ([], _) => Err(Invalid::Body("its transfer coding is not just 'chunked'")),
        (_, []) => Err(Invalid::Body("it has several Content-Length fields")),
        _ => {
            let reason = "it has both a Content-Length and a Transfer-Encoding";
            Err(Invalid::Body(reason))
        }
    }
}

fn parse_length(value: &[u8]) -> Result<usize, Invalid> {
    let invalid = Invalid::Body("its Content-Length is no number");
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(invalid);
    }
    let text = std::str::from_utf8(value).map_err(|_| invalid.clone())?;
    text.parse().map_err(|_| invalid)
}

fn exactly(what: &'static str, rest: &[u8], count: usize) -> Result<Vec<u8>, Invalid> {
    match rest.len() {
        length if length == count => Ok(rest.to_vec()),
        length if length < count => {
            let missing = "its body is shorter than its Content-Length";
            Err(incomplete(what, missing))
        }
        _ => Err(Invalid::Body("there are more bytes than its length says")),
    }
}

/// Joins the chunks; extensions and trailers are passed over.
fn dechunk(what: &'static str, mut rest: &[u8]) -> Result<Vec<u8>, Invalid> {
    let unfinished = || incomplete(what, "its last chunk does not come");
    let mut body = Vec::new();
    loop {
        let size;
        (size, rest) = split_chunk_size(rest)?.ok_or_else(unfinished)?;
        if size == 0 {
            return skip_trailers(what, rest).map(|()| body);
        }
        let size = usize::try_from(size).map_err(|_| unfinished())?;
        let end = size.checked_add(2).ok_or_else(unfinished)?;
        let chunk = rest.get(..end).ok_or_else(unfinished)?;
        if !chunk.ends_with(b"\r\n") {
            return Err(Invalid::Body("a chunk is longer than its size says"));
        }
        body.extend_from_slice(&chunk[..size]);
        rest = &rest[end..];
    }
}

/// The size of a chunk and what follows its line; `None` while the line is incomplete.
///
/// RFC 9112, 7.1: hexadecimal digits, and after a semicolon, perhaps with spaces before it,
/// extensions. httparse lets spaces stand at the end of the line as well.
fn split_chunk_size(data: &[u8]) -> Result<Option<(u64, &[u8])>, Invalid> {
    let bad_size = Invalid::Body("a chunk's size is no hexadecimal number");
    let end = data.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    let line = &data[..end.unwrap_or(data.len())];
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit());
    let (digits, extensions) = line.split_at(digits.count());
    let Some(end) = end else {
        return Ok(None);
    };
    match data[end..] {
        [b'\r', b'\n', ..] => {}
        [b'\r'] => return Ok(None),
        _ => return Err(Invalid::Body("a chunk's first line does not end with CRLF")),
    }
    if !extensions.is_empty() && !extensions.trim_ascii_start().starts_with(b";") {
        return Err(bad_size);
    }
    let digits = std::str::from_utf8(digits).map_err(|_| bad_size.clone())?;
    let size = u64::from_str_radix(digits, 16).map_err(|_| bad_size)?;
    Ok(Some((size, &data[end + 2..])))
}

fn skip_trailers(what: &'static str, rest: &[u8]) -> Result<(), Invalid> {
    let mut storage = [httparse::EMPTY_HEADER; MAX_HEADERS];
    match httparse::parse_headers(rest, &mut storage) {
        Ok(Status::Complete((length, _))) if has_bare_lf(&rest[..length]) => {
            Err(Invalid::Body("its trailers have a line without CRLF"))
        }
        Ok(Status::Complete((length, _))) if length == rest.len() => Ok(()),
        Ok(Status::Complete(_)) => Err(Invalid::Body("there are bytes after its last chunk")),
        Ok(Status::Partial) => Err(incomplete(what, "its trailers do not end")),
        Err(_) => Err(Invalid::Body("its trailers are malformed")),
    }
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
        assert_eq!((response.status_code, &*response.reason), (200, "OK"));
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
            assert!(matches!(error, Invalid::Head { .. }), "{data:?}: {error}");
        }
        let data = b"HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n";
        assert!(matches!(parse_response(data), Err(Invalid::Head { .. })));
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
                matches!(result, Err(Invalid::Body(_))),
                "{body:?}: {result:?}"
            );
        }
        assert_eq!(chunked(1, "1 ; x=y\r\na\r\n0\r\n\r\n").unwrap(), b"a");
    }

    #[test]
    fn a_transfer_coding_in_http_1_0_is_refused() {
        assert!(matches!(chunked(0, "0\r\n\r\n"), Err(Invalid::Body(_))));
    }
}
