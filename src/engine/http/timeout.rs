//! Timeouts, each for one kind of wait.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::Sleep;

use super::url::Url;
use super::wire::{Account, Waiting};
use crate::engine::error::{Error, Kind};

/// How long each kind of wait may last; `None` waits for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Resolving the name, connecting and the TLS handshake, together.
    pub connect: Option<Duration>,
    /// Each wait for bytes of the response.
    pub read: Option<Duration>,
    /// Each wait for the peer to take bytes of the request.
    pub write: Option<Duration>,
    /// The wait for a connection while all are in use.
    pub pool: Option<Duration>,
}

impl Timeouts {
    /// The same limit for every kind of wait.
    pub const fn all(limit: Option<Duration>) -> Self {
        Self {
            connect: limit,
            read: limit,
            write: limit,
            pool: limit,
        }
    }
}

impl Default for Timeouts {
    /// Five seconds each.
    fn default() -> Self {
        Self::all(Some(Duration::from_secs(5)))
    }
}

/// The read and write timeouts of one operation on a connection.
///
/// The timer belongs to the runtime under which it is made, so a watch lives no longer than one
/// operation; and it is only made when the operation has to wait.
#[derive(Default)]
pub(super) struct Watch {
    waiting: Option<Waiting>,
}

impl Watch {
    /// Call when the connection cannot go on. Ready with the error when it has waited too long;
    /// every byte that moved since the last call starts the wait anew.
    pub(super) fn poll(
        &mut self,
        mut timer: Pin<&mut Option<Sleep>>,
        cx: &mut Context<'_>,
        account: &Account,
        limits: &Limits<'_>,
    ) -> Poll<Error> {
        let waiting = account.waiting();
        if self.waiting != Some(waiting) {
            self.waiting = Some(waiting);
            timer.set(limits.of(waiting).map(tokio::time::sleep));
        }
        match timer.as_pin_mut() {
            Some(sleep) => ready!(sleep.poll(cx)),
            None => return Poll::Pending,
        }
        Poll::Ready(limits.exceeded(waiting))
    }
}

/// What a [`Watch`] enforces, and how it is told.
pub(super) struct Limits<'a> {
    pub(super) timeouts: Timeouts,
    pub(super) url: &'a Url,
    /// "a response from", "more of the response body of".
    pub(super) part: &'static str,
}

impl<'a> Limits<'a> {
    /// For the wait for a response's head.
    pub(super) fn of_head(timeouts: Timeouts, url: &'a Url) -> Self {
        Self {
            timeouts,
            url,
            part: "a response from",
        }
    }

    fn of(&self, waiting: Waiting) -> Option<Duration> {
        match waiting {
            Waiting::Read(_) => self.timeouts.read,
            Waiting::Write(_) => self.timeouts.write,
            Waiting::Source => None,
        }
    }

    fn exceeded(&self, waiting: Waiting) -> Error {
        let limit = self.of(waiting).unwrap_or_default();
        let url = self.url.without_userinfo();
        let error = match waiting {
            Waiting::Write(_) => {
                let wait = format_args!("waiting to send more of the request to {url}");
                Error::timed_out(Kind::WriteTimeout, limit, wait)
            }
            _ => {
                let wait = format_args!("waiting for {} {url}", self.part);
                Error::timed_out(Kind::ReadTimeout, limit, wait)
            }
        };
        error.at(&url)
    }
}
