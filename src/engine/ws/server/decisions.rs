//! What of an opening handshake is the user's to decide.

use std::future::Future;

use crate::engine::tls::Secured;
use crate::engine::ws::handshake::{HandshakeError, Request, Response};

/// Why a decision was not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// The user's code failed, which has been told where that is of use: the client gets 500.
    Failed,
    /// The user's code wants the client to be dropped.
    Abandoned,
}

/// Why there is no subprotocol to speak.
#[derive(Debug)]
pub enum Unselected {
    /// The handshake is refused for this.
    Refused(HandshakeError),
    /// As [`Undecided`].
    Undecided(Undecided),
}

/// What the user decides, in the order in which it is asked. Any of it may take its time.
pub trait Decisions: Send {
    /// Learns what the TLS handshake settled, if there was one.
    fn secured(&mut self, _secured: Secured) {}

    /// Looks at the request before anything of it is judged but its syntax, and may change it or
    /// answer it. A response with status 101 accepts it as it is.
    fn process_request(
        &mut self,
        request: &mut Request,
    ) -> impl Future<Output = Result<Option<Response>, Undecided>> + Send;

    /// Whether the page that connects may do so; `None` when no browser said so.
    ///
    /// # Errors
    /// [`Undecided`]
    fn allows_origin(&mut self, origin: Option<&str>) -> Result<bool, Undecided>;

    /// Chooses among the subprotocols that the client offers, its preferred one first.
    ///
    /// # Errors
    /// [`Unselected`]
    fn select_subprotocol(&mut self, offered: &[String]) -> Result<Option<String>, Unselected>;

    /// Looks at the response, whatever it is, and may change or replace it.
    fn process_response(
        &mut self,
        request: &Request,
        response: &mut Response,
    ) -> impl Future<Output = Result<(), Undecided>> + Send;

    /// Whether the server still takes connections, at the moment in which one would be.
    fn is_serving(&self) -> bool;
}
