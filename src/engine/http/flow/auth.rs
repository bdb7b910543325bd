//! Who authenticates a request, and the requests that this takes.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::hop::Repeat;
use crate::engine::error::Error;
use crate::engine::http::answer::Answer;
use crate::engine::http::auth::{BasicAuth, DigestAuth};
use crate::engine::http::body::Body;
use crate::engine::http::request::{Head, Request};

/// An authentication scheme of the user's: it names the requests to send and sees their answers.
pub trait AuthFlow: Send + Sync {
    /// The request to send first.
    fn start(&mut self, request: Request) -> BoxFuture<'_, Result<Request, Error>>;

    /// The request to send after `answer`, whose content is unread; `None` ends the flow.
    fn next<'a>(
        &'a mut self,
        answer: &'a Arc<Answer>,
    ) -> BoxFuture<'a, Result<Option<Request>, Error>>;

    /// Ends the flow, wherever it stands.
    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>>;
}

const AUTHORIZATION: &[u8] = b"Authorization";

/// A request without its body, and the body, if it can be had again.
pub(super) struct Kept {
    request: Request,
    body: Repeat,
}

/// Who authenticates a request.
#[derive(Default)]
pub enum Auth {
    /// Nobody.
    #[default]
    None,
    /// RFC 7617.
    Basic(BasicAuth),
    /// RFC 7616.
    Digest(DigestAuth),
    /// The user's code.
    Flow(Box<dyn AuthFlow>),
}

impl Auth {
    pub(super) async fn start(&mut self, mut request: Request) -> Result<Request, Error> {
        match self {
            Self::None => {}
            Self::Basic(auth) => {
                let header = auth.header();
                request.headers_mut().set(AUTHORIZATION, header.as_bytes());
            }
            Self::Digest(auth) => {
                if let Some(header) = auth.preempt(&request.head.method, &request.head.url)? {
                    request.headers_mut().set(AUTHORIZATION, header.as_bytes());
                }
            }
            Self::Flow(flow) => return flow.start(request).await,
        }
        Ok(request)
    }

    /// What of the request is needed after it was sent.
    pub(super) fn keep(&self, request: &Request) -> Option<Kept> {
        match self {
            Self::Digest(_) => Some(Kept {
                request: request.again(Body::Empty),
                body: Repeat::of(&request.body),
            }),
            _ => None,
        }
    }

    pub(super) async fn next(
        &mut self,
        kept: Option<Kept>,
        answer: &Arc<Answer>,
    ) -> Result<Option<Request>, Error> {
        match self {
            Self::None | Self::Basic(_) => Ok(None),
            Self::Digest(auth) => {
                let next = match kept {
                    Some(kept) => challenged(auth, kept, answer)?,
                    None => None,
                };
                // One challenge is answered: a second one refuses the credentials.
                *self = Self::None;
                Ok(next)
            }
            Self::Flow(flow) => flow.next(answer).await,
        }
    }

    /// Ends the user's flow.
    pub(super) async fn close(self) -> Result<(), Error> {
        match self {
            Self::Flow(flow) => flow.close().await,
            _ => Ok(()),
        }
    }
}

/// The request that answers a challenge of the Digest scheme.
fn challenged(auth: &DigestAuth, kept: Kept, answer: &Answer) -> Result<Option<Request>, Error> {
    let Kept { mut request, body } = kept;
    let Head { method, url, .. } = &*request.head;
    let Some(reply) = auth.answer(method, url, answer.status, &answer.headers)? else {
        return Ok(None);
    };
    // After redirects the challenge may be another host's, which sets no cookies for this one.
    let is_same_host = answer.request.head.url.host() == url.host();
    request.body = body.into_body(answer.request.content.get().cloned());
    let headers = request.headers_mut();
    headers.set(AUTHORIZATION, reply.authorization.as_bytes());
    if let Some(cookie) = reply.cookie
        && is_same_host
        && headers.get(b"Cookie").is_none()
    {
        headers.set(b"Cookie", cookie.as_bytes());
    }
    Ok(Some(request))
}
