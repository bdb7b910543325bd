//! One request and its response head, on one connection.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use http::Response;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use tokio::task::coop::unconstrained;

use super::body::Outgoing;
use super::connection::Connection;
use super::failure;
use super::prepared::Prepared;
use super::response::Asked;
use super::timeout::{Limits, Watch};
use super::url::Url;
use crate::engine::error::Error;

/// An exchange that gave no response head.
pub(super) struct Failed {
    pub(super) error: Error,
    /// The request, when no byte of it was sent.
    pub(super) unsent: Option<Prepared>,
    /// Whether the connection broke before any byte of a response came.
    pub(super) unanswered: bool,
}

impl Failed {
    /// The request to send on another connection, when this one was broken already and sending
    /// again is safe: `again` is the same request, if it may be repeated.
    pub(super) fn retry(self, again: Option<Prepared>) -> Result<Prepared, Error> {
        let again = again.filter(|_| self.unanswered);
        self.unsent.or(again).ok_or(self.error)
    }
}

/// Sends `request` and waits for the final response's head. Drop the future to abandon the
/// exchange; the connection is closed with it.
pub(super) async fn exchange(
    mut connection: Connection,
    request: Prepared,
    asked: &Asked,
) -> Result<(Response<Incoming>, Connection), Failed> {
    let limits = Limits {
        timeouts: asked.timeouts,
        url: &asked.url,
        part: "a response from",
    };
    let mut watch = Watch::default();
    let mut timer = pin!(None);
    // The answer is there as soon as the driver, polled just before, has put it there: it needs
    // no waker. And tokio's budget must not hide it, for then nothing would wake us.
    let mut response = pin!(unconstrained(connection.send(request.into_http())));
    let answer = poll_fn(|cx| {
        connection.drive(cx);
        let mut idle = Context::from_waker(Waker::noop());
        if let Poll::Ready(answer) = response.as_mut().poll(&mut idle) {
            return Poll::Ready(Ok(answer));
        }
        watch
            .poll(timer.as_mut(), cx, connection.account(), &limits)
            .map(Err)
    });
    match answer.await {
        Ok(Ok(response)) => Ok((response, connection)),
        Ok(Err(refused)) => Err(refusal(refused, &connection, &asked.url)),
        Err(error) => Err(Failed {
            error,
            unsent: None,
            unanswered: false,
        }),
    }
}

fn refusal(
    mut refused: TrySendError<http::Request<Outgoing>>,
    connection: &Connection,
    url: &Url,
) -> Failed {
    let unsent = refused.take_message().map(Prepared::from_http);
    let account = connection.account();
    let (error, broken) = failure::of_head(refused.into_error(), account, url);
    Failed {
        error,
        unsent,
        unanswered: broken && account.bytes_read() == 0,
    }
}
