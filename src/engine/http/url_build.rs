//! A URL with some of its components replaced.

use std::borrow::Cow;

use super::url::Url;
use super::url_encode::{CREDENTIAL, encode};
use super::url_parse::{Raw, build, check_text, invalid, split, split_authority};
use crate::engine::error::Error;

/// Components that take the place of those in a URL. What they may not contain is encoded when
/// they are put in.
#[derive(Default)]
pub struct Replacements<'a> {
    /// The scheme; "" for none.
    pub scheme: Option<Cow<'a, str>>,
    /// User name and password, encoded but for what no userinfo can contain; "" for none.
    pub userinfo: Option<Cow<'a, str>>,
    /// The host, an IPv6 address in brackets; "" for none.
    pub host: Option<Cow<'a, str>>,
    /// The port in digits; "" for none.
    pub port: Option<Cow<'a, str>>,
    /// The path.
    pub path: Option<Cow<'a, str>>,
    /// The query, or `Some(None)` for none.
    pub query: Option<Option<Cow<'a, str>>>,
    /// The fragment, or `Some(None)` for none.
    pub fragment: Option<Option<Cow<'a, str>>>,
}

impl<'a> Replacements<'a> {
    /// A user name and a password as they are, not encoded.
    pub fn set_credentials(&mut self, username: &str, password: &str) {
        let mut userinfo = encode(username, CREDENTIAL).into_owned();
        if !password.is_empty() {
            userinfo.push(':');
            userinfo.extend(percent_encoding::utf8_percent_encode(password, CREDENTIAL));
        }
        self.userinfo = Some(userinfo.into());
    }

    /// A host, of which an IPv6 address may be without brackets.
    pub fn set_host(&mut self, host: &'a str) {
        let is_bare_ipv6 = host.contains(':') && !(host.starts_with('[') && host.ends_with(']'));
        self.host = Some(match is_bare_ipv6 {
            true => format!("[{host}]").into(),
            false => host.into(),
        });
    }

    /// Host and port.
    pub fn set_netloc(&mut self, netloc: &'a str) {
        let (_, host, port) = split_authority(netloc);
        self.host = Some(host.into());
        self.port = Some(port.into());
    }

    /// Path and query.
    pub fn set_raw_path(&mut self, raw_path: &'a str) {
        let (path, query) = match raw_path.split_once('?') {
            Some((path, query)) => (path, Some(query.into())),
            None => (raw_path, None),
        };
        self.path = Some(path.into());
        self.query = Some(query);
    }

    fn check(&self) -> Result<(), Error> {
        check("scheme", self.scheme.as_deref(), is_scheme)?;
        check("userinfo", self.userinfo.as_deref(), |it| !it.contains('@'))?;
        check("host", self.host.as_deref(), is_host)?;
        check("port", self.port.as_deref(), |_| true)?;
        check("path", self.path.as_deref(), |it| !it.contains(['?', '#']))?;
        let query = self.query.as_ref().and_then(Option::as_deref);
        check("query", query, |it| !it.contains('#'))?;
        let fragment = self.fragment.as_ref().and_then(Option::as_deref);
        check("fragment", fragment, |_| true)
    }
}

fn check(name: &str, value: Option<&str>, is_valid: fn(&str) -> bool) -> Result<(), Error> {
    let Some(value) = value else {
        return Ok(());
    };
    check_text(value, Some(name))?;
    match is_valid(value) {
        true => Ok(()),
        false => Err(invalid(format!("Invalid URL component '{name}'"))),
    }
}

fn is_scheme(text: &str) -> bool {
    text.is_empty() || super::url_parse::is_scheme(text)
}

fn is_host(text: &str) -> bool {
    (text.starts_with('[') && text.ends_with(']')) || !text.contains(':')
}

impl Url {
    /// Parses a URL of which some components are replaced.
    ///
    /// # Errors
    /// `InvalidUrl` as [`Url::parse`], also for a component that would end before its end.
    pub fn parse_with(text: &str, replacements: &Replacements<'_>) -> Result<Self, Error> {
        check_text(text, None)?;
        replacements.put_into(split(text))
    }

    /// The same URL with some components replaced.
    ///
    /// # Errors
    /// As [`Url::parse_with`].
    pub fn copy_with(&self, replacements: &Replacements<'_>) -> Result<Self, Error> {
        let (_, host, port) = split_authority(self.netloc());
        replacements.put_into(Raw {
            scheme: self.scheme(),
            userinfo: self.userinfo(),
            host,
            port,
            path: self.bare_path(),
            query: self.query(),
            fragment: self.fragment(),
        })
    }
}

impl Replacements<'_> {
    fn put_into(&self, raw: Raw<'_>) -> Result<Url, Error> {
        self.check()?;
        build(Raw {
            scheme: self.scheme.as_deref().unwrap_or(raw.scheme),
            userinfo: self.userinfo.as_deref().unwrap_or(raw.userinfo),
            host: self.host.as_deref().unwrap_or(raw.host),
            port: self.port.as_deref().unwrap_or(raw.port),
            path: self.path.as_deref().unwrap_or(raw.path),
            query: self.query.as_ref().map_or(raw.query, Option::as_deref),
            fragment: self
                .fragment
                .as_ref()
                .map_or(raw.fragment, Option::as_deref),
        })
    }
}
