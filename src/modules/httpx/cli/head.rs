//! The first line and the header fields of a message.

use super::paint::{Ink, Paint, printable};

/// Header fields, name and value, as they were sent.
pub(super) type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// `GET /path HTTP/1.1` and the fields, with an empty line at the end.
pub(super) fn request(
    method: &str,
    target: &[u8],
    version: &str,
    fields: &Fields,
    paint: Paint,
) -> String {
    let mut out = String::new();
    paint.put(&mut out, Ink::Method, &printable(method));
    out.push(' ');
    paint.put(&mut out, Ink::Target, &text(target));
    out.push(' ');
    paint.put(&mut out, Ink::Version, version);
    out.push('\n');
    put_fields(&mut out, fields, paint);
    out
}

/// `HTTP/1.1 200 OK` and the fields, with an empty line at the end.
pub(super) fn response(
    version: &str,
    status: u16,
    reason: &str,
    fields: &Fields,
    paint: Paint,
) -> String {
    let mut out = String::new();
    let ink = match status {
        ..300 => Ink::Success,
        300..400 => Ink::Redirect,
        400.. => Ink::Failure,
    };
    paint.put(&mut out, Ink::Version, &printable(version));
    out.push(' ');
    paint.put(&mut out, ink, &status.to_string());
    out.push(' ');
    paint.put(&mut out, Ink::Reason, &printable(reason));
    out.push('\n');
    put_fields(&mut out, fields, paint);
    out
}

fn put_fields(out: &mut String, fields: &Fields, paint: Paint) {
    for (name, value) in fields {
        paint.put(out, Ink::FieldName, &text(name));
        out.push_str(": ");
        out.push_str(&text(value));
        out.push('\n');
    }
    out.push('\n');
}

/// Fields are ASCII by the book; what is not is UTF-8 or else ISO-8859-1 (RFC 9110, section 5.5).
fn text(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    printable(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{request, response};
    use crate::modules::httpx::cli::paint::Paint;

    const PLAIN: Paint = Paint { coloured: false };

    #[test]
    fn a_head_is_its_first_line_and_its_fields() {
        let fields = vec![(b"Host".to_vec(), b"example.org".to_vec())];
        assert_eq!(
            request("GET", b"/a?b=c", "HTTP/1.1", &fields, PLAIN),
            "GET /a?b=c HTTP/1.1\nHost: example.org\n\n"
        );
        let fields = vec![(b"server".to_vec(), b"caf\xe9 \x9b31m".to_vec())];
        assert_eq!(
            response("HTTP/2", 404, "Not Found", &fields, PLAIN),
            "HTTP/2 404 Not Found\nserver: caf\u{e9} \u{fffd}31m\n\n"
        );
    }
}
