//! The cookies of a client.

use std::time::{SystemTime, UNIX_EPOCH};

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

use super::super::request::parse_header;
use super::super::url::Url;
use super::cookie::Cookie;
use super::set_cookie::{self, Asked};
use super::{domain, path};
use crate::engine::error::Error;

/// The longest cookie that a server can set, its attributes included, in bytes. RFC 6265, 6.1 asks
/// for 4096 at least.
pub const MAX_COOKIE_SIZE: usize = 16 * 1024;

/// The most cookies that servers can set for one domain; then the oldest go.
pub const MAX_COOKIES_PER_DOMAIN: usize = 200;

/// The most cookies that servers can set in all; then the oldest go.
pub const MAX_COOKIES: usize = 4_000;

/// Cookies, in the order in which `http.cookiejar` has them: by domain, then by path, each in the
/// order of their first cookie.
///
/// An empty one allocates nothing, and an exchange without cookies costs it a look-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CookieStore {
    cookies: Vec<Cookie>,
}

/// What [`CookieStore::remove`] did not find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// No cookie has that domain.
    Domain,
    /// No cookie of that domain has that path.
    Path,
    /// No cookie of that domain and path has that name.
    Name,
}

impl CookieStore {
    /// An empty store.
    pub const fn new() -> Self {
        Self {
            cookies: Vec::new(),
        }
    }

    /// Whether there are no cookies, expired ones included.
    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// How many cookies there are, expired ones included.
    pub fn len(&self) -> usize {
        self.cookies.len()
    }

    /// All cookies, expired ones included.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Cookie> {
        self.cookies.iter()
    }

    /// Puts a cookie in the place of the one of its domain, path and name. Nothing is checked.
    pub fn set(&mut self, cookie: Cookie) {
        let mut all = self.cookies.iter_mut();
        if let Some(old) = all.find(|it| it.is(&cookie.domain, &cookie.path, &cookie.name)) {
            *old = cookie;
            return;
        }
        let last = |test: &dyn Fn(&Cookie) -> bool| self.cookies.iter().rposition(test);
        let of_domain = last(&|it| it.domain == cookie.domain);
        let of_path = last(&|it| it.domain == cookie.domain && it.path == cookie.path);
        let before = of_path.or(of_domain);
        let place = before.map_or(self.cookies.len(), |index| index + 1);
        self.cookies.insert(place, cookie);
    }

    /// Takes away every cookie that `is_wanted` says no to.
    pub fn retain(&mut self, is_wanted: impl FnMut(&Cookie) -> bool) {
        self.cookies.retain(is_wanted);
    }

    /// Takes all cookies away.
    pub fn clear(&mut self) {
        self.cookies.clear();
    }

    /// Takes away the cookies of a domain, of a path in it, or one of them.
    ///
    /// # Errors
    /// What is not there.
    pub fn remove(
        &mut self,
        domain: &str,
        path: Option<&str>,
        name: Option<&str>,
    ) -> Result<(), Level> {
        let has = |test: &dyn Fn(&Cookie) -> bool| self.cookies.iter().any(test);
        let in_domain = |it: &Cookie| it.domain == domain;
        let in_path = |it: &Cookie| in_domain(it) && path.is_none_or(|path| it.path == path);
        let is_it = |it: &Cookie| in_path(it) && name.is_none_or(|name| it.name == name);
        if !has(&in_domain) {
            return Err(Level::Domain);
        }
        if !has(&in_path) {
            return Err(Level::Path);
        }
        if !has(&is_it) {
            return Err(Level::Name);
        }
        self.cookies.retain(|it| !is_it(it));
        Ok(())
    }

    /// Takes in the `Set-Cookie` fields of a response to a request for `url`. What is no cookie,
    /// and what the host may not set, is ignored.
    pub fn extract(&mut self, url: &Url, headers: &HeaderMap) {
        if !headers.contains_key(SET_COOKIE) {
            return;
        }
        let fields = headers.get_all(SET_COOKIE).iter();
        let fields: Vec<String> = fields.map(|field| text_of(field.as_bytes())).collect();
        self.extract_fields(url, &fields);
    }

    /// As [`extract`](Self::extract), for fields whose bytes are decoded.
    pub fn extract_fields(&mut self, url: &Url, fields: &[String]) {
        let now = now();
        for field in fields {
            self.take(field, url, now);
        }
    }

    /// Takes in one `Set-Cookie` field, at `now`, in seconds since the epoch.
    fn take(&mut self, field: &str, url: &Url, now: i64) {
        match set_cookie::parse(field, url, now) {
            Some(Asked::Keep(cookie)) if size(&cookie) <= MAX_COOKIE_SIZE => {
                let domain = cookie.domain.clone();
                self.set(*cookie);
                self.evict(&domain);
            }
            Some(Asked::Forget(cookie)) => {
                self.retain(|it| !it.is(&cookie.domain, &cookie.path, &cookie.name));
            }
            Some(Asked::Keep(_)) | None => {}
        }
    }

    /// Makes room after a server set one more cookie for `domain`.
    fn evict(&mut self, domain: &str) {
        let of_domain = self.cookies.iter().filter(|it| it.domain == domain);
        if of_domain.count() > MAX_COOKIES_PER_DOMAIN {
            self.remove_first(|it| it.domain == domain);
        }
        if self.cookies.len() > MAX_COOKIES {
            // Those for every host are the user's.
            self.remove_first(|it| !it.domain.is_empty());
        }
    }

    fn remove_first(&mut self, test: impl FnMut(&Cookie) -> bool) {
        if let Some(index) = self.cookies.iter().position(test) {
            self.cookies.remove(index);
        }
    }

    /// The text of the Cookie field of a request for `url`, the longest path first; `None` when no
    /// cookie goes there. Expired cookies are taken away.
    pub fn header_text(&mut self, url: &Url) -> Option<String> {
        if self.cookies.is_empty() {
            return None;
        }
        let now = now();
        self.retain(|cookie| !cookie.is_expired(now));
        let (host, path) = (domain::effective_host(url), path::request_path(url));
        let all = self.cookies.iter();
        let mut going: Vec<_> = all.filter(|it| it.goes_to(url, &host, &path)).collect();
        going.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let mut text = String::new();
        for cookie in &going {
            if !text.is_empty() {
                text.push_str("; ");
            }
            cookie.write(&mut text);
        }
        (!going.is_empty()).then_some(text)
    }

    /// The Cookie field of a request for `url`, as [`header_text`](Self::header_text). A request
    /// that has one already keeps its own.
    ///
    /// # Errors
    /// `LocalProtocol` when a cookie that the user set has a control character.
    pub fn header_for(&mut self, url: &Url) -> Result<Option<HeaderValue>, Error> {
        let Some(text) = self.header_text(url) else {
            return Ok(None);
        };
        let (_, mut value) = parse_header(b"Cookie", text.as_bytes())?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

/// A field's text: UTF-8, or ISO-8859-1 when it is none, as httpx reads fields.
fn text_of(field: &[u8]) -> String {
    match std::str::from_utf8(field) {
        Ok(text) => text.to_owned(),
        Err(_) => field.iter().map(|&byte| char::from(byte)).collect(),
    }
}

fn size(cookie: &Cookie) -> usize {
    let attributes = cookie.domain.len() + cookie.path.len();
    let rest = cookie
        .rest
        .iter()
        .map(|(name, value)| name.len() + value.as_ref().map_or(0, String::len));
    cookie.name.len()
        + cookie.value.as_ref().map_or(0, String::len)
        + attributes
        + rest.sum::<usize>()
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX))
}
