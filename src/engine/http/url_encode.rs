//! What is percent-encoded in each component of a URL.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

// The percent-encode sets of the WHATWG URL standard, as httpx uses them. None contains "%", so
// what is encoded already stays as it is.
pub(super) const FRAGMENT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');
pub(super) const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
pub(super) const PATH: &AsciiSet = &QUERY.add(b'?').add(b'`').add(b'{').add(b'}');
/// Without ":", which separates the name from the password.
pub(super) const USERINFO: &AsciiSet = &PATH
    .add(b'/')
    .add(b';')
    .add(b'=')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'|');
/// A user name or a password by itself.
pub(super) const CREDENTIAL: &AsciiSet = &USERINFO.add(b':');
/// All but unreserved characters, sub-delims and ``"`{}%|\`` (RFC 3986, 3.2.2; WHATWG).
pub(super) const HOST: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'#')
    .add(b'/')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b']')
    .add(b'^');

pub(super) fn encode<'a>(text: &'a str, set: &'static AsciiSet) -> Cow<'a, str> {
    utf8_percent_encode(text, set).into()
}

pub(super) fn lower_case(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => text.to_ascii_lowercase().into(),
        false => text.into(),
    }
}

/// Text in quotes, as Python's `repr` writes it.
pub(super) fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\");
    match text.contains('\'') {
        true if text.contains('"') => format!("'{}'", text.replace('\'', "\\'")),
        true => format!("\"{text}\""),
        false => format!("'{text}'"),
    }
}
