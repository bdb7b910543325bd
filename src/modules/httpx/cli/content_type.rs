//! What a Content-Type says about how to show a body.

use mime_guess::Mime;

/// How a body is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Laid out anew.
    Json,
    /// As it is.
    Text,
    /// Not at all.
    Binary,
}

/// Types that are text without saying so.
const TEXT: [&str; 12] = [
    "ecmascript",
    "graphql",
    "javascript",
    "jsonlines",
    "sql",
    "toml",
    "typescript",
    "x-javascript",
    "x-ndjson",
    "x-www-form-urlencoded",
    "xml",
    "yaml",
];

/// The kind of a body with this Content-Type. Without one, or with one that makes no sense, a
/// body is binary, as httpx has it.
pub(super) fn kind(content_type: &str) -> Kind {
    let Ok(mime) = content_type.trim().parse::<Mime>() else {
        return Kind::Binary;
    };
    let suffix = mime.suffix().map(|suffix| suffix.as_str());
    match (mime.type_().as_str(), mime.subtype().as_str()) {
        (_, "json" | "x-json") => Kind::Json,
        _ if suffix == Some("json") => Kind::Json,
        ("text", _) => Kind::Text,
        ("application", subtype) if TEXT.contains(&subtype) => Kind::Text,
        _ if matches!(suffix, Some("xml" | "yaml")) => Kind::Text,
        _ => Kind::Binary,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn a_type_says_whether_its_bodies_are_text() {
        for (content_type, expected) in [
            ("application/json", Kind::Json),
            ("Application/JSON; charset=utf-8", Kind::Json),
            ("application/problem+json", Kind::Json),
            ("text/plain", Kind::Text),
            ("text/html; charset=latin-1", Kind::Text),
            ("application/xml", Kind::Text),
            ("image/svg+xml", Kind::Text),
            ("application/javascript", Kind::Text),
            ("application/octet-stream", Kind::Binary),
            ("image/png", Kind::Binary),
            ("", Kind::Binary),
            ("nonsense", Kind::Binary),
        ] {
            assert_eq!(kind(content_type), expected, "{content_type}");
        }
    }
}
