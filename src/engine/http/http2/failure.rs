//! What the h2 crate's errors mean to people. The only place that interprets them.

use h2::Reason;

use super::connection::inherited;
use crate::engine::error::{BoxError, Error, Kind, find};
use crate::engine::http::exchange::Failed;
use crate::engine::http::url::Url;
use crate::engine::http::wire::Account;

/// The error of a request whose stream was not opened.
pub(super) fn of_opening(error: BoxError, url: &Url) -> Error {
    match error.downcast::<h2::Error>() {
        Ok(error) => explain(*error, url, "before the request was sent"),
        Err(other) => {
            let url = url.without_userinfo();
            let message = format!("Could not send a request to {url}: {other}.");
            Error::new(Kind::Write, message).at(&url).caused_by(other)
        }
    }
}

/// Whether the request itself cannot be sent over HTTP/2.
pub(super) fn is_ours(error: &BoxError) -> bool {
    let known = |error: &h2::Error| error.is_io() || error.reason().is_some();
    let error: Option<&h2::Error> = error.downcast_ref();
    error.is_some_and(|error| !known(error))
}

/// The error of a request that cannot be sent over HTTP/2.
pub(super) fn of_illegal(error: BoxError, url: &Url) -> Error {
    let url = url.without_userinfo();
    let message = format!("The request to {url} cannot be sent over HTTP/2: {error}.");
    Error::new(Kind::LocalProtocol, message)
        .at(&url)
        .caused_by(error)
}

/// The error of a request that got no response head, and whether it may be sent again.
pub(super) fn of_head(error: h2::Error, url: &Url) -> Failed {
    // RFC 9113, 8.7: both say that the request was not processed. With GOAWAY only the streams
    // fail that it leaves out.
    let refused =
        error.is_remote() && (error.is_go_away() || error.reason() == Some(Reason::REFUSED_STREAM));
    let broken = error.is_io();
    Failed {
        refused,
        unanswered: broken,
        ..Failed::for_good(explain(error, url, "without sending a response"))
    }
}

/// The error of a response's body, of which `received` bytes came.
pub(super) fn of_body(error: h2::Error, url: &Url, received: u64) -> Error {
    let moment = format!("in the middle of the response body, after {received} bytes");
    explain(error, url, &moment)
}

/// Why the body of a request failed.
pub(super) fn of_request_body(account: &Account, url: &Url) -> Error {
    let failure = account.take_body_failure();
    let unknown = || Error::new(Kind::Write, "The request body failed.");
    failure.unwrap_or_else(unknown).at(url)
}

/// The error of a response that a forked child reads.
pub(super) fn of_inherited(url: &Url) -> Error {
    let url = url.without_userinfo();
    let cause = inherited();
    let message = format!("Cannot read the response of {url}: {cause}.");
    Error::new(Kind::Read, message).at(&url).caused_by(cause)
}

fn explain(error: h2::Error, url: &Url, moment: &str) -> Error {
    let url = &url.without_userinfo();
    let reason = error.reason().map(|reason| name(reason).to_owned());
    let reason = reason.unwrap_or_default();
    let (kind, message) = if error.is_reset() && error.is_remote() {
        let message = format!("The server of {url} reset the stream {moment} ({reason}).");
        (Kind::RemoteProtocol, message)
    } else if error.is_go_away() && error.is_remote() {
        let message = format!("The server of {url} is closing the connection ({reason}).");
        (Kind::RemoteProtocol, message)
    } else if error.reason().is_some() {
        let message = format!("The server of {url} violated HTTP/2 {moment} ({reason}).");
        (Kind::RemoteProtocol, message)
    } else if is_end(&error) {
        let message = format!("The server of {url} closed the connection {moment}.");
        (Kind::RemoteProtocol, message)
    } else {
        let message = format!("The connection to {url} broke {moment}: {error}.");
        (Kind::Read, message)
    };
    Error::new(kind, message).at(url).caused_by(error)
}

/// The end of the byte stream, which h2 calls a broken pipe of its own.
fn is_end(error: &h2::Error) -> bool {
    let io = error.get_io();
    io.is_some_and(|io| {
        let kind = io.kind();
        io.raw_os_error().is_none()
            && find::<rustls::Error>(io).is_none()
            && matches!(
                kind,
                std::io::ErrorKind::BrokenPipe | std::io::ErrorKind::UnexpectedEof
            )
    })
}

/// As RFC 9113, 7, writes it.
fn name(reason: Reason) -> &'static str {
    match reason {
        Reason::NO_ERROR => "NO_ERROR",
        Reason::PROTOCOL_ERROR => "PROTOCOL_ERROR",
        Reason::INTERNAL_ERROR => "INTERNAL_ERROR",
        Reason::FLOW_CONTROL_ERROR => "FLOW_CONTROL_ERROR",
        Reason::SETTINGS_TIMEOUT => "SETTINGS_TIMEOUT",
        Reason::STREAM_CLOSED => "STREAM_CLOSED",
        Reason::FRAME_SIZE_ERROR => "FRAME_SIZE_ERROR",
        Reason::REFUSED_STREAM => "REFUSED_STREAM",
        Reason::CANCEL => "CANCEL",
        Reason::COMPRESSION_ERROR => "COMPRESSION_ERROR",
        Reason::CONNECT_ERROR => "CONNECT_ERROR",
        Reason::ENHANCE_YOUR_CALM => "ENHANCE_YOUR_CALM",
        Reason::INADEQUATE_SECURITY => "INADEQUATE_SECURITY",
        Reason::HTTP_1_1_REQUIRED => "HTTP_1_1_REQUIRED",
        _ => "unknown error code",
    }
}
