//! What a client gets for a request: a response, and how it came about.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use http::{HeaderMap, StatusCode, Version};
use hyper::ext::ReasonPhrase;
use parking_lot::Mutex;

use super::content::{Content, Source};
use super::flow::Failed;
use super::network_stream::NetworkStream;
use super::peer::Peer;
use super::request::{Request, Sent, Tag};
use super::response::Response;
use super::transport::HttpTransport;
use crate::engine::error::Error;

/// A response and the request that it answers.
pub struct Answer {
    /// The status code.
    pub status: StatusCode,
    /// The version of the response's status line.
    pub version: Version,
    /// The reason phrase, when it is not the usual one for the status code.
    pub reason: Option<ReasonPhrase>,
    /// The header fields, names in lower case.
    pub headers: Arc<HeaderMap>,
    /// The number of the HTTP/2 stream that it came over.
    pub stream_id: Option<u32>,
    /// Who sent it, when a transport of ours brought it.
    pub peer: Option<Arc<Peer>>,
    /// The connection, when the response changed protocols.
    pub network_stream: Option<Arc<NetworkStream>>,
    /// The content.
    pub content: Arc<Content>,
    /// What it answers.
    pub request: Arc<Sent>,
    /// The answers that led to this one, the first one first.
    pub history: Mutex<Vec<Arc<Answer>>>,
    /// The request that a redirect asks for, when it was not followed.
    pub next: Mutex<Option<Request>>,
    /// The caller's object for this answer.
    pub tag: OnceLock<Tag>,
}

impl HttpTransport {
    /// Sends one request and waits for the head of its response; `sent` is what the answer is to
    /// name as its request.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn answer(&self, request: Request, sent: Arc<Sent>) -> Result<Answer, Error> {
        let started = Instant::now();
        let response = self.send(request).await?;
        Ok(Answer::of(response, sent, started))
    }
}

impl Answer {
    /// The answer that `response` is, to a request sent at `started`.
    fn of(response: Response, request: Arc<Sent>, started: Instant) -> Self {
        let content = Content::new(Source::Wire(Box::new(response.body)));
        content.set_started(started);
        Self {
            status: response.status,
            version: response.version,
            reason: response.reason,
            headers: Arc::new(response.headers),
            stream_id: response.stream_id,
            peer: Some(response.peer),
            network_stream: response.network_stream.map(Arc::new),
            content: Arc::new(content),
            request,
            history: Mutex::default(),
            next: Mutex::default(),
            tag: OnceLock::new(),
        }
    }

    /// The reason phrase: the one that came, or the usual one.
    pub fn reason_phrase(&self) -> Cow<'_, str> {
        match &self.reason {
            Some(reason) => String::from_utf8_lossy(reason.as_bytes()),
            None => self.status.canonical_reason().unwrap_or("").into(),
        }
    }

    /// The version as status lines have it; without a minor number from HTTP/2 on.
    pub fn version_text(&self) -> &'static str {
        match self.version {
            Version::HTTP_09 => "HTTP/0.9",
            Version::HTTP_10 => "HTTP/1.0",
            Version::HTTP_2 => "HTTP/2",
            Version::HTTP_3 => "HTTP/3",
            _ => "HTTP/1.1",
        }
    }

    pub(super) fn set_history(&self, history: Vec<Arc<Self>>) {
        *self.history.lock() = history;
    }

    /// Reads the content; closes it when that fails.
    ///
    /// # Errors
    /// As [`Content::read`].
    pub async fn read(&self) -> Result<(), Failed> {
        let Err(error) = self.content.read(&self.headers).await else {
            return Ok(());
        };
        // What its source raises meanwhile matters less.
        let _ = self.content.close().await;
        let request = Some(self.request.clone());
        Err(Failed { error, request })
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("content", &self.content)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
