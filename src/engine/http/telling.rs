//! Telling of the steps of an exchange, and of the body that follows.

use std::future::poll_fn;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Response, Version};
use hyper::ext::ReasonPhrase;

use super::exchange::Failed;
use super::response::Asked;
use super::trace::{Argument, Arguments, Returned, Steps};
use crate::engine::error::{Error, Kind};

const SEND_HEADERS: &str = "send_request_headers";
const SEND_BODY: &str = "send_request_body";
const RECEIVE_HEADERS: &str = "receive_response_headers";
const RECEIVE_BODY: &str = "receive_response_body";

/// A request under way, over either version of HTTP.
pub(super) trait Exchange {
    /// What follows the response's head.
    type Body;

    /// Goes on until the response's head is there.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response<Self::Body>, Failed>>;

    /// Whether the request's head is on its way.
    fn is_head_sent(&self) -> bool;

    /// Whether the request's body is, too.
    fn is_sent(&self) -> bool;
}

/// Whether a part of the sending is over.
type IsOver<E> = fn(&E) -> bool;

/// Tells that the head of a request is going to be sent.
pub(super) async fn begin(steps: &Steps, given: Arguments<'_>) -> Result<(), Failed> {
    let told = steps.started(SEND_HEADERS, given).await;
    told.map_err(Failed::for_good)
}

/// Waits for the head of the response, and tells of each step after [`begin`].
pub(super) async fn follow<E: Exchange>(
    steps: &Steps,
    given: Arguments<'_>,
    exchange: &mut E,
) -> Result<Response<E::Body>, Failed> {
    let mut answer: Option<Result<Response<E::Body>, Failed>> = None;
    let sending: [(&str, &str, IsOver<E>); 2] = [
        (SEND_HEADERS, SEND_BODY, E::is_head_sent),
        (SEND_BODY, RECEIVE_HEADERS, E::is_sent),
    ];
    for (step, next, is_over) in sending {
        if answer.is_none() {
            answer = until(exchange, is_over).await;
        }
        // hyper may not have sent the head yet when the body fails it.
        let is_later = |failed: &Failed| step == SEND_HEADERS && is_of_body(&failed.error);
        if let Some(Err(failed)) = answer.take_if(|it| it.as_ref().is_err_and(|it| !is_later(it))) {
            return Err(fail(steps, step, given, failed).await);
        }
        let told = async {
            steps.complete(step, Returned::Nothing).await?;
            steps.started(next, given.clone()).await
        };
        told.await.map_err(Failed::for_good)?;
    }
    let answer = match answer {
        Some(answer) => answer,
        None => poll_fn(|cx| exchange.poll(cx)).await,
    };
    match answer {
        Ok(response) => {
            let told = tell_head(steps, &response).await;
            told.map_err(Failed::for_good).map(|()| response)
        }
        Err(failed) => Err(fail(steps, RECEIVE_HEADERS, given, failed).await),
    }
}

/// Goes on until a part of the sending is over, or all of the exchange.
async fn until<E: Exchange>(
    exchange: &mut E,
    is_over: IsOver<E>,
) -> Option<Result<Response<E::Body>, Failed>> {
    poll_fn(|cx| match exchange.poll(cx) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending if is_over(exchange) => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// Whether the caller's body source raised it, or gave another length than it should.
fn is_of_body(error: &Error) -> bool {
    matches!(error.kind(), Kind::User | Kind::LocalProtocol)
}

/// Tells of the failure of the whole exchange in `step`. Returns why it failed in the end.
pub(super) async fn fail(
    steps: &Steps,
    step: &str,
    given: Arguments<'_>,
    failed: Failed,
) -> Failed {
    let told = async {
        steps.failed(step, &failed.error).await?;
        steps.closed(given).await
    };
    match told.await {
        Ok(()) => failed,
        Err(error) => Failed::for_good(error),
    }
}

/// Tells of the failure to send the head of a request.
pub(super) async fn fail_opening(steps: &Steps, failed: Failed) -> Failed {
    fail(steps, SEND_HEADERS, Vec::new(), failed).await
}

async fn tell_head<B>(steps: &Steps, response: &Response<B>) -> Result<(), Error> {
    let status = response.status();
    let usual = status.canonical_reason().unwrap_or_default();
    let reason = match response.extensions().get::<ReasonPhrase>() {
        Some(reason) => reason.as_bytes(),
        None if response.version() == Version::HTTP_2 => b"",
        None => usual.as_bytes(),
    };
    let head = Returned::Head {
        version: response.version(),
        status,
        reason,
        headers: response.headers(),
    };
    steps.complete(RECEIVE_HEADERS, head).await
}

/// How far the body of a response has come, as it was told.
pub(super) struct Telling {
    steps: Steps,
    stream_id: Option<u32>,
    begun: bool,
    ended: bool,
}

impl Telling {
    pub(super) fn of(asked: &Asked, stream_id: Option<u32>) -> Option<Box<Self>> {
        let layer = match stream_id {
            Some(_) => "http2",
            None => "http11",
        };
        let steps = asked.steps(layer)?;
        Some(Box::new(Self {
            steps,
            stream_id,
            begun: false,
            ended: false,
        }))
    }

    /// Before the first part.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        self.steps.started(RECEIVE_BODY, self.given()).await
    }

    /// After each part; the last one is none, or an error.
    pub(super) async fn received(
        &mut self,
        part: &Result<Option<Bytes>, Error>,
    ) -> Result<(), Error> {
        if self.ended {
            return Ok(());
        }
        match part {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => self.steps.complete(RECEIVE_BODY, Returned::Nothing).await?,
            Err(error) => self.steps.failed(RECEIVE_BODY, error).await?,
        }
        self.closed().await
    }

    /// Once the response is closed.
    pub(super) async fn closed(&mut self) -> Result<(), Error> {
        if self.ended {
            return Ok(());
        }
        self.ended = true;
        self.steps.closed(self.given()).await
    }

    fn given(&self) -> Arguments<'static> {
        self.stream_id.map(stream).unwrap_or_default()
    }
}

/// What the steps of an HTTP/2 stream are given.
pub(super) fn stream(id: u32) -> Arguments<'static> {
    vec![("stream_id", Argument::Number(id.into()))]
}
