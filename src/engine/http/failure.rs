//! What hyper's errors mean to people. The only place that interprets them.

use std::error::Error as _;
use std::io;

use http::HeaderMap;
use http::header::CONTENT_LENGTH;

use super::connection::{MAX_HEAD_SIZE, MAX_HEADERS};
use super::prepared::parse_length;
use super::url::Url;
use super::wire::Account;
use crate::engine::error::{Error, Kind, find};

/// How the end of a response's body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// By its Content-Length, in bytes.
    Length(u64),
    /// By chunks.
    Chunked,
    /// By the end of the connection.
    Close,
    /// By the end of the HTTP/2 stream.
    Stream,
    /// There is none, whatever the head says (RFC 9112, 6.3).
    Bodiless,
}

/// The error of an exchange that got no response head, and whether the connection broke.
pub(super) fn of_head(error: hyper::Error, account: &Account, url: &Url) -> (Error, bool) {
    if let Some(failure) = account.take_body_failure() {
        return (failure.at(url), false);
    }
    let url = &url.without_userinfo();
    let misbehaved = malformed_head(&error).or_else(|| spoke_first(&error));
    let cause = find::<io::Error>(&error).filter(|cause| !is_end(cause));
    let (kind, message) = match (&misbehaved, cause) {
        (Some(what), _) => (Kind::RemoteProtocol, format!("The server of {url} {what}.")),
        (None, Some(cause)) => (broken_kind(account), broken_message(cause, account, url)),
        (None, None) => (Kind::RemoteProtocol, unanswered_message(account, url)),
    };
    let error = Error::new(kind, message).at(url).caused_by(error);
    (error, misbehaved.is_none())
}

fn unanswered_message(account: &Account, url: &Url) -> String {
    let moment = match account.bytes_read() {
        0 => "without sending a response",
        _ => "in the middle of the response head",
    };
    format!("The server of {url} closed the connection {moment}.")
}

/// The error of a head whose Content-Length fields contradict each other: somebody on the way may
/// believe another one than we (RFC 9112, 6.3). hyper looks at none when there is no body or a
/// Transfer-Encoding.
pub(super) fn of_lengths(headers: &HeaderMap, url: &Url) -> Option<Error> {
    let mut values = headers.get_all(CONTENT_LENGTH).iter();
    let first = values.next()?;
    let other = values.find(|value| parse_length(value) != parse_length(first))?;
    let url = &url.without_userinfo();
    let message = format!(
        "The server of {url} sent two different Content-Length fields: {first:?} and {other:?}."
    );
    Some(Error::new(Kind::RemoteProtocol, message).at(url))
}

/// The error of a response's body that ended before it should, after `received` bytes.
pub(super) fn of_body(
    error: hyper::Error,
    account: &Account,
    url: &Url,
    framing: Framing,
    received: u64,
) -> Error {
    if let Some(failure) = account.take_body_failure() {
        return failure.at(url);
    }
    let url = &url.without_userinfo();
    let (kind, message) = match find::<io::Error>(&error) {
        Some(cause) if framing == Framing::Chunked && is_malformed(cause) => {
            let message = format!("The server of {url} sent an invalid chunk: {cause}.");
            (Kind::RemoteProtocol, message)
        }
        Some(cause) if !is_end(cause) => {
            (broken_kind(account), broken_message(cause, account, url))
        }
        _ => (Kind::RemoteProtocol, short_message(url, framing, received)),
    };
    Error::new(kind, message).at(url).caused_by(error)
}

/// Completes "The server of …". hyper tells the kinds of parse errors apart in its text only.
fn malformed_head(error: &hyper::Error) -> Option<String> {
    if !error.is_parse() {
        return None;
    }
    let text = error.to_string();
    Some(if text.contains("too large") {
        format!(
            "sent a response head of more than {} KiB or {MAX_HEADERS} header fields",
            MAX_HEAD_SIZE / 1024
        )
    } else if error.is_parse_status() || text.contains("version") {
        format!("sent an invalid status line ({text})")
    } else {
        format!("sent an invalid response head ({text})")
    })
}

/// Completes "The server of …". hyper cancels a request that it has not sent when the connection
/// fails; unless it was closed or broke, what failed it is bytes that came unasked.
fn spoke_first(error: &hyper::Error) -> Option<String> {
    let cause: &hyper::Error = error.source()?.downcast_ref()?;
    let unasked =
        error.is_canceled() && !cause.is_incomplete_message() && find::<io::Error>(cause).is_none();
    unasked.then(|| "sent a response before it got the request".to_owned())
}

/// hyper's chunk decoder reports what it cannot read as these.
fn is_malformed(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
    )
}

fn is_end(cause: &io::Error) -> bool {
    cause.kind() == io::ErrorKind::UnexpectedEof
}

fn broken_kind(account: &Account) -> Kind {
    match account.write_failed() {
        true => Kind::Write,
        false => Kind::Read,
    }
}

fn broken_message(cause: &io::Error, account: &Account, url: &Url) -> String {
    let doing = match account.write_failed() {
        true => "the request was being sent",
        false => "the response was being read",
    };
    format!("The connection to {url} broke while {doing}: {cause}.")
}

fn short_message(url: &Url, framing: Framing, received: u64) -> String {
    match framing {
        Framing::Length(promised) => format!(
            "The server of {url} sent {received} of the {promised} bytes that its Content-Length promised."
        ),
        _ => format!(
            "The server of {url} closed the connection in the middle of the response body, after {received} bytes."
        ),
    }
}
