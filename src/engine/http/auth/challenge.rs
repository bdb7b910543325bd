//! Reading WWW-Authenticate (RFC 9110, 11.6.1).

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

use super::hash::Algorithm;
use crate::engine::error::{Error, Kind};

/// A challenge of the Digest scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) realm: String,
    pub(super) nonce: String,
    /// As the server wrote it, to be given back.
    pub(super) algorithm_name: String,
    pub(super) algorithm: Algorithm,
    pub(super) opaque: Option<String>,
    pub(super) qop: Option<String>,
}

impl Challenge {
    /// The first Digest challenge that can be answered; `None` when there is no Digest challenge.
    ///
    /// # Errors
    /// `RemoteProtocol` when there are some and none can be answered; what is wrong with the first.
    pub(super) fn find(headers: &HeaderMap) -> Result<Option<Self>, Error> {
        let mut first_error = None;
        for field in headers.get_all(WWW_AUTHENTICATE) {
            let text = String::from_utf8_lossy(field.as_bytes());
            for parameters in digest_challenges(&text) {
                match Self::parse(&parameters) {
                    Ok(challenge) => return Ok(Some(challenge)),
                    Err(error) => first_error.get_or_insert(error),
                };
            }
        }
        first_error.map_or(Ok(None), Err)
    }

    fn parse(parameters: &[(String, String)]) -> Result<Self, Error> {
        let get = |name: &str| {
            let found = parameters
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        let (Some(realm), Some(nonce)) = (get("realm"), get("nonce")) else {
            return Err(malformed());
        };
        let algorithm_name = get("algorithm").unwrap_or_else(|| "MD5".to_owned());
        let algorithm = Algorithm::by_name(&algorithm_name).ok_or_else(|| {
            let shown = algorithm_name.escape_debug();
            let message = format!("Unexpected algorithm \"{shown}\" in digest auth");
            Error::new(Kind::RemoteProtocol, message)
        })?;
        Ok(Self {
            realm,
            nonce,
            algorithm_name,
            algorithm,
            opaque: get("opaque"),
            qop: get("qop"),
        })
    }
}

fn malformed() -> Error {
    Error::new(
        Kind::RemoteProtocol,
        "Malformed Digest WWW-Authenticate header",
    )
}

type Parameters = Vec<(String, String)>;

/// The parameters of each Digest challenge in a field, which may have several challenges.
fn digest_challenges(field: &str) -> Vec<Parameters> {
    let mut found: Vec<Parameters> = Vec::new();
    let mut is_digest = false;
    for item in list_items(field) {
        let mut item = item.as_str();
        if let Some((scheme, rest)) = scheme_of(item) {
            is_digest = scheme.eq_ignore_ascii_case("digest");
            if is_digest {
                found.push(Vec::new());
            }
            item = rest;
        }
        if is_digest
            && let Some(parameters) = found.last_mut()
            && let Some((name, value)) = item.split_once('=')
        {
            parameters.push((name.trim().to_owned(), unquoted(value.trim())));
        }
    }
    // As httpx, which takes a bare "Digest" for no challenge.
    found.retain(|parameters| !parameters.is_empty());
    found
}

/// The scheme that an item begins with: a token, and then a space and no `=`.
fn scheme_of(item: &str) -> Option<(&str, &str)> {
    let end = item.find([' ', '\t', '=', '"']).unwrap_or(item.len());
    let rest = item[end..].trim_start();
    if end == 0 || rest.starts_with('=') || item[end..].starts_with('"') {
        return None;
    }
    Some((&item[..end], rest))
}

/// The items between the commas that are not quoted, less the empty ones.
fn list_items(field: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in field.chars() {
        if c == ',' && !is_quoted {
            items.push(String::new());
            continue;
        }
        if c == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = is_quoted && c == '\\' && !is_escaped;
        if let Some(item) = items.last_mut() {
            item.push(c);
        }
    }
    let items = items.into_iter().map(|item| item.trim().to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

/// The text of a token or a quoted string (RFC 9110, 5.6.4).
fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let Some(inner) = inner else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        text.push(if c == '\\' {
            chars.next().unwrap_or(c)
        } else {
            c
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(fields: &[&str]) -> Result<Option<Challenge>, Error> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(WWW_AUTHENTICATE, field.parse().unwrap());
        }
        Challenge::find(&headers)
    }

    #[test]
    fn the_parameters_of_a_challenge() {
        let text = "Digest realm=\"a, \\\"b\\\"\", qop=\"auth,auth-int\", nonce=abc,opaque=\"\"";
        let challenge = find(&[text]).unwrap().unwrap();
        assert_eq!(challenge.realm, "a, \"b\"");
        assert_eq!(challenge.nonce, "abc");
        assert_eq!(challenge.qop.as_deref(), Some("auth,auth-int"));
        assert_eq!(challenge.opaque.as_deref(), Some(""));
        assert_eq!(challenge.algorithm_name, "MD5");
    }

    #[test]
    fn it_is_found_among_others_in_one_field_and_in_several() {
        let digest = "DIGEST realm=r, nonce=n";
        for fields in [
            &["Basic realm=\"x\", Digest realm=r, nonce=n, Bearer realm=z"][..],
            &["Negotiate, Digest realm=r, nonce=n"],
            &["Negotiate abc==", digest],
            &[digest, "Digest realm=second, nonce=m"],
        ] {
            let challenge = find(fields).unwrap().unwrap();
            assert_eq!(
                (&*challenge.realm, &*challenge.nonce),
                ("r", "n"),
                "{fields:?}"
            );
        }
        assert!(find(&["Basic realm=\"Digest realm=r\""]).unwrap().is_none());
        assert!(find(&[]).unwrap().is_none());
        assert!(find(&["Digest"]).unwrap().is_none());
    }

    #[test]
    fn one_that_cannot_be_answered_is_passed_over_for_one_that_can() {
        let unknown = "Digest realm=r, nonce=n, algorithm=SHA-512-256";
        let known = "Digest realm=r, nonce=n, algorithm=sha-256";
        let challenge = find(&[unknown, known]).unwrap().unwrap();
        assert_eq!(challenge.algorithm_name, "sha-256");
        let error = find(&[unknown]).unwrap_err();
        assert_eq!(error.kind(), Kind::RemoteProtocol);
        assert!(error.to_string().contains("SHA-512-256"), "{error}");
    }

    #[test]
    fn a_malformed_challenge_is_an_error() {
        for text in ["Digest realm=\"r\", qop=\"auth\"", "Digest nonce=n"] {
            let error = find(&[text]).unwrap_err();
            assert_eq!(
                error.to_string(),
                "Malformed Digest WWW-Authenticate header"
            );
        }
    }
}
