//! Redirects of the opening handshake, RFC 6455 section 4.1 and RFC 9110 section 15.4.
//!
//! The rules are those of the `websockets` package: a redirect never leads from TLS to plain text,
//! and what identifies the user to one server is not told to another.

use http::StatusCode;

use crate::engine::http::Url;
use crate::engine::ws::handshake::Response;
use crate::engine::ws::{InvalidUri, WebSocketUri};

use super::error::ConnectError;

/// How many connections one redirect after another may lead to, as in the `websockets` package.
pub const MAX_REDIRECTS: usize = 10;

/// Header fields that are for one server alone.
const CREDENTIALS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Whether a header field of this name is for one server alone.
pub fn is_credential(name: &str) -> bool {
    CREDENTIALS.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Where a redirect leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirection {
    /// The URI to connect to.
    pub uri: WebSocketUri,
    /// Whether it is another server's: another scheme, host or port.
    pub is_cross_origin: bool,
}

/// What binds the connections of a client to one server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bound {
    /// A socket was given, which the first attempt used up.
    pub to_socket: bool,
    /// A unix socket.
    pub to_unix_socket: bool,
    /// A host or a port that take the place of the URI's.
    pub to_address: bool,
}

/// Why a redirect is not followed. The URIs are without credentials.
#[derive(Debug, thiserror::Error)]
pub enum RedirectError {
    /// It leads to no WebSocket URI.
    #[error(transparent)]
    Uri(#[from] InvalidUri),
    /// It leads from TLS to plain text.
    #[error("cannot follow redirect to non-secure URI {0}")]
    Insecure(String),
    /// The socket that was given is used up.
    #[error("cannot follow redirect to {0} with a preexisting socket")]
    GivenSocket(String),
    /// It leads to another server than the unix socket does.
    #[error("cannot follow cross-origin redirect to {0} with a Unix socket")]
    UnixSocket(String),
    /// It leads to another server than the host and port that were given.
    #[error("cannot follow cross-origin redirect to {0} with an explicit host or port")]
    Address(String),
    /// One redirect led to the next.
    #[error("more than {0} redirects")]
    TooMany(usize),
}

/// The `Location` of a response that redirects.
pub fn location(response: &Response) -> Option<String> {
    let redirects = matches!(
        response.status,
        StatusCode::MULTIPLE_CHOICES
            | StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !redirects {
        return None;
    }
    let location = response.headers.get("Location").ok().flatten()?;
    Some(location.into_owned())
}

/// The `Location` in an error, if a server redirects with it.
pub(super) fn location_in(error: &ConnectError) -> Option<String> {
    location(error.response()?)
}

/// Follows `location`, which the server of `from` gave. An http or https URL stands for the ws or
/// wss one.
///
/// # Errors
/// [`RedirectError`] when it leads where a client must not go.
pub fn follow(
    from: &WebSocketUri,
    location: &str,
    bound: Bound,
) -> Result<Redirection, RedirectError> {
    let (uri, shown) = join(from, location)?;
    let shown = || shown.clone();
    if bound.to_socket {
        return Err(RedirectError::GivenSocket(shown()));
    }
    if from.secure && !uri.secure {
        return Err(RedirectError::Insecure(shown()));
    }
    let is_cross_origin = (from.secure, &from.host, from.port) != (uri.secure, &uri.host, uri.port);
    if is_cross_origin && bound.to_unix_socket {
        return Err(RedirectError::UnixSocket(shown()));
    }
    if is_cross_origin && bound.to_address {
        return Err(RedirectError::Address(shown()));
    }
    Ok(Redirection {
        uri,
        is_cross_origin,
    })
}

/// The URI, and how to show it. A location without a host keeps the credentials of the URI that it
/// was given for, as one with a host never does.
fn join(from: &WebSocketUri, location: &str) -> Result<(WebSocketUri, String), InvalidUri> {
    let invalid = |error: crate::engine::Error| InvalidUri::new(location, error.to_string());
    let reference = Url::parse(location).map_err(invalid)?;
    let base = Url::parse(&from.to_string()).map_err(invalid)?;
    let joined = base.join(location).map_err(invalid)?;
    let text = joined.without_userinfo();
    let shown = as_websocket(text.as_str());
    let mut uri = WebSocketUri::parse(&as_websocket(joined.as_str()))?;
    if reference.host().is_empty() {
        uri.credentials.clone_from(&from.credentials);
    }
    Ok((uri, shown))
}

fn as_websocket(text: &str) -> String {
    match (text.strip_prefix("http://"), text.strip_prefix("https://")) {
        (Some(rest), _) => format!("ws://{rest}"),
        (_, Some(rest)) => format!("wss://{rest}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(from: &str, location: &str) -> Result<Redirection, RedirectError> {
        follow(
            &WebSocketUri::parse(from).unwrap(),
            location,
            Bound::default(),
        )
    }

    #[test]
    fn a_location_may_be_relative() {
        for (location, expected) in [
            ("/new?a=b", "ws://h:81/new?a=b"),
            ("other", "ws://h:81/chat/other"),
            ("//i/x", "ws://i/x"),
            ("ws://H:81/x", "ws://h:81/x"),
            ("http://h/x", "ws://h/x"),
            ("https://h/x", "wss://h/x"),
        ] {
            let found = followed("ws://h:81/chat/room", location).unwrap();
            assert_eq!(found.uri.to_string(), expected, "{location}");
            assert_eq!(
                found.is_cross_origin,
                !expected.starts_with("ws://h:81/"),
                "{location}"
            );
        }
    }

    #[test]
    fn credentials_stay_with_a_location_that_names_no_host() {
        let credentials = |location| {
            let found = followed("ws://me:p%40ss@h/", location).unwrap();
            found.uri.credentials
        };
        let own = Some(("me".to_owned(), "p@ss".to_owned()));
        assert_eq!(credentials("/new"), own);
        assert_eq!(credentials("ws://h/new"), None);
        assert_eq!(credentials("ws://i/new"), None);
    }

    #[test]
    fn tls_is_not_given_up() {
        let error = followed("wss://h/", "ws://h/x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot follow redirect to non-secure URI ws://h/x"
        );
        assert!(followed("ws://h/", "wss://h/").unwrap().is_cross_origin);
    }

    #[test]
    fn a_location_that_is_no_websocket_uri_is_an_invalid_uri() {
        for location in ["ftp://h/", "ws://h/#top", "ws://me@h/", "mailto:me@h"] {
            let error = followed("ws://h/", location).unwrap_err();
            assert!(matches!(error, RedirectError::Uri(_)), "{location}");
        }
    }

    #[test]
    fn what_was_given_binds() {
        let from = WebSocketUri::parse("ws://h/").unwrap();
        let try_with = |location, change: fn(&mut Bound)| {
            let mut bound = Bound::default();
            change(&mut bound);
            follow(&from, location, bound)
        };
        assert!(try_with("/x", |bound| bound.to_socket = true).is_err());
        assert!(try_with("/x", |bound| bound.to_unix_socket = true).is_ok());
        assert!(try_with("ws://i/", |bound| bound.to_unix_socket = true).is_err());
        assert!(try_with("/x", |bound| bound.to_address = true).is_ok());
        assert!(try_with("ws://i/", |bound| bound.to_address = true).is_err());
    }
}
