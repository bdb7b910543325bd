//! From an accepted socket to an open connection, or to an answer that refuses it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::decisions::{Decisions, Undecided, Unselected};
use super::incoming::Incoming;
use crate::engine::net::Socket;
use crate::engine::tls::{Secured, ServerTls};
use crate::engine::ws::extensions::ServerExtension;
use crate::engine::ws::handshake::{
    HandshakeError, Response, ServerHandshake, Upgraded, internal_error, refusal, unavailable,
};
use crate::engine::ws::{Connection, Established, Limits, Options, Protocol, Side};

/// How to accept.
#[derive(Clone, Debug, Default)]
pub struct Accept {
    /// What to speak TLS with; `None` for none.
    pub tls: Option<Arc<ServerTls>>,
    /// Bounds the TLS handshake.
    pub tls_timeout: Option<Duration>,
    /// Extensions that the server accepts, the preferred one first.
    pub extensions: Vec<Arc<dyn ServerExtension>>,
    /// The `Server` field of the response.
    pub server_header: Option<String>,
    /// Bounds the opening handshake, the time for TLS aside.
    pub open_timeout: Option<Duration>,
    /// Limits on messages.
    pub limits: Limits,
    /// How the connection behaves.
    pub options: Options,
}

/// What became of a client that sent a request.
pub enum Accepted {
    /// There is a connection.
    Open(Box<Established>),
    /// The request was answered with something other than 101, and the stream is closed.
    Answered {
        /// The answer.
        response: Response,
        /// Why the request was refused; `None` when the user's code answered.
        refusal: Option<HandshakeError>,
        /// Whether the request was judged as an opening handshake.
        judged: bool,
    },
}

/// Why a client got no connection.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The TLS handshake failed.
    #[error("TLS handshake failed: {0}")]
    Tls(io::Error),
    /// What came was no request, or the answer could not be sent.
    #[error("opening handshake failed: {0}")]
    Handshake(#[from] HandshakeError),
    /// The client took too long.
    #[error("timed out during opening handshake after {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The user's code wanted the client to be dropped.
    #[error("the opening handshake was abandoned")]
    Abandoned,
}

/// The response so far, and how it came about.
struct Answer {
    response: Response,
    refusal: Option<HandshakeError>,
    judged: bool,
}

impl Answer {
    fn by_user(response: Response) -> Self {
        Self {
            response,
            refusal: None,
            judged: false,
        }
    }

    fn judged(response: Response, refusal: Option<HandshakeError>) -> Self {
        Self {
            response,
            refusal,
            judged: true,
        }
    }
}

impl Accept {
    /// Shakes hands with a client, TLS first if that is wanted. Dropping the future closes the
    /// socket.
    ///
    /// # Errors
    /// [`AcceptError`]; a client that sent a request was answered with what is wrong with it.
    pub async fn client(
        self,
        socket: Socket,
        decisions: &mut impl Decisions,
    ) -> Result<Accepted, AcceptError> {
        let stream = self.secure(socket).await?;
        if let Incoming::Tls(stream) = &stream {
            decisions.secured(Secured::of(stream.get_ref().1));
        }
        let limit = self.open_timeout;
        bounded(limit, self.shake_hands(stream, decisions)).await
    }

    async fn secure(&self, socket: Socket) -> Result<Incoming, AcceptError> {
        let Some(tls) = &self.tls else {
            return Ok(Incoming::Plain(socket));
        };
        let securing = async { tls.accept(socket).await.map_err(AcceptError::Tls) };
        let stream = bounded(self.tls_timeout, securing).await?;
        Ok(Incoming::Tls(Box::new(stream)))
    }

    async fn shake_hands(
        self,
        stream: Incoming,
        decisions: &mut impl Decisions,
    ) -> Result<Accepted, AcceptError> {
        let mut handshake = ServerHandshake::read(stream).await?;
        let mut answer = answer(&mut handshake, &self.extensions, decisions).await?;
        if let Some(server) = &self.server_header {
            let pushed = answer.response.headers.push("Server", server);
            pushed.map_err(HandshakeError::from)?;
        }
        let processing = decisions.process_response(handshake.request(), &mut answer.response);
        match processing.await {
            Ok(()) => {}
            Err(Undecided::Failed) => answer.response = internal_error(),
            Err(Undecided::Abandoned) => return Err(AcceptError::Abandoned),
        }
        // Nothing is awaited between this look and the response, which opens the connection.
        if is_switching(&answer.response) && !decisions.is_serving() {
            answer.response = unavailable();
        }
        if !is_switching(&answer.response) {
            handshake.reject(&answer.response).await?;
            return Ok(Accepted::Answered {
                response: answer.response,
                refusal: answer.refusal,
                judged: answer.judged,
            });
        }
        let upgraded = handshake.accept(answer.response).await?;
        Ok(Accepted::Open(Box::new(self.establish(upgraded))))
    }

    /// Starts exchanging frames.
    fn establish(self, mut upgraded: Upgraded<Incoming>) -> Established {
        upgraded.request.headers.shrink_to_fit();
        upgraded.response.headers.shrink_to_fit();
        let mut options = self.options;
        options.leftover = upgraded.leftover;
        options.extensions = upgraded.extensions.clone();
        let protocol = Protocol::new(Side::Server, self.limits);
        Established {
            connection: Connection::spawn(upgraded.stream, protocol, options),
            request: upgraded.request,
            response: upgraded.response,
            subprotocol: upgraded.subprotocol,
            extensions: upgraded.extensions,
        }
    }
}

fn is_switching(response: &Response) -> bool {
    response.status == http::StatusCode::SWITCHING_PROTOCOLS
}

async fn bounded<R>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<R, AcceptError>>,
) -> Result<R, AcceptError> {
    let Some(limit) = limit else {
        return work.await;
    };
    let done = tokio::time::timeout(limit, work).await;
    done.unwrap_or(Err(AcceptError::Timeout(limit)))
}

/// The response to a request, as far as the user and RFC 6455 have it.
async fn answer(
    handshake: &mut ServerHandshake<Incoming>,
    extensions: &[Arc<dyn ServerExtension>],
    decisions: &mut impl Decisions,
) -> Result<Answer, AcceptError> {
    match decisions.process_request(handshake.request_mut()).await {
        Ok(Some(response)) => Ok(Answer::by_user(response)),
        Ok(None) => judge(handshake, extensions, decisions),
        Err(Undecided::Failed) => Ok(Answer::by_user(internal_error())),
        Err(Undecided::Abandoned) => Err(AcceptError::Abandoned),
    }
}

/// Judges the request as an opening handshake.
fn judge(
    handshake: &mut ServerHandshake<Incoming>,
    extensions: &[Arc<dyn ServerExtension>],
    decisions: &mut impl Decisions,
) -> Result<Answer, AcceptError> {
    let refused = match response(handshake, extensions, decisions) {
        Ok(response) => return Ok(Answer::judged(response, None)),
        Err(Unselected::Refused(error)) => error,
        Err(Unselected::Undecided(Undecided::Failed)) => {
            return Ok(Answer::judged(internal_error(), None));
        }
        Err(Unselected::Undecided(Undecided::Abandoned)) => return Err(AcceptError::Abandoned),
    };
    match refusal(&refused) {
        Some(response) => Ok(Answer::judged(response, Some(refused))),
        None => Err(refused.into()),
    }
}

fn response(
    handshake: &mut ServerHandshake<Incoming>,
    extensions: &[Arc<dyn ServerExtension>],
    decisions: &mut impl Decisions,
) -> Result<Response, Unselected> {
    handshake.check().map_err(Unselected::Refused)?;
    let origin = handshake.origin().map_err(Unselected::Refused)?;
    let allowed = decisions.allows_origin(origin.as_deref());
    if !allowed.map_err(Unselected::Undecided)? {
        return Err(Unselected::Refused(HandshakeError::InvalidOrigin(origin)));
    }
    let chosen = handshake.choose_extensions(extensions);
    chosen.map_err(Unselected::Refused)?;
    let subprotocol = decisions.select_subprotocol(&handshake.subprotocols())?;
    let response = handshake.response(subprotocol.as_deref());
    response.map_err(Unselected::Refused)
}
