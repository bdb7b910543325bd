//! Who authenticates a request, and the requests that this takes.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::engine::error::Error;
use crate::engine::http::answer::Answer;
use crate::engine::http::auth::BasicAuth;
use crate::engine::http::request::Request;

/// An authentication scheme of the user's: it names the requests to send and sees their answers.
pub trait AuthFlow: Send {
    /// The request to send first.
    fn start(&mut self, request: Request) -> BoxFuture<'_, Result<Request, Error>>;

    /// The request to send after `answer`, whose content is unread; `None` ends the flow.
    fn next<'a>(
        &'a mut self,
        answer: &'a Arc<Answer>,
    ) -> BoxFuture<'a, Result<Option<Request>, Error>>;
}

/// Who authenticates a request.
#[derive(Default)]
pub enum Auth {
    /// Nobody.
    #[default]
    None,
    /// RFC 7617.
    Basic(BasicAuth),
    /// The user's code.
    Flow(Box<dyn AuthFlow>),
}

impl Auth {
    pub(super) async fn start(&mut self, mut request: Request) -> Result<Request, Error> {
        match self {
            Self::None => {}
            Self::Basic(auth) => {
                let header = auth.header();
                request
                    .headers_mut()
                    .set(b"Authorization", header.as_bytes());
            }
            Self::Flow(flow) => return flow.start(request).await,
        }
        Ok(request)
    }

    /// What of the request is needed after it was sent.
    pub(super) fn keep(&self, _request: &Request) -> Option<Request> {
        match self {
            _ => None,
        }
    }

    pub(super) async fn next(
        &mut self,
        _kept: Option<Request>,
        answer: &Arc<Answer>,
    ) -> Result<Option<Request>, Error> {
        match self {
            Self::None | Self::Basic(_) => Ok(None),
            Self::Flow(flow) => flow.next(answer).await,
        }
    }
}
