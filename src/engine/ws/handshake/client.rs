//! The client's end of the opening handshake, RFC 6455 section 4.1.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite};
use tungstenite::handshake::derive_accept_key;

use super::Upgraded;
use super::chunked::read_chunked;
use super::error::{HandshakeError, SecurityError};
use super::headers::{EXTENSIONS, Headers, InvalidHeaderText, is_token};
use super::io::{leftover, read_head, read_sized, write_all};
use super::message::{Request, Response, check_upgrade};
use crate::engine::ws::extensions::{self, Agreed, ClientExtension};
use crate::engine::ws::uri::WebSocketUri;

/// Bytes of the body of a response that rejects the connection, as in the `websockets` package.
const MAX_BODY: usize = 1 << 20;

/// A handshake to be performed.
#[derive(Debug, Clone)]
pub struct ClientHandshake {
    uri: WebSocketUri,
    subprotocols: Vec<String>,
    extensions: Vec<Arc<dyn ClientExtension>>,
    request: Request,
    key: String,
}

impl ClientHandshake {
    /// A handshake that asks for the resource of `uri`, with the credentials of `uri`.
    pub fn new(uri: WebSocketUri) -> Self {
        let key = STANDARD.encode(rand::random::<[u8; 16]>());
        let mut headers = Headers::new();
        headers.push_known("Host", &uri.host_header());
        if let Some(authorization) = uri.authorization() {
            headers.push_known("Authorization", &authorization);
        }
        for (name, value) in [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", &key),
            ("Sec-WebSocket-Version", "13"),
        ] {
            headers.push_known(name, value);
        }
        let request = Request {
            method: "GET".to_owned(),
            path: uri.resource_name(),
            version: "HTTP/1.1",
            headers,
        };
        Self {
            uri,
            subprotocols: Vec::new(),
            extensions: Vec::new(),
            request,
            key,
        }
    }

    /// Adds a header field, in place of one of the same name that the handshake has by itself.
    ///
    /// # Errors
    /// A name or value that cannot be sent.
    pub fn header(
        mut self,
        name: &str,
        value: impl AsRef<[u8]>,
    ) -> Result<Self, InvalidHeaderText> {
        if ["host", "authorization"].contains(&name.to_ascii_lowercase().as_str()) {
            self.request.headers.remove(name);
        }
        self.request.headers.push(name, value)?;
        Ok(self)
    }

    /// Names the client, unless a field of the user has done that.
    ///
    /// # Errors
    /// A value that cannot be sent.
    pub fn user_agent(self, value: &str) -> Result<Self, InvalidHeaderText> {
        match self.request.headers.contains("User-Agent") {
            true => Ok(self),
            false => self.header("User-Agent", value),
        }
    }

    /// Tells the server which page connects.
    ///
    /// # Errors
    /// A value that cannot be sent.
    pub fn origin(self, origin: &str) -> Result<Self, InvalidHeaderText> {
        self.header("Origin", origin)
    }

    /// Offers subprotocols, the preferred one first.
    ///
    /// # Errors
    /// A name that is no token, RFC 6455 section 4.1.
    pub fn subprotocols(mut self, names: Vec<String>) -> Result<Self, InvalidHeaderText> {
        const PROTOCOL: &str = "Sec-WebSocket-Protocol";
        if !names.iter().all(|name| is_token(name)) {
            let name = PROTOCOL.to_owned();
            return Err(InvalidHeaderText { name });
        }
        self.subprotocols = names;
        let offer = self.subprotocols.join(", ");
        match offer.is_empty() {
            true => Ok(self),
            false => self.header(PROTOCOL, offer),
        }
    }

    /// Offers extensions, the preferred one first.
    ///
    /// # Errors
    /// When code of the user's fails.
    pub fn extensions(
        mut self,
        extensions: Vec<Arc<dyn ClientExtension>>,
    ) -> Result<Self, HandshakeError> {
        let offer = extensions::offer(&extensions)?;
        self.extensions = extensions;
        match offer {
            Some(offer) => Ok(self.header(EXTENSIONS, offer)?),
            None => Ok(self),
        }
    }

    /// Performs the handshake on `stream`, which is connected to the host of the URI. There is
    /// no timeout in it; the future may be dropped, and the connection with it.
    ///
    /// # Errors
    /// [`HandshakeError::InvalidStatus`] with the response when the server refuses, and what
    /// else can be wrong with a response.
    pub async fn perform<S>(self, mut stream: S) -> Result<Upgraded<S>, HandshakeError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let peer = self.uri.to_string();
        write_all::<Request, S>(&mut stream, &self.request.to_bytes(), &peer).await?;
        let (mut response, rest) = read_head::<Response, S>(&mut stream, &peer).await?;
        if response.status != StatusCode::SWITCHING_PROTOCOLS {
            response.body = read_body(&mut stream, &response, rest).await?;
            return Err(HandshakeError::InvalidStatus(Box::new(response)));
        }
        Ok(Upgraded {
            subprotocol: self.check(&response)?,
            extensions: self.check_extensions(&response.headers)?,
            stream,
            leftover: leftover(&rest),
            request: self.request,
            response,
        })
    }

    /// Checks a response with status 101, and returns the subprotocol of it.
    fn check(&self, response: &Response) -> Result<Option<String>, HandshakeError> {
        const ACCEPT: &str = "Sec-WebSocket-Accept";
        let headers = &response.headers;
        check_upgrade(headers)?;
        let accept = headers.get(ACCEPT)?;
        let accept = accept.ok_or_else(|| HandshakeError::missing(ACCEPT))?;
        if accept != derive_accept_key(self.key.as_bytes()) {
            return Err(HandshakeError::value(ACCEPT, accept));
        }
        self.check_subprotocol(headers)
    }

    fn check_extensions(&self, headers: &Headers) -> Result<Vec<Agreed>, HandshakeError> {
        let answer = headers.extensions()?;
        Ok(extensions::check_answer(&answer, &self.extensions)?)
    }

    fn check_subprotocol(&self, headers: &Headers) -> Result<Option<String>, HandshakeError> {
        const PROTOCOL: &str = "Sec-WebSocket-Protocol";
        let chosen = headers.list(PROTOCOL);
        match chosen.as_slice() {
            [] => Ok(None),
            _ if self.subprotocols.is_empty() => Err(HandshakeError::Negotiation(
                "no subprotocols supported".to_owned(),
            )),
            [only] if self.subprotocols.iter().any(|offered| offered == only) => {
                Ok(Some(only.clone().into_owned()))
            }
            [only] => Err(HandshakeError::Negotiation(format!(
                "unsupported subprotocol: {only}"
            ))),
            several => Err(HandshakeError::InvalidHeader {
                name: PROTOCOL.to_owned(),
                value: Some(format!("multiple values: {}", several.join(", "))),
            }),
        }
    }
}

/// Reads the body of a response that is not 101, RFC 9112 section 6.3.
async fn read_body<S: AsyncRead + Unpin>(
    stream: &mut S,
    response: &Response,
    rest: BytesMut,
) -> Result<Bytes, HandshakeError> {
    let status = response.status;
    if status.is_informational()
        || [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status)
    {
        return Ok(Bytes::new());
    }
    let coding = response.headers.get("Transfer-Encoding")?;
    let body = match coding {
        Some(coding) if coding.eq_ignore_ascii_case("chunked") => {
            read_chunked(stream, rest, MAX_BODY).await
        }
        _ => {
            let length = content_length(&response.headers)?;
            read_sized(stream, rest, length, MAX_BODY).await
        }
    };
    body.map_err(HandshakeError::Security)
}

fn content_length(headers: &Headers) -> Result<Option<usize>, HandshakeError> {
    const LENGTH: &str = "Content-Length";
    let Some(length) = headers.get(LENGTH)? else {
        return Ok(None);
    };
    match length.parse() {
        Ok(length) if length <= MAX_BODY => Ok(Some(length)),
        Ok(_) => Err(HandshakeError::Security(SecurityError::BodyTooLarge(
            MAX_BODY,
        ))),
        Err(_) => Err(HandshakeError::value(LENGTH, length)),
    }
}
