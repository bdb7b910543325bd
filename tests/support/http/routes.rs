//! The paths of the HTTP server:
//!
//! | path | answer |
//! |---|---|
//! | `/` | `Hello, world!` |
//! | `/json` | a JSON object |
//! | `/echo` | the request as JSON: method, path, query, headers (pairs, names in lower case), body (text), body_base64, and the number of the connection it came over |
//! | `/status/{n}` | that status |
//! | `/bytes/{n}` | n bytes, 0 to 250 over and over |
//! | `/stream/{chunks}/{size}` | chunked, one chunk at a time |
//! | `/delay/{ms}` | an answer after that long |
//! | `/slow-body` | announces 1,000 bytes, sends 5, stalls |
//! | `/never` | no answer |
//! | `/headers?name=value&…` | those response headers, repeated names included |
//! | `/encoding/{charset}` | a text in that charset, which the Content-Type names; utf-8 for an unknown one |
//! | `/close` | `Connection: close` |
//! | `/basic-auth/{user}/{password}` | 200 with these credentials, else 401 |
//! | `/redirect` | 302 to `/` |
//! | `/downgrade` | 302 to `ws://elsewhere/`, without TLS |
//! | `/stats`, `/reset-stats` | the server's counters |

use std::future::pending;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{
    AUTHORIZATION, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, WWW_AUTHENTICATE,
};
use hyper::{Request, Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::body::Parts;
use crate::support::stats::Stats;

/// The largest body a path may ask for, in bytes.
const MAX_BODY: usize = 64 << 20;

/// One of these is sent by `/encoding/{charset}`: the first that the charset can express.
const SAMPLES: [&str; 3] = ["Grüße aus Österreich", "日本語のテキスト", "Привет, мир"];

pub(super) async fn answer(
    request: Request<Incoming>,
    connection: usize,
    stats: &Stats,
) -> Response<Parts> {
    let path = request.uri().path().to_owned();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match segments.as_slice() {
        [""] => text("Hello, world!"),
        ["json"] => {
            json(&json!({"name": "Grüße", "numbers": [1, 2.5, null], "nested": {"ok": true}}))
        }
        ["echo"] => echo(request, connection).await,
        ["status", code] => status(code),
        ["bytes", size] => count(size).map_or_else(bad_request, bytes),
        ["stream", chunks, size] => stream(chunks, size),
        ["delay", milliseconds] => delay(milliseconds).await,
        ["slow-body"] => Response::new(Parts::stalling(b"start", 1_000)),
        ["never"] => pending().await,
        ["headers"] => headers(request.uri().query().unwrap_or_default()),
        ["encoding", charset] => encoded(charset),
        ["close"] => with_header(text("closing"), CONNECTION, "close"),
        ["basic-auth", user, password] => basic_auth(&request, &decode(user), &decode(password)),
        ["redirect"] => with_header(status("302"), LOCATION, "/"),
        ["downgrade"] => with_header(status("302"), LOCATION, "ws://elsewhere/"),
        _ => answer_stats(&path, stats),
    }
}

/// Answers `/stats` and `/reset-stats`, and 404 for anything else.
pub(super) fn answer_stats(path: &str, stats: &Stats) -> Response<Parts> {
    match path {
        "/stats" => json(&stats.to_json()),
        "/reset-stats" => {
            stats.reset();
            json(&stats.to_json())
        }
        _ => status("404"),
    }
}

async fn echo(request: Request<Incoming>, connection: usize) -> Response<Parts> {
    let (head, body) = request.into_parts();
    // A body that breaks off ends the connection as well: nobody reads this answer.
    let body = body
        .collect()
        .await
        .map(|whole| whole.to_bytes())
        .unwrap_or_default();
    let headers: Vec<(&str, String)> = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), latin1(value.as_bytes())))
        .collect();
    json(&json!({
        "method": head.method.as_str(),
        "path": head.uri.path(),
        "query": head.uri.query().unwrap_or_default(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
        "body_base64": BASE64_STANDARD.encode(&body),
        "connection": connection,
    }))
}

fn status(code: &str) -> Response<Parts> {
    let Ok(code) = code.parse::<StatusCode>() else {
        return bad_request();
    };
    // A 1xx is no final response, and 204 and 304 have no body (RFC 9110, section 6.4.1).
    let body = match code.as_u16() {
        100..=199 => return bad_request(),
        204 | 304 => String::new(),
        code => format!("status {code}"),
    };
    let mut response = text(body);
    *response.status_mut() = code;
    response
}

fn bytes(size: usize) -> Response<Parts> {
    let body: Vec<u8> = (0..=250).cycle().take(size).collect();
    with_header(
        Response::new(Parts::whole(body)),
        CONTENT_TYPE,
        "application/octet-stream",
    )
}

fn stream(chunks: &str, size: &str) -> Response<Parts> {
    let (Some(chunks), Some(size)) = (count(chunks), count(size)) else {
        return bad_request();
    };
    if chunks.saturating_mul(size) > MAX_BODY {
        return bad_request();
    }
    let chunk = |number: usize| Bytes::from(vec![b'a' + (number % 26) as u8; size]);
    Response::new(Parts::chunked((0..chunks).map(chunk)))
}

async fn delay(milliseconds: &str) -> Response<Parts> {
    let Some(milliseconds) = count(milliseconds) else {
        return bad_request();
    };
    tokio::time::sleep(Duration::from_millis(milliseconds as u64)).await;
    text("waited")
}

fn headers(query: &str) -> Response<Parts> {
    let mut response = text("headers");
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = HeaderName::from_bytes(decode(name).as_bytes());
        let value = HeaderValue::from_str(&decode(value));
        let (Ok(name), Ok(value)) = (name, value) else {
            return bad_request();
        };
        response.headers_mut().append(name, value);
    }
    response
}

fn encoded(charset: &str) -> Response<Parts> {
    let encoding =
        encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let body = SAMPLES
        .iter()
        .map(|sample| encoding.encode(sample))
        .find(|(_, _, unmappable)| !unmappable)
        .map(|(body, _, _)| body.into_owned())
        .unwrap_or_default();
    let content_type = format!("text/plain; charset={charset}");
    with_header(
        Response::new(Parts::whole(body)),
        CONTENT_TYPE,
        &content_type,
    )
}

fn basic_auth(request: &Request<Incoming>, user: &str, password: &str) -> Response<Parts> {
    let expected = format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{user}:{password}"))
    );
    let given = request.headers().get(AUTHORIZATION);
    if given.is_some_and(|given| given.as_bytes() == expected.as_bytes()) {
        return json(&json!({"authenticated": true, "user": user}));
    }
    with_header(status("401"), WWW_AUTHENTICATE, "Basic realm=\"test\"")
}

fn text(body: impl Into<Bytes>) -> Response<Parts> {
    with_header(
        Response::new(Parts::whole(body)),
        CONTENT_TYPE,
        "text/plain; charset=utf-8",
    )
}

fn json(value: &Value) -> Response<Parts> {
    with_header(
        Response::new(Parts::whole(value.to_string())),
        CONTENT_TYPE,
        "application/json",
    )
}

fn bad_request() -> Response<Parts> {
    status("400")
}

fn with_header(mut response: Response<Parts>, name: HeaderName, value: &str) -> Response<Parts> {
    match HeaderValue::from_str(value) {
        Ok(value) => {
            response.headers_mut().insert(name, value);
            response
        }
        Err(_) => bad_request(),
    }
}

fn count(segment: &str) -> Option<usize> {
    segment.parse().ok().filter(|count| *count <= MAX_BODY)
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
