//! The Digest scheme: RFC 7616, and RFC 2617 and 2069 before it.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use parking_lot::Mutex;

use super::super::cookies::CookieStore;
use super::super::url::Url;
use super::challenge::Challenge;
use super::hash::hex;
use crate::engine::error::{Error, Kind};

/// A user name and password for the Digest scheme, and the last challenge that they answered.
///
/// Clones share the challenge: the next request answers it before it is asked, and its nonce count
/// goes up by one for each request, also when several threads send them.
#[derive(Clone)]
pub struct DigestAuth(Arc<Shared>);

struct Shared {
    username: Box<[u8]>,
    password: Box<[u8]>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    challenge: Option<Arc<Challenge>>,
    /// How many requests used its nonce.
    used: u32,
}

/// What a request needs to be sent once more, after it was answered with a challenge.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The value of the Authorization field.
    pub authorization: HeaderValue,
    /// The Cookie field, for a request that has none: what the response set.
    pub cookie: Option<HeaderValue>,
}

/// Makes the client's nonce from the nonce count and the server's nonce.
pub type ClientNonce<'a> = &'a mut dyn FnMut(u32, &str) -> Result<String, Error>;

impl DigestAuth {
    /// Credentials that have not been challenged yet.
    pub fn new(username: &[u8], password: &[u8]) -> Self {
        Self(Arc::new(Shared {
            username: username.into(),
            password: password.into(),
            state: Mutex::default(),
        }))
    }

    /// The user name.
    pub fn username(&self) -> &[u8] {
        &self.0.username
    }

    /// The password.
    pub fn password(&self) -> &[u8] {
        &self.0.password
    }

    /// The Authorization field of a request, if there was a challenge before.
    ///
    /// # Errors
    /// `LocalProtocol` for a user name that a field cannot have.
    pub fn preempt(&self, method: &Method, url: &Url) -> Result<Option<HeaderValue>, Error> {
        let text = self.preempt_with(method.as_str(), &url.raw_path(), &mut |_, _| {
            Ok(random_nonce())
        })?;
        text.map(|text| field(&text)).transpose()
    }

    /// What to send a request with once more, after a response; `None` when the response is no
    /// challenge of the Digest scheme.
    ///
    /// # Errors
    /// `RemoteProtocol` for a challenge that is malformed or that nothing can answer,
    /// `NotImplemented` for one that wants the body hashed (`auth-int`), and those of
    /// [`preempt`](Self::preempt).
    pub fn answer(
        &self,
        method: &Method,
        url: &Url,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Result<Option<Answer>, Error> {
        if status != StatusCode::UNAUTHORIZED {
            return Ok(None);
        }
        let text = self.answer_with(method.as_str(), &url.raw_path(), headers, &mut |_, _| {
            Ok(random_nonce())
        })?;
        let Some(text) = text else {
            return Ok(None);
        };
        let mut cookies = CookieStore::new();
        cookies.extract(url, headers);
        Ok(Some(Answer {
            authorization: field(&text)?,
            cookie: cookies.header_for(url)?,
        }))
    }

    /// As [`preempt`](Self::preempt), with the client's nonce from `nonce`.
    ///
    /// # Errors
    /// As `preempt`, and those of `nonce`.
    pub fn preempt_with(
        &self,
        method: &str,
        target: &str,
        nonce: ClientNonce<'_>,
    ) -> Result<Option<String>, Error> {
        let (challenge, count) = {
            let mut state = self.0.state.lock();
            let Some(challenge) = state.challenge.clone() else {
                return Ok(None);
            };
            state.used = state.used.saturating_add(1);
            (challenge, state.used)
        };
        self.authorize(&challenge, count, method, target, nonce)
            .map(Some)
    }

    /// The Authorization field that answers the challenge among the fields of a 401 response, with
    /// the client's nonce from `nonce`.
    ///
    /// # Errors
    /// As [`answer`](Self::answer), and those of `nonce`.
    pub fn answer_with(
        &self,
        method: &str,
        target: &str,
        headers: &HeaderMap,
        nonce: ClientNonce<'_>,
    ) -> Result<Option<String>, Error> {
        let Some(challenge) = Challenge::find(headers)? else {
            return Ok(None);
        };
        // One that nothing can answer is not kept.
        uses_qop(&challenge)?;
        let challenge = Arc::new(challenge);
        let count = self.accept(&challenge);
        self.authorize(&challenge, count, method, target, nonce)
            .map(Some)
    }

    /// Makes a challenge the last one, and counts a use of its nonce. Requests that were sent
    /// beside one another may be challenged with one nonce: its count goes on.
    fn accept(&self, challenge: &Arc<Challenge>) -> u32 {
        let mut state = self.0.state.lock();
        let is_known = |last: &Arc<Challenge>| last.nonce == challenge.nonce;
        if !state.challenge.as_ref().is_some_and(is_known) {
            state.used = 0;
        }
        state.challenge = Some(challenge.clone());
        state.used = state.used.saturating_add(1);
        state.used
    }

    fn authorize(
        &self,
        challenge: &Challenge,
        count: u32,
        method: &str,
        target: &str,
        nonce: ClientNonce<'_>,
    ) -> Result<String, Error> {
        let uses_qop = uses_qop(challenge)?;
        let cnonce = nonce(count, &challenge.nonce)?;
        let count = format!("{count:08x}");
        let response = self.response(challenge, &count, &cnonce, method, target, uses_qop);
        let mut text = String::from("Digest ");
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "username={}, realm={}, nonce={}, uri={}, response=\"{response}\", algorithm={}",
            Quoted(self.shown_username()?),
            Quoted(&challenge.realm),
            Quoted(&challenge.nonce),
            Quoted(target),
            challenge.algorithm_name,
        );
        if let Some(opaque) = challenge.opaque.as_ref().filter(|it| !it.is_empty()) {
            let _ = write!(text, ", opaque={}", Quoted(opaque));
        }
        if uses_qop {
            let _ = write!(text, ", qop=auth, nc={count}, cnonce={}", Quoted(&cnonce));
        }
        Ok(text)
    }

    /// The proof of the password (RFC 7616, 3.4.1; without a qop RFC 2069, 2.1.2).
    fn response(
        &self,
        challenge: &Challenge,
        count: &str,
        cnonce: &str,
        method: &str,
        target: &str,
        uses_qop: bool,
    ) -> String {
        let hash = |parts: &[&[u8]]| challenge.algorithm.digest(parts);
        let nonce = challenge.nonce.as_bytes();
        let mut secret = hash(&[self.username(), challenge.realm.as_bytes(), self.password()]);
        if challenge.algorithm.is_session {
            secret = hash(&[secret.as_bytes(), nonce, cnonce.as_bytes()]);
        }
        let request = hash(&[method.as_bytes(), target.as_bytes()]);
        let (secret, request) = (secret.as_bytes(), request.as_bytes());
        if uses_qop {
            let (count, cnonce) = (count.as_bytes(), cnonce.as_bytes());
            hash(&[secret, nonce, count, cnonce, b"auth", request])
        } else {
            hash(&[secret, nonce, request])
        }
    }

    fn shown_username(&self) -> Result<&str, Error> {
        std::str::from_utf8(self.username()).map_err(|error| {
            let message = "The user name for digest auth is no UTF-8 text.";
            Error::new(Kind::LocalProtocol, message).caused_by(error)
        })
    }
}

/// Whether the challenge is answered with `qop=auth`, rather than as RFC 2069 says.
fn uses_qop(challenge: &Challenge) -> Result<bool, Error> {
    let Some(qop) = &challenge.qop else {
        return Ok(false);
    };
    let mut offered = qop.split(',').map(str::trim);
    if offered.clone().any(|it| it == "auth") {
        return Ok(true);
    }
    if offered.all(|it| it == "auth-int") {
        let message = "Digest auth-int support is not yet implemented";
        return Err(Error::new(Kind::NotImplemented, message));
    }
    let shown = qop.escape_debug();
    let message = format!("Unexpected qop value \"b'{shown}'\" in digest auth");
    Err(Error::new(Kind::RemoteProtocol, message))
}

/// The value of a field that is not to be shown.
fn field(text: &str) -> Result<HeaderValue, Error> {
    let name = AUTHORIZATION.as_str().as_bytes();
    let (_, mut value) = super::super::request::parse_header(name, text.as_bytes())?;
    value.set_sensitive(true);
    Ok(value)
}

/// A client nonce: 64 random bits in hexadecimal.
pub fn random_nonce() -> String {
    hex(&rand::random::<[u8; 8]>())
}

/// A quoted string (RFC 9110, 5.6.4).
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            if matches!(c, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
        f.write_char('"')
    }
}

impl fmt::Debug for DigestAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestAuth([secure])")
    }
}
