//! Query strings and forms: `application/x-www-form-urlencoded` as httpx writes it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986, 2.3. The space is written as "+".
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b' ');

/// Joins the pairs as `name=value&name=value`, in their order.
pub fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        push(&mut text, name);
        text.push('=');
        push(&mut text, value);
    }
    text
}

fn push(text: &mut String, part: &str) {
    for piece in utf8_percent_encode(part, FORM) {
        text.extend(piece.chars().map(|c| if c == ' ' { '+' } else { c }));
    }
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn spaces_become_plus_and_the_rest_is_percent_encoded() {
        let pairs = [("q", "a b+c"), ("ü", "ß&="), ("keep", "-._~"), ("", "")];
        assert_eq!(encode(pairs), "q=a+b%2Bc&%C3%BC=%C3%9F%26%3D&keep=-._~&=");
    }

    #[test]
    fn nothing_is_an_empty_query() {
        assert_eq!(encode([]), "");
    }
}
