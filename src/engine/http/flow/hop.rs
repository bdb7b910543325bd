//! One request and its response.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;

use super::{Failed, Flow, Policy, Route, give_up};
use crate::engine::error::{BoxError, Error, Kind};
use crate::engine::http::answer::Answer;
use crate::engine::http::body::{Body, BodySource};
use crate::engine::http::request::{Request, Sent};

impl<P: Policy> Flow<P> {
    /// Runs the hooks around one exchange. Also returns what a redirect may need of the request.
    pub(super) async fn hop(&self, mut request: Request) -> Result<(Arc<Answer>, Repeat), Failed> {
        if let Some(hooks) = self.policy.hooks() {
            let sent = Arc::new(request.sent());
            let hooked = hooks.on_request(request).await;
            request = hooked.map_err(|error| failed(error, sent))?;
        }
        if self.is_streamed {
            request.set_movable();
        }
        let repeat = Repeat::of(&request.body);
        let sent = Arc::new(request.sent());
        let answer = match self.exchange(request, &sent).await {
            Ok(answer) => Arc::new(answer),
            Err(error) => return Err(failed(error, sent)),
        };
        match self.receive(&answer).await {
            Ok(()) => Ok((answer, repeat)),
            Err(error) => Err(Box::pin(give_up(answer, error)).await),
        }
    }

    async fn exchange(&self, request: Request, sent: &Arc<Sent>) -> Result<Answer, Error> {
        match self.policy.route(&sent.head.url)? {
            Route::Direct(transport) => transport.answer(request, sent.clone()).await,
            Route::Other(service) => {
                let started = Instant::now();
                let answer = service.serve(request, sent.clone()).await?;
                answer.content.set_started(started);
                Ok(answer)
            }
        }
    }

    async fn receive(&self, answer: &Arc<Answer>) -> Result<(), Error> {
        if let Some(cookies) = self.policy.cookies() {
            cookies.extract(&answer.request.head.url, &answer.headers)?;
        }
        if let Some(log) = self.policy.log() {
            log.answered(answer)?;
        }
        match self.policy.hooks() {
            Some(hooks) => hooks.on_response(answer).await,
            None => Ok(()),
        }
    }
}

fn failed(error: Error, request: Arc<Sent>) -> Failed {
    let request = Some(request);
    Failed { error, request }
}

/// The body of a request that may have to be sent again.
pub(super) struct Repeat(Option<Body>);

impl Repeat {
    pub(super) fn of(body: &Body) -> Self {
        Self(body.replay())
    }

    /// The body once more; `held` is what was read into memory meanwhile. One that can be had only
    /// once fails when it is sent.
    pub(super) fn into_body(self, held: Option<Bytes>) -> Body {
        self.0
            .or(held.map(Body::Bytes))
            .unwrap_or_else(|| Body::Stream(Box::new(Spent)))
    }
}

/// A body that was streamed already.
struct Spent;

impl BodySource for Spent {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        let message = "Attempted to read or stream some content, but the content has already been \
                       streamed. For requests, this could be due to passing a generator as request \
                       content, and then receiving a redirect response or a secondary request as \
                       part of an authentication flow.";
        let error = Error::new(Kind::StreamConsumed, message);
        Poll::Ready(Some(Err(Box::new(error))))
    }

    fn content_length(&self) -> Option<u64> {
        None
    }
}
