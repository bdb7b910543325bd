//! Telling the caller of each step of a request.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::{HeaderMap, StatusCode, Version};

use crate::engine::error::{BoxError, Error};

/// Who is told of the steps of a request, by the names that httpcore gives them:
/// `connection.connect_tcp.started`, `http11.send_request_headers.complete` and so on.
pub trait Trace: fmt::Debug + Send + Sync {
    /// The step `name` starts, is complete, or failed, as its end says and `info` does too.
    ///
    /// # Errors
    /// Whatever the user's code raises; it ends the request.
    fn step<'a>(&'a self, name: &'a str, info: Info<'a>) -> BoxFuture<'a, Result<(), BoxError>>;
}

/// What is told along with a step.
#[derive(Debug)]
pub enum Info<'a> {
    /// It starts, with these.
    Started(Arguments<'a>),
    /// It is complete, and gave this.
    Complete(Returned<'a>),
    /// It failed.
    Failed(&'a Error),
}

/// What a step is given, by httpcore's names.
pub type Arguments<'a> = Vec<(&'static str, Argument<'a>)>;

/// A thing that a step is given.
#[derive(Clone, Debug)]
pub enum Argument<'a> {
    /// Text, or nothing.
    Text(Option<String>),
    /// Borrowed text.
    Name(&'a str),
    /// A number.
    Number(u64),
    /// A limit, or none.
    Limit(Option<Duration>),
}

/// What a step gave.
#[derive(Debug)]
pub enum Returned<'a> {
    /// Nothing that can be shown.
    Nothing,
    /// The head of a response.
    Head {
        /// The version of the status line.
        version: Version,
        /// The status code.
        status: StatusCode,
        /// The reason phrase.
        reason: &'a [u8],
        /// The header fields.
        headers: &'a HeaderMap,
    },
}

/// The steps of one layer of the way: "connection", "http11", "http2", "proxy" or "socks".
#[derive(Clone, Debug)]
pub struct Steps {
    trace: Arc<dyn Trace>,
    layer: &'static str,
}

impl Steps {
    /// The steps of `layer`, to be told to `trace`.
    pub fn new(trace: Arc<dyn Trace>, layer: &'static str) -> Self {
        Self { trace, layer }
    }

    /// Those of another layer.
    pub(super) fn of(&self, layer: &'static str) -> Self {
        Self::new(self.trace.clone(), layer)
    }

    /// Who is told.
    pub(super) fn trace(&self) -> &Arc<dyn Trace> {
        &self.trace
    }

    /// # Errors
    /// What the user's code raises.
    pub(super) async fn started(&self, step: &str, given: Arguments<'_>) -> Result<(), Error> {
        self.tell(step, "started", Info::Started(given)).await
    }

    /// # Errors
    /// What the user's code raises.
    pub(super) async fn complete(&self, step: &str, returned: Returned<'_>) -> Result<(), Error> {
        self.tell(step, "complete", Info::Complete(returned)).await
    }

    /// # Errors
    /// What the user's code raises.
    pub(super) async fn failed(&self, step: &str, error: &Error) -> Result<(), Error> {
        self.tell(step, "failed", Info::Failed(error)).await
    }

    /// Tells that the response was closed, which is no work that could fail.
    ///
    /// # Errors
    /// What the user's code raises.
    pub(super) async fn closed(&self, given: Arguments<'_>) -> Result<(), Error> {
        const STEP: &str = "response_closed";
        self.started(STEP, given).await?;
        self.complete(STEP, Returned::Nothing).await
    }

    async fn tell(&self, step: &str, phase: &str, info: Info<'_>) -> Result<(), Error> {
        let name = format!("{}.{step}.{phase}", self.layer);
        self.trace.step(&name, info).await.map_err(Error::user)
    }

    async fn around<T>(
        &self,
        step: &str,
        given: Arguments<'_>,
        operation: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.started(step, given).await?;
        match operation.await {
            Ok(value) => {
                self.complete(step, Returned::Nothing).await?;
                Ok(value)
            }
            Err(error) => {
                self.failed(step, &error).await?;
                Err(error)
            }
        }
    }
}

/// Does `operation`, and tells of it if there is somebody to be told.
///
/// # Errors
/// Those of `operation`, and what the user's code raises.
pub(crate) async fn around<'a, T>(
    steps: Option<&Steps>,
    step: &'static str,
    given: impl FnOnce() -> Arguments<'a>,
    operation: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match steps {
        None => operation.await,
        Some(steps) => steps.around(step, given(), operation).await,
    }
}
