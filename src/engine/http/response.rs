//! Responses and their bodies.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode, Version};
use hyper::ext::ReasonPhrase;
use tokio::time::Sleep;

use super::failure::Framing;
use super::incoming::{Incoming, Progress};
use super::network_stream::NetworkStream;
use super::origin::Destination;
use super::peer::Peer;
use super::prepared::parse_length;
use super::request::Options;
use super::telling::Telling;
use super::timeout::{Limits, Timeouts, Watch};
use super::trace::Steps;
use super::url::Url;
use crate::engine::error::{Error, Kind};

/// The most that is reserved on the word of a Content-Length, in bytes.
const MAX_RESERVE: u64 = 128 * 1024 * 1024;
/// The most that is read of a response that nobody wants, to keep its connection, in bytes.
const MAX_DRAIN: u64 = 64 * 1024;

/// A response, whose body is still to be read.
#[derive(Debug)]
pub struct Response {
    /// The status code; never 1xx, except for 101.
    pub status: StatusCode,
    /// The version of the response's status line.
    pub version: Version,
    /// The reason phrase, when it is not the usual one for the status code.
    pub reason: Option<ReasonPhrase>,
    /// The header fields, names in lower case.
    pub headers: HeaderMap,
    /// The number of the HTTP/2 stream (RFC 9113, 5.1.1).
    pub stream_id: Option<u32>,
    /// Who sent it.
    pub peer: Arc<Peer>,
    /// The URL of the request.
    pub url: Url,
    /// The body.
    pub body: ResponseBody,
    /// The connection, when the response changed protocols: 101, or 2xx to CONNECT.
    pub network_stream: Option<NetworkStream>,
}

/// What a response answers.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) timeouts: Timeouts,
    pub(super) options: Option<Arc<Options>>,
}

impl Asked {
    pub(super) fn destination(&self) -> Destination<'_> {
        Destination::new(&self.url, self.server_name())
    }

    /// The steps of `layer`, if there is somebody to be told.
    pub(super) fn steps(&self, layer: &'static str) -> Option<Steps> {
        let trace = self.options.as_ref()?.trace.as_ref()?;
        Some(Steps::new(trace.clone(), layer))
    }

    pub(super) fn server_name(&self) -> Option<&str> {
        self.options.as_ref()?.server_name.as_deref()
    }
}

impl Response {
    pub(super) fn new(head: http::Response<()>, incoming: Incoming, asked: Asked) -> Self {
        let (mut parts, ()) = head.into_parts();
        let stream_id = incoming.stream_id();
        let peer = incoming.peer().clone();
        let mut body = ResponseBody {
            framing: framing(&parts, &incoming, &asked.method),
            persistent: parts.version == Version::HTTP_11,
            state: State::Open(incoming),
            received: 0,
            url: asked.url.clone(),
            timeouts: asked.timeouts,
            telling: Telling::of(&asked, stream_id),
        };
        let network_stream = match is_upgrade(&parts, &asked.method) {
            true => body.upgrade(),
            false => None,
        };
        body.finish_if_complete();
        Self {
            status: parts.status,
            version: parts.version,
            reason: parts.extensions.remove(),
            headers: parts.headers,
            stream_id,
            peer,
            url: asked.url,
            body,
            network_stream,
        }
    }
}

/// Whether the connection speaks another protocol after this response, which has no body.
fn is_upgrade(parts: &http::response::Parts, method: &Method) -> bool {
    let is_tunnel = *method == Method::CONNECT && parts.status.is_success();
    is_tunnel || parts.status == StatusCode::SWITCHING_PROTOCOLS
}

/// RFC 9112, 6.3, as hyper has already decided it; RFC 9113, 8.1.1.
fn framing(parts: &http::response::Parts, incoming: &Incoming, method: &Method) -> Framing {
    let bodiless = parts.status.is_informational()
        || matches!(
            parts.status,
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        );
    if bodiless || *method == Method::HEAD {
        return Framing::Bodiless;
    }
    if parts.version == Version::HTTP_2 {
        let length = parts.headers.get(CONTENT_LENGTH).and_then(parse_length);
        return length.map_or(Framing::Stream, Framing::Length);
    }
    match incoming.exact_length() {
        Some(length) => Framing::Length(length),
        None if parts.headers.contains_key(TRANSFER_ENCODING) => Framing::Chunked,
        None => Framing::Close,
    }
}

/// The body of a response, read as it comes: what is not asked for stays with the peer.
///
/// Once it has been read to its end the connection goes back to the pool. Dropping it before that
/// closes the connection, or resets the HTTP/2 stream; see [`close`](Self::close).
pub struct ResponseBody {
    state: State,
    framing: Framing,
    /// Whether the response's version lets the connection be used again. HTTP/1.0 does not: hyper
    /// would answer in kind, and that has no chunked requests.
    persistent: bool,
    received: u64,
    url: Url,
    timeouts: Timeouts,
    /// Boxed, since it is rarely there.
    telling: Option<Box<Telling>>,
}

enum State {
    Open(Incoming),
    Done,
    Failed(Error),
    Closed,
}

impl ResponseBody {
    /// The next bytes of the body, never none, or `None` at its end. Cancel-safe.
    ///
    /// # Errors
    /// `ReadTimeout`, `Read`, or `RemoteProtocol` when the body is not what the head promised;
    /// every later call gives the error again. `LocalProtocol` after [`close`](Self::close).
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self.telling {
            None => self.next_chunk().await,
            Some(_) => Box::pin(self.tell_chunk()).await,
        }
    }

    async fn tell_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if let Some(telling) = &mut self.telling {
            telling.begin().await?;
        }
        let chunk = self.next_chunk().await;
        if let Some(telling) = &mut self.telling {
            telling.received(&chunk).await?;
        }
        chunk
    }

    /// Tells that the response was closed, after [`close`](Self::close).
    ///
    /// # Errors
    /// What the user's code raises, that is told of each step.
    pub async fn tell_closed(&mut self) -> Result<(), Error> {
        match &mut self.telling {
            None => Ok(()),
            Some(telling) => Box::pin(telling.closed()).await,
        }
    }

    async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let mut watch = Watch::default();
        let mut timer = pin!(None);
        poll_fn(|cx| self.poll_chunk(cx, &mut watch, timer.as_mut())).await
    }

    /// The rest of the body. What was read is lost when the future is dropped.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk).
    pub async fn read_to_end(&mut self) -> Result<Bytes, Error> {
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.chunk().await? else {
            return Ok(first);
        };
        let mut all = BytesMut::with_capacity(self.expected(first.len() + second.len()));
        all.extend_from_slice(&first);
        all.extend_from_slice(&second);
        drop((first, second));
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// Bytes of the body received so far, without chunk framing.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Whether the body has been read to its end.
    pub fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Gives up what was not read. Takes the rest first when that is cheap, and the connection can
    /// be kept for it: when it is a few KiB at most that are there already. Never waits.
    pub fn close(&mut self) {
        let received = self.received;
        if let State::Open(incoming) = &self.state
            && self.persistent
            && incoming.is_drainable()
            && !self.rest_exceeds(MAX_DRAIN)
        {
            let mut cx = Context::from_waker(Waker::noop());
            while self.received - received < MAX_DRAIN
                && matches!(self.poll_received(&mut cx), Poll::Ready(Ok(Some(_))))
            {}
            self.state = State::Closed;
        }
        self.received = received;
        if matches!(self.state, State::Open(_)) {
            self.state = State::Closed;
        }
    }

    /// Whether more than `limit` bytes are known to be missing, or the end is not.
    fn rest_exceeds(&self, limit: u64) -> bool {
        match self.framing {
            Framing::Length(length) => length - self.received > limit,
            Framing::Close => true,
            Framing::Chunked | Framing::Stream | Framing::Bodiless => false,
        }
    }

    fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
        watch: &mut Watch,
        timer: Pin<&mut Option<Sleep>>,
    ) -> Poll<Result<Option<Bytes>, Error>> {
        if let Poll::Ready(result) = self.poll_received(cx) {
            return Poll::Ready(result);
        }
        let State::Open(incoming) = &self.state else {
            return Poll::Ready(self.ended());
        };
        let limits = Limits {
            timeouts: self.timeouts,
            url: &self.url,
            part: "more of the response body of",
        };
        let error = ready!(watch.poll(timer, cx, incoming.account(), &limits));
        incoming.distrust();
        self.state = State::Failed(error);
        Poll::Ready(self.ended())
    }

    /// What is there without waiting.
    fn poll_received(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        let State::Open(incoming) = &mut self.state else {
            return Poll::Ready(self.ended());
        };
        let progress = Progress {
            url: &self.url,
            framing: self.framing,
            received: self.received,
        };
        match ready!(incoming.poll_data(cx, &progress)) {
            Some(Ok(chunk)) => {
                self.received += chunk.len() as u64;
                self.finish_if_complete();
                return Poll::Ready(Ok(Some(chunk)));
            }
            Some(Err(error)) => self.state = State::Failed(error),
            None => self.finish(),
        }
        Poll::Ready(self.ended())
    }

    fn ended(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.state {
            State::Failed(error) => {
                let repeated = error.repeat();
                Err(std::mem::replace(error, repeated))
            }
            State::Closed => {
                let url = self.url.without_userinfo();
                let message = format!("The response of {url} was closed before it was read.");
                Err(Error::new(Kind::LocalProtocol, message).at(&url))
            }
            State::Open(_) | State::Done => Ok(None),
        }
    }

    /// Does not wait for the caller to ask once more when the length says that all is there.
    fn finish_if_complete(&mut self) {
        if let State::Open(incoming) = &self.state
            && incoming.is_end_stream()
        {
            self.finish();
        }
    }

    fn upgrade(&mut self) -> Option<NetworkStream> {
        let State::Open(open) = std::mem::replace(&mut self.state, State::Done) else {
            return None;
        };
        open.upgrade(&self.url)
    }

    fn finish(&mut self) {
        let State::Open(incoming) = std::mem::replace(&mut self.state, State::Done) else {
            return;
        };
        incoming.finish(self.persistent);
    }

    /// How much to reserve for a body of which `received` bytes are there and more to come.
    fn expected(&self, received: usize) -> usize {
        let promised = match self.framing {
            Framing::Length(length) => length.min(MAX_RESERVE) as usize,
            _ => 2 * received,
        };
        promised.max(received)
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Open(_) => "open",
            State::Done => "done",
            State::Failed(_) => "failed",
            State::Closed => "closed",
        };
        write!(f, "ResponseBody({state}, {} bytes received)", self.received)
    }
}
