//! The server's end of the opening handshake, RFC 6455 section 4.2.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite};
use tungstenite::handshake::derive_accept_key;

use super::Upgraded;
use super::error::{HandshakeError, SecurityError};
use super::headers::{EXTENSIONS, Headers};
use super::io::{end, leftover, read_head, write_all};
use super::message::{Request, Response, check_upgrade, now};
use crate::engine::ws::extensions::{self, Agreed, ServerExtension};

const PEER: &str = "the client";
const VERSION: &str = "Sec-WebSocket-Version";

/// A request that waits for its response. Any time may pass, and any code run, before it is
/// accepted or rejected.
#[derive(Debug)]
pub struct ServerHandshake<S> {
    stream: S,
    request: Request,
    leftover: Bytes,
    extensions: Vec<Agreed>,
    extensions_answer: Option<String>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> ServerHandshake<S> {
    /// Reads a request from a fresh connection. Only its syntax is checked: a server may well
    /// answer a request that is no handshake, a health check say.
    ///
    /// There is no timeout in it; the future may be dropped, and the connection with it.
    ///
    /// # Errors
    /// What was not a request, or too large for one. It has been answered, if it was HTTP.
    pub async fn read(mut stream: S) -> Result<Self, HandshakeError> {
        let (request, rest) = match read_head::<Request, S>(&mut stream, PEER).await {
            Ok(read) => read,
            Err(error) => return Err(turn_away(stream, refusal(&error), error).await),
        };
        if let Some(error) = unsupported_body(&request) {
            let response = refused(StatusCode::BAD_REQUEST, &error);
            return Err(turn_away(stream, Some(response), error).await);
        }
        Ok(Self {
            stream,
            request,
            leftover: leftover(&rest),
            extensions: Vec::new(),
            extensions_answer: None,
        })
    }

    /// The request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The request, for user code that changes it before it is judged.
    pub fn request_mut(&mut self) -> &mut Request {
        &mut self.request
    }

    /// Whether the request is one that RFC 6455 section 4.2.1 asks for.
    ///
    /// # Errors
    /// What is wrong with it; [`refuse`](Self::refuse) tells the client.
    pub fn check(&self) -> Result<(), HandshakeError> {
        check_request(&self.request).map(drop)
    }

    /// The page that connects, if a browser does.
    ///
    /// # Errors
    /// When the request names several.
    pub fn origin(&self) -> Result<Option<String>, HandshakeError> {
        let origin = self.request.headers.get("Origin")?;
        Ok(origin.map(|origin| origin.into_owned()))
    }

    /// The subprotocols that the client offers, the preferred one first.
    pub fn subprotocols(&self) -> Vec<String> {
        let offered = self.request.headers.list("Sec-WebSocket-Protocol");
        offered.into_iter().map(|name| name.into_owned()).collect()
    }

    /// Chooses among the extensions that the client offers; the response will tell it.
    ///
    /// # Errors
    /// When the request's field does not follow the grammar, or code of the user's fails.
    pub fn choose_extensions(
        &mut self,
        available: &[Arc<dyn ServerExtension>],
    ) -> Result<(), HandshakeError> {
        if available.is_empty() {
            return Ok(());
        }
        let offers = self.request.headers.extensions()?;
        let (answer, chosen) = extensions::accept_offers(&offers, available)?;
        self.extensions = chosen;
        self.extensions_answer = answer;
        Ok(())
    }

    /// The response that accepts the request, with the subprotocol that was chosen. Header
    /// fields may be added before it is sent.
    ///
    /// # Errors
    /// What is wrong with the request; [`refuse`](Self::refuse) tells the client.
    pub fn response(&self, subprotocol: Option<&str>) -> Result<Response, HandshakeError> {
        let key = check_request(&self.request)?;
        let mut headers = Headers::new();
        headers.push_known("Date", &now());
        headers.push_known("Upgrade", "websocket");
        headers.push_known("Connection", "Upgrade");
        headers.push_known("Sec-WebSocket-Accept", &derive_accept_key(key.as_bytes()));
        if let Some(extensions) = &self.extensions_answer {
            headers.push(EXTENSIONS, extensions)?;
        }
        if let Some(subprotocol) = subprotocol {
            headers.push("Sec-WebSocket-Protocol", subprotocol)?;
        }
        let status = StatusCode::SWITCHING_PROTOCOLS;
        Ok(Response::new(status, headers, Bytes::new()))
    }

    /// Accepts the connection with what [`response`](Self::response) gave.
    ///
    /// # Errors
    /// When the response could not be sent.
    pub async fn accept(mut self, response: Response) -> Result<Upgraded<S>, HandshakeError> {
        write_all::<Response, S>(&mut self.stream, &response.to_bytes(), PEER).await?;
        let subprotocol = response.headers.get("Sec-WebSocket-Protocol")?;
        Ok(Upgraded {
            subprotocol: subprotocol.map(|name| name.into_owned()),
            stream: self.stream,
            leftover: self.leftover,
            extensions: self.extensions,
            request: self.request,
            response,
        })
    }

    /// Rejects the connection with a response of the caller's making, and closes it.
    ///
    /// # Errors
    /// When the response could not be sent.
    pub async fn reject(mut self, response: &Response) -> Result<(), HandshakeError> {
        write_all::<Response, S>(&mut self.stream, &response.to_bytes(), PEER).await?;
        end(&mut self.stream).await;
        Ok(())
    }

    /// Rejects the connection with the response that belongs to `error`, and gives `error` back.
    pub async fn refuse(self, error: HandshakeError) -> HandshakeError {
        turn_away(self.stream, refusal(&error), error).await
    }
}

/// Chooses a subprotocol: the first that the server speaks and the client offers.
///
/// # Errors
/// When the server wants one and there is none in common.
pub fn select_subprotocol(
    spoken: &[String],
    offered: &[String],
) -> Result<Option<String>, HandshakeError> {
    if spoken.is_empty() {
        return Ok(None);
    }
    if offered.is_empty() {
        let text = "missing subprotocol".to_owned();
        return Err(HandshakeError::Negotiation(text));
    }
    let common = spoken.iter().find(|name| offered.contains(name));
    common.cloned().map(Some).ok_or_else(|| {
        let spoken = spoken.join(", ");
        HandshakeError::Negotiation(format!("invalid subprotocol; expected one of {spoken}"))
    })
}

/// A body would be taken for frames.
fn unsupported_body(request: &Request) -> Option<HandshakeError> {
    let lengths = request.headers.list("Content-Length");
    let has_body =
        request.headers.contains("Transfer-Encoding") || lengths.iter().any(|length| length != "0");
    has_body.then(|| HandshakeError::InvalidMessage {
        expected: format!("HTTP request from {PEER}"),
        reason: "unsupported request body".to_owned(),
        eof: false,
    })
}

/// Checks what RFC 6455 section 4.2.1 asks of a request, and returns its key.
fn check_request(request: &Request) -> Result<String, HandshakeError> {
    if request.method != "GET" {
        return Err(HandshakeError::InvalidMethod(request.method.clone()));
    }
    if request.version != "HTTP/1.1" {
        let version = request.version.to_owned();
        return Err(HandshakeError::InvalidProtocol(version));
    }
    check_upgrade(&request.headers)?;
    let key = check_key(&request.headers)?;
    let version = request.headers.get(VERSION)?;
    match version.ok_or_else(|| HandshakeError::missing(VERSION))? {
        version if version == "13" => Ok(key),
        version => Err(HandshakeError::value(VERSION, version)),
    }
}

fn check_key(headers: &Headers) -> Result<String, HandshakeError> {
    const KEY: &str = "Sec-WebSocket-Key";
    let key = headers.get(KEY)?;
    let key = key.ok_or_else(|| HandshakeError::missing(KEY))?;
    match STANDARD.decode(key.as_bytes()) {
        Ok(bytes) if bytes.len() == 16 => Ok(key.into_owned()),
        _ => Err(HandshakeError::value(KEY, key)),
    }
}

/// Ends a connection that comes to nothing, with an answer if there is one to give.
async fn turn_away<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    response: Option<Response>,
    error: HandshakeError,
) -> HandshakeError {
    if matches!(error, HandshakeError::Io { .. }) {
        return error;
    }
    if let Some(response) = response {
        // The error that counts is the first one.
        let _ = write_all::<Response, S>(&mut stream, &response.to_bytes(), PEER).await;
    }
    end(&mut stream).await;
    error
}

/// The response that tells a client why it is refused; `None` for what sent no HTTP, which would
/// not understand it.
pub(in crate::engine::ws) fn refusal(error: &HandshakeError) -> Option<Response> {
    let status = match error {
        HandshakeError::Io { .. } | HandshakeError::InvalidMessage { .. } => return None,
        HandshakeError::InvalidMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
        HandshakeError::InvalidProtocol(_) => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
        HandshakeError::InvalidOrigin(_) => StatusCode::FORBIDDEN,
        HandshakeError::InvalidUpgrade { .. } => StatusCode::UPGRADE_REQUIRED,
        HandshakeError::InvalidHeaderValue { name, .. } if name == VERSION => {
            StatusCode::UPGRADE_REQUIRED
        }
        HandshakeError::Security(SecurityError::RequestLineTooLong(_)) => StatusCode::URI_TOO_LONG,
        HandshakeError::Security(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        HandshakeError::InvalidHeaderText(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    Some(refused(status, error))
}

fn refused(status: StatusCode, error: &HandshakeError) -> Response {
    let mut response = Response::text(status, &refusal_text(error));
    match status {
        StatusCode::METHOD_NOT_ALLOWED => response.headers.push_known("Allow", "GET"),
        StatusCode::UPGRADE_REQUIRED => {
            response.headers.push_known("Upgrade", "websocket");
            // RFC 6455 section 4.4: tells a client of another version what to speak.
            response.headers.push_known(VERSION, "13");
        }
        _ => {}
    }
    response
}

fn refusal_text(error: &HandshakeError) -> String {
    let text = format!("Failed to open a WebSocket connection: {error}.\n");
    match error {
        HandshakeError::InvalidUpgrade { .. } => format!(
            "{text}\nYou cannot access a WebSocket server directly with a browser. \
             You need a WebSocket client.\n"
        ),
        _ => text,
    }
}

/// The answer when code of the user's has failed.
pub(in crate::engine::ws) fn internal_error() -> Response {
    Response::text(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Failed to open a WebSocket connection.\nSee server log for more information.\n",
    )
}

/// The answer of a server that is being closed.
pub(in crate::engine::ws) fn unavailable() -> Response {
    Response::text(
        StatusCode::SERVICE_UNAVAILABLE,
        "Server is shutting down.\n",
    )
}
