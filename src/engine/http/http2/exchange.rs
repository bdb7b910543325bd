//! One request and its response head, on a stream of an HTTP/2 connection.

use std::future::{Future as _, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use h2::client::ResponseFuture;
use h2::{RecvStream, SendStream};
use http::Response;
use http_body::Body as _;
use tokio::time::Sleep;

use super::connection::Connection;
use super::upload::Upload;
use super::{Incoming, failure, head};
use crate::engine::error::{BoxError, Kind};
use crate::engine::http::body::Outgoing;
use crate::engine::http::exchange::Failed;
use crate::engine::http::prepared::{self, Prepared};
use crate::engine::http::response::Asked;
use crate::engine::http::telling::{self, Exchange};
use crate::engine::http::timeout::{Limits, Watch};
use crate::engine::http::wire::Account;

/// Sends `request` and waits for the final response's head. Dropping the future resets the stream,
/// and leaves the connection and its other streams alone.
///
/// Until the peer allows another stream (RFC 9113, 5.1.2) the request waits, without a limit: it
/// has its connection. Its body is not touched before that.
pub(in crate::engine::http) async fn exchange(
    connection: &Connection,
    request: Prepared,
    asked: &Asked,
) -> Result<(Response<()>, Incoming), Failed> {
    let steps = asked.steps("http2");
    if let Some(steps) = &steps {
        Box::pin(telling::begin(steps, Vec::new())).await?;
    }
    let (response, sending, body) = match (open(connection, request, asked).await, &steps) {
        (Err(failed), Some(steps)) => return Err(telling::fail_opening(steps, failed).await),
        (opened, _) => opened?,
    };
    let account = Arc::<Account>::default();
    let id = response.stream_id().as_u32();
    let timer = pin!(None);
    let mut stream = Stream {
        upload: sending.map(|stream| Upload::new(stream, body, account.clone())),
        response,
        account,
        timer,
        watch: Watch::default(),
        asked,
        limits: Limits::of_head(asked.timeouts, &asked.url),
    };
    let answer = match &steps {
        None => poll_fn(|cx| stream.poll(cx)).await,
        Some(steps) => Box::pin(telling::follow(steps, telling::stream(id), &mut stream)).await,
    };
    if answer.as_ref().is_err_and(is_timeout) {
        connection.retire();
    }
    let (parts, received) = answer?.into_parts();
    let incoming = Incoming::new(received, stream.upload, stream.account);
    Ok((Response::from_parts(parts, ()), incoming))
}

fn is_timeout(failed: &Failed) -> bool {
    matches!(failed.error.kind(), Kind::ReadTimeout | Kind::WriteTimeout)
}

type Opened = (ResponseFuture, Option<SendStream<Bytes>>);

/// Waits until the stream is open. A request that fails here comes back in the error, unless the
/// peer may have got it and it is not safe to repeat.
async fn open(
    connection: &Connection,
    request: Prepared,
    asked: &Asked,
) -> Result<(ResponseFuture, Option<SendStream<Bytes>>, Outgoing), Failed> {
    let (kept, body) = request.into_parts();
    let mut head = kept.clone();
    head::adapt(&mut head, &asked.url).map_err(Failed::for_good)?;
    let end = body.is_end_stream();
    let opening = async {
        let mut sender = connection.sender().map_err(|error| (error, false))?;
        let sent = sender.send_request(head, end);
        let (response, mut stream) = sent.map_err(|error| (error.into(), false))?;
        if let Err(error) = poll_fn(|cx| sender.poll_ready(cx)).await
            && is_over(&mut stream)
        {
            let is_maybe_sent = error.is_io();
            return Err((error.into(), is_maybe_sent));
        }
        Ok::<Opened, (BoxError, bool)>((response, (!end).then_some(stream)))
    };
    match opening.await {
        Ok((response, stream)) => Ok((response, stream, body)),
        Err((error, _)) if failure::is_ours(&error) && connection.is_usable() => {
            Err(Failed::for_good(failure::of_illegal(error, &asked.url)))
        }
        // Whether the stream was open when the connection broke, h2 does not tell.
        Err((error, true)) if !prepared::is_idempotent(kept.method()) => {
            Err(Failed::for_good(failure::of_opening(error, &asked.url)))
        }
        Err((error, _)) => Err(Failed {
            unsent: Some(Box::new(Prepared::from_http(kept.map(|()| body)))),
            ..Failed::for_good(failure::of_opening(error, &asked.url))
        }),
    }
}

/// Whether the stream has ended with its connection. A connection that ends by GOAWAY is an error to
/// whoever wants to open a stream, while those that are open go on to be served.
fn is_over(stream: &mut SendStream<Bytes>) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    stream.poll_reset(&mut cx).is_ready()
}

struct Stream<'a> {
    upload: Option<Upload>,
    response: ResponseFuture,
    account: Arc<Account>,
    timer: Pin<&'a mut Option<Sleep>>,
    watch: Watch,
    asked: &'a Asked,
    limits: Limits<'a>,
}

impl Stream<'_> {
    fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response<RecvStream>, Failed>> {
        let url = &self.asked.url;
        if let Some(upload) = &mut self.upload
            && let Poll::Ready(sent) = upload.poll(cx)
        {
            self.upload = None;
            if sent.is_err() {
                let error = failure::of_request_body(&self.account, url);
                return Poll::Ready(Err(Failed::for_good(error)));
            }
        }
        let answer = Pin::new(&mut self.response).poll(cx);
        answer.map_err(|error| failure::of_head(error, url))
    }
}

impl Exchange for Stream<'_> {
    type Body = RecvStream;

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response<RecvStream>, Failed>> {
        if let Poll::Ready(answer) = self.poll_answer(cx) {
            return Poll::Ready(answer);
        }
        let timer = self.timer.as_mut();
        let timed_out = self.watch.poll(timer, cx, &self.account, &self.limits);
        timed_out.map(|error| Err(Failed::for_good(error)))
    }

    /// It was sent when the stream was opened.
    fn is_head_sent(&self) -> bool {
        true
    }

    fn is_sent(&self) -> bool {
        self.upload.is_none()
    }
}
