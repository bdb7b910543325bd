//! One request and its response head, on one connection.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use http::Response;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use tokio::task::coop::unconstrained;
use tokio::time::Sleep;

use super::body::Outgoing;
use super::connection::Connection;
use super::failure;
use super::prepared::Prepared;
use super::response::Asked;
use super::telling::{self, Exchange};
use super::timeout::{Limits, Watch};
use super::url::Url;
use crate::engine::error::Error;

/// An exchange that gave no response head.
pub(super) struct Failed {
    pub(super) error: Error,
    /// The request, when no byte of it was sent.
    pub(super) unsent: Option<Box<Prepared>>,
    /// Whether the connection broke before any byte of a response came.
    pub(super) unanswered: bool,
    /// Whether the peer says that it has not processed the request (RFC 9113, 8.7).
    pub(super) refused: bool,
}

impl Failed {
    /// One after which the request is not to be sent again.
    pub(super) fn for_good(error: Error) -> Self {
        Self {
            error,
            unsent: None,
            unanswered: false,
            refused: false,
        }
    }

    /// The request to send once more, when that is safe: `again` makes the same request.
    ///
    /// What was not sent or not processed always is. Otherwise the connection must have been one
    /// that could be broken already (`kept`), and the request `idempotent`.
    pub(super) fn retry(
        self,
        again: impl FnOnce() -> Option<Prepared>,
        kept: bool,
        idempotent: bool,
    ) -> Result<Prepared, Error> {
        let safe = self.refused || (self.unanswered && kept && idempotent);
        let request = match self.unsent {
            Some(unsent) => Some(*unsent),
            None if safe => again(),
            None => None,
        };
        request.ok_or(self.error)
    }
}

/// Sends `request` and waits for the final response's head. Drop the future to abandon the
/// exchange; the connection is closed with it.
pub(super) async fn exchange(
    mut connection: Connection,
    request: Prepared,
    asked: &Asked,
) -> Result<(Response<Incoming>, Connection), Failed> {
    let steps = asked.steps("http11");
    if let Some(steps) = &steps {
        Box::pin(telling::begin(steps, Vec::new())).await?;
    }
    // The answer is there as soon as the driver, polled just before, has put it there: it needs
    // no waker. And tokio's budget must not hide it, for then nothing would wake us.
    let response = pin!(unconstrained(connection.send(request.into_http())));
    let timer = pin!(None);
    let mut under_way = UnderWay {
        connection: &mut connection,
        response,
        timer,
        watch: Watch::default(),
        url: &asked.url,
        limits: Limits::of_head(asked.timeouts, &asked.url),
    };
    let answer = match &steps {
        None => poll_fn(|cx| under_way.poll(cx)).await,
        Some(steps) => Box::pin(telling::follow(steps, Vec::new(), &mut under_way)).await,
    };
    Ok((answer?, connection))
}

/// A request that was handed to its connection.
struct UnderWay<'a, R> {
    connection: &'a mut Connection,
    response: Pin<&'a mut R>,
    timer: Pin<&'a mut Option<Sleep>>,
    watch: Watch,
    url: &'a Url,
    limits: Limits<'a>,
}

type Answered = Result<Response<Incoming>, TrySendError<http::Request<Outgoing>>>;

impl<R: Future<Output = Answered>> Exchange for UnderWay<'_, R> {
    type Body = Incoming;

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response<Incoming>, Failed>> {
        self.connection.drive(cx);
        let mut idle = Context::from_waker(Waker::noop());
        let account = self.connection.account();
        match self.response.as_mut().poll(&mut idle) {
            Poll::Ready(Ok(response)) => {
                let error = failure::of_lengths(response.headers(), self.url);
                Poll::Ready(match error {
                    Some(error) => Err(Failed::for_good(error)),
                    None => Ok(response),
                })
            }
            Poll::Ready(Err(refused)) => {
                Poll::Ready(Err(refusal(refused, self.connection, self.url)))
            }
            Poll::Pending => {
                let timer = self.timer.as_mut();
                let timed_out = self.watch.poll(timer, cx, account, &self.limits);
                timed_out.map(|error| Err(Failed::for_good(error)))
            }
        }
    }

    fn is_head_sent(&self) -> bool {
        self.connection.account().is_head_sent()
    }

    fn is_sent(&self) -> bool {
        self.connection.account().is_sent()
    }
}

fn refusal(
    mut refused: TrySendError<http::Request<Outgoing>>,
    connection: &Connection,
    url: &Url,
) -> Failed {
    let unsent = refused
        .take_message()
        .map(Prepared::from_http)
        .map(Box::new);
    let account = connection.account();
    let (error, broken) = failure::of_head(refused.into_error(), account, url);
    Failed {
        error,
        unsent,
        unanswered: broken && account.bytes_read() == 0,
        refused: false,
    }
}
