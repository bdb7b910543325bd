//! From a request to its final answer: authentication, redirects, cookies and hooks over any
//! transport.
//!
//! Two loops: the outer one is authentication's, which may ask for further requests; the inner one
//! follows redirects. One pass of the inner loop is a hop: one request and its response. Sync and
//! async clients run the same future.

mod auth;
mod hop;

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue};

pub use auth::{Auth, AuthFlow};
use hop::Repeat;

use super::answer::Answer;
use super::redirect;
use super::request::{Head, Request, Sent};
use super::transport::HttpTransport;
use super::url::Url;
use crate::engine::error::Error;

/// A transport that is not ours: a request in, an answer out.
pub trait Service: Send + Sync {
    /// Sends one request; `sent` is what the answer is to name as its request.
    ///
    /// # Errors
    /// Any; those of the user's code as `User` errors.
    fn serve(&self, request: Request, sent: Arc<Sent>)
    -> BoxFuture<'static, Result<Answer, Error>>;
}

/// Which transport a request takes.
pub enum Route {
    /// One of ours.
    Direct(HttpTransport),
    /// Another.
    Other(Box<dyn Service>),
}

/// The cookies of a client.
pub trait Cookies: Send + Sync {
    /// The value of the Cookie field for a request to `url`.
    ///
    /// # Errors
    /// Whatever the user's code raises meanwhile.
    fn header(&self, url: &Url) -> Result<Option<HeaderValue>, Error>;

    /// Keeps the cookies that a response from `url` sets.
    ///
    /// # Errors
    /// Whatever the user's code raises meanwhile.
    fn extract(&self, url: &Url, headers: &HeaderMap) -> Result<(), Error>;
}

/// Who takes part in each hop.
pub trait Hooks: Send + Sync {
    /// Before a request is sent. Gives back the request to send.
    fn on_request(&self, request: Request) -> BoxFuture<'_, Result<Request, Error>>;

    /// After a response's head has come; its content is unread.
    fn on_response<'a>(&'a self, answer: &'a Arc<Answer>) -> BoxFuture<'a, Result<(), Error>>;
}

/// Who is told of each response.
pub trait Log: Send + Sync {
    /// A response's head has come.
    ///
    /// # Errors
    /// Whatever the user's code raises.
    fn answered(&self, answer: &Answer) -> Result<(), Error>;
}

/// How a client treats a request and all that follow from it.
pub trait Policy: Send + Sync {
    /// The transport that a request to `url` takes.
    ///
    /// # Errors
    /// Whatever the user's code raises meanwhile.
    fn route(&self, url: &Url) -> Result<Route, Error>;

    /// The cookies, if there are any to keep or send.
    fn cookies(&self) -> Option<&dyn Cookies> {
        None
    }

    /// Who takes part in each hop.
    fn hooks(&self) -> Option<&dyn Hooks> {
        None
    }

    /// The log, if it is on.
    fn log(&self) -> Option<&dyn Log> {
        None
    }
}

/// One transport for every URL, and nothing else.
impl Policy for HttpTransport {
    fn route(&self, _: &Url) -> Result<Route, Error> {
        Ok(Route::Direct(self.clone()))
    }
}

/// A flow that failed, and at which request.
pub struct Failed {
    /// What went wrong.
    pub error: Error,
    /// The request of the hop that failed.
    pub request: Option<Arc<Sent>>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let request = None;
        Self { error, request }
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

/// One request and all that it takes to answer it.
pub struct Flow<P> {
    /// How the client treats requests.
    pub policy: P,
    /// Who authenticates.
    pub auth: Auth,
    /// Whether redirects are followed.
    pub follow_redirects: bool,
    /// How many are followed before `TooManyRedirects`.
    pub max_redirects: usize,
    /// Whether the content of the answer is left to be read, maybe by another task.
    pub is_streamed: bool,
}

impl<P: Policy> Flow<P> {
    /// Sends `request` and whatever it takes besides. The answer's content is unread.
    ///
    /// Dropping the future closes the connection that is in use.
    ///
    /// # Errors
    /// Those of the transports, `TooManyRedirects`, and those of the user's code.
    pub async fn run(mut self, request: Request) -> Result<Arc<Answer>, Failed> {
        let result = self.authenticate(request).await;
        self.auth.close().await?;
        result
    }

    async fn authenticate(&mut self, request: Request) -> Result<Arc<Answer>, Failed> {
        let mut request = self.auth.start(request).await?;
        let mut history = Vec::new();
        loop {
            let kept = self.auth.keep(&request);
            let answer = self.follow(request, &history).await?;
            let next = match self.auth.next(kept, &answer).await {
                Ok(Some(next)) => next,
                Ok(None) => break Ok(answer),
                Err(error) => break Err(Box::pin(give_up(answer, error)).await),
            };
            answer.set_history(history.clone());
            Box::pin(answer.read()).await?;
            history.push(answer);
            request = next;
        }
    }

    /// Follows redirects from `request` on.
    async fn follow(
        &self,
        mut request: Request,
        before: &[Arc<Answer>],
    ) -> Result<Arc<Answer>, Failed> {
        let mut history = before.to_vec();
        loop {
            if history.len() > self.max_redirects {
                return Err(too_many(request));
            }
            let (answer, repeat) = self.hop(request).await?;
            answer.set_history(history.clone());
            let next = match self.redirected(&answer, repeat) {
                Ok(Some(next)) => next,
                Ok(None) => return Ok(answer),
                Err(error) => return Err(Box::pin(give_up(answer, error)).await),
            };
            if !self.follow_redirects {
                *answer.next.lock() = Some(next);
                return Ok(answer);
            }
            Box::pin(answer.read()).await?;
            history.push(answer);
            request = next;
        }
    }

    /// The request that `answer` redirects to.
    fn redirected(&self, answer: &Answer, repeat: Repeat) -> Result<Option<Request>, Error> {
        let asked = &answer.request;
        let Head {
            method,
            url,
            headers,
        } = &*asked.head;
        let Some(redirect) = redirect::next(method, url, answer.status, &answer.headers)? else {
            return Ok(None);
        };
        let mut headers = headers.clone();
        redirect.update_list(&mut headers);
        if let Some(cookies) = self.policy.cookies()
            && let Some(value) = cookies.header(&redirect.url)?
        {
            headers.set(b"Cookie", value.as_bytes());
        }
        let mut next = Request::of(Head {
            method: redirect.method,
            url: redirect.url,
            headers,
        });
        next.timeouts = asked.timeouts;
        next.options.clone_from(&asked.options);
        if redirect.keeps_body {
            next.body = repeat.into_body(asked.content.get().cloned());
        }
        Ok(Some(next))
    }
}

fn too_many(request: Request) -> Failed {
    let error = redirect::too_many_redirects(&request.head.url);
    let request = Some(Arc::new(request.sent()));
    Failed { error, request }
}

/// Closes an answer that nobody will get. What its source raises meanwhile matters less than
/// `error`.
async fn give_up(answer: Arc<Answer>, error: Error) -> Failed {
    let _ = answer.content.close().await;
    let request = Some(answer.request.clone());
    Failed { error, request }
}
