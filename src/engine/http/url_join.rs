//! Resolving references as Python's `urljoin` does, which is what httpx uses.
//!
//! It differs from RFC 3986, 5.2.2 where that is strict: a reference with the base's own scheme is
//! relative ("http:g"), an empty query or fragment is as none, empty segments are dropped, and a
//! scheme without a hierarchy has nothing to resolve against.

use std::borrow::Cow;

use super::url::{Components, Url};
use crate::engine::error::Error;

/// The schemes that Python knows to have relative references.
const HIERARCHICAL: &[&str] = &[
    "", "file", "ftp", "gopher", "http", "https", "imap", "mms", "nntp", "prospero", "rtsp",
    "rtspu", "sftp", "shttp", "svn", "svn+ssh", "wais", "ws", "wss",
];

impl Url {
    /// Resolves `reference` against this URL.
    ///
    /// # Errors
    /// `InvalidUrl` as [`Url::parse`].
    pub fn join(&self, reference: &str) -> Result<Self, Error> {
        let reference = Self::parse(reference)?;
        if reference.as_str().is_empty() {
            return Ok(self.clone());
        }
        let scheme = reference.scheme();
        let is_foreign = !scheme.is_empty() && scheme != self.scheme();
        if self.as_str().is_empty() || is_foreign || !HIERARCHICAL.contains(&self.scheme()) {
            return Ok(reference);
        }
        // Parsed again, since a path may mean something else under another authority.
        Self::parse(resolve(self, &reference).as_str())
    }
}

fn resolve(base: &Url, reference: &Url) -> Url {
    let mut target = reference.components();
    target.scheme = base.scheme().into();
    target.query = target.query.filter(|query| !query.is_empty());
    target.fragment = target.fragment.filter(|fragment| !fragment.is_empty());
    if !reference.has_authority() {
        target.userinfo = base.userinfo().into();
        target.host = base.host().into();
        target.port = base.port();
        resolve_path(base, &mut target);
    }
    if !target.path.is_empty() && !target.path.starts_with('/') && !target.host.is_empty() {
        target.path = format!("/{}", target.path).into();
    }
    Url::from_components(&target)
}

fn resolve_path<'a>(base: &'a Url, target: &mut Components<'a>) {
    if !target.path.is_empty() {
        target.path = drop_dots(&segments(base.bare_path(), &target.path)).into();
        return;
    }
    target.path = base.bare_path().into();
    if target.query.is_none() {
        let query = base.query().filter(|query| !query.is_empty());
        target.query = query.map(Cow::Borrowed);
    }
}

/// The segments of the base's folder and of the reference (RFC 3986, 5.2.3).
fn segments<'a>(base: &'a str, path: &'a str) -> Vec<&'a str> {
    if path.starts_with('/') {
        return path.split('/').collect();
    }
    let mut segments: Vec<&str> = base.split('/').collect();
    if segments.last().is_some_and(|last| !last.is_empty()) {
        segments.pop();
    }
    segments.extend(path.split('/'));
    let last = segments.len() - 1;
    let mut index = 0;
    segments.retain(|segment| {
        index += 1;
        index == 1 || index > last || !segment.is_empty()
    });
    segments
}

/// RFC 3986, 5.2.4. A last segment that is a dot leaves its slash.
fn drop_dots(segments: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in segments {
        match *segment {
            "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    if matches!(segments.last(), Some(&"." | &"..")) {
        kept.push("");
    }
    match kept.join("/") {
        path if path.is_empty() => "/".to_owned(),
        path => path,
    }
}
