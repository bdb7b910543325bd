//! The one error of the engine.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::engine::http::url::Url;

/// An error raised by code behind one of the engine's traits.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// What went wrong, in the classes that httpx's exception tree distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Resolving, connecting and the TLS handshake took longer than `Timeouts::connect`.
    ConnectTimeout,
    /// No byte of the response arrived within `Timeouts::read`.
    ReadTimeout,
    /// The peer accepted no byte of the request within `Timeouts::write`.
    WriteTimeout,
    /// No connection of the pool became free within `Timeouts::pool`.
    PoolTimeout,
    /// The connection could not be made: name resolution, TCP or TLS.
    Connect,
    /// The connection failed while the response was being read.
    Read,
    /// The connection failed while the request was being written.
    Write,
    /// The connection failed while it was being closed.
    Close,
    /// The caller asked for something that HTTP does not allow.
    LocalProtocol,
    /// The peer sent something that HTTP does not allow.
    RemoteProtocol,
    /// A proxy refused or failed.
    Proxy,
    /// The URL's scheme is none that the client speaks, or the URL names no host.
    UnsupportedProtocol,
    /// The body could not be decoded as its Content-Encoding says.
    Decoding,
    /// More redirects than the client follows.
    TooManyRedirects,
    /// The text is no URL.
    InvalidUrl,
    /// The content was iterated over or read before.
    StreamConsumed,
    /// The content was given up before it was read.
    StreamClosed,
    /// What the peer asks for is part of HTTP, and not implemented here.
    NotImplemented,
    /// User code behind a trait of the engine failed; see [`Error::into_user`].
    User,
}

/// An engine error: a kind, a sentence for people, the URL that it concerns and its cause.
///
/// One pointer wide, so that a `Result` of the hot path stays small.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: String,
    url: Option<Url>,
    source: Option<BoxError>,
}

impl Error {
    /// An error that says `message`, a full sentence free of credentials.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            url: None,
            source: None,
        }))
    }

    /// Carries an error of user code through the engine unchanged.
    pub fn user(error: impl Into<BoxError>) -> Self {
        let error = error.into();
        Self::new(Kind::User, error.to_string()).caused_by(error)
    }

    /// The timeout `kind` of `limit` passed; `wait` completes "Timed out after 5 s ".
    pub(crate) fn timed_out(kind: Kind, limit: Duration, wait: impl fmt::Display) -> Self {
        let seconds = limit.as_secs_f64();
        Self::new(kind, format!("Timed out after {seconds} s {wait}."))
    }

    /// Notes the URL whose request failed. Its userinfo is dropped.
    pub fn at(mut self, url: &Url) -> Self {
        self.0.url = Some(url.without_userinfo());
        self
    }

    /// Notes the cause, shown by [`StdError::source`].
    pub fn caused_by(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The class of the error.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The URL of the request that failed, without userinfo.
    pub fn url(&self) -> Option<&Url> {
        self.0.url.as_ref()
    }

    /// The very error that user code raised.
    ///
    /// # Errors
    /// Gives the error back when its kind is not [`Kind::User`].
    pub fn into_user(mut self) -> Result<BoxError, Self> {
        if self.0.kind != Kind::User {
            return Err(self);
        }
        self.0.source.take().ok_or(self)
    }

    /// The same kind, sentence and URL, without the cause: for a stream that failed before.
    pub(crate) fn repeat(&self) -> Self {
        Self(Box::new(Inner {
            kind: self.0.kind,
            message: self.0.message.clone(),
            url: self.0.url.clone(),
            source: None,
        }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// The first error of type `E` in the chain that starts at `error`.
///
/// An `io::Error` that wraps another error hides it from `source()`, so its inside is looked at too.
pub(crate) fn find<'a, E: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner as _),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_error_comes_back_as_the_very_same_box() {
        #[derive(Debug, thiserror::Error, PartialEq)]
        #[error("the disk is full")]
        struct Full(u32);

        let error = Error::user(Full(7));
        assert_eq!(error.kind(), Kind::User);
        assert_eq!(error.to_string(), "the disk is full");
        let user = error.into_user().expect("a user's error");
        assert_eq!(user.downcast_ref(), Some(&Full(7)));
    }

    #[test]
    fn other_errors_are_no_users() {
        let error = Error::new(Kind::Read, "No.").into_user().unwrap_err();
        assert_eq!(error.kind(), Kind::Read);
    }

    #[test]
    fn a_url_is_kept_without_its_userinfo() {
        let url = Url::parse("http://user:secret@host/").expect("a URL");
        let error = Error::new(Kind::Read, "No.").at(&url);
        assert_eq!(error.url().map(Url::as_str), Some("http://host/"));
        assert!(!format!("{error:?}").contains("secret"));
    }

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }
}
