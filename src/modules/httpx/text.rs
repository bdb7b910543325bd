//! From the bytes of a body to text.

use rustpython_vm::{PyResult, VirtualMachine, builtins::PyStrRef};

use crate::modules::convert::new_str;

/// The charset parameter of a Content-Type.
pub(super) fn charset(content_type: &str) -> Option<&str> {
    let mut parameters = content_type.split(';').skip(1);
    parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
    })
}

/// The encodings that are decoded here; all others go through the interpreter's codecs.
enum Native {
    Utf8,
    Latin1,
    Ascii,
}

fn native(encoding: &str) -> Option<Native> {
    Some(match &*encoding.to_ascii_lowercase() {
        "utf-8" | "utf8" | "utf_8" => Native::Utf8,
        "iso-8859-1" | "iso8859-1" | "latin-1" | "latin1" => Native::Latin1,
        "ascii" | "us-ascii" => Native::Ascii,
        _ => return None,
    })
}

/// Whether the interpreter has a codec of that name.
pub(super) fn is_known(encoding: &str, vm: &VirtualMachine) -> bool {
    native(encoding).is_some() || vm.state.codec_registry.lookup(encoding, vm).is_ok()
}

/// Decodes; what is malformed becomes U+FFFD.
pub(super) fn decode(bytes: &[u8], encoding: &str, vm: &VirtualMachine) -> PyResult<PyStrRef> {
    let text = match native(encoding) {
        Some(Native::Utf8) => String::from_utf8_lossy(bytes),
        Some(Native::Latin1) => bytes.iter().map(|&byte| char::from(byte)).collect(),
        Some(Native::Ascii) => bytes.iter().map(|&byte| ascii(byte)).collect(),
        None => return decode_with_codec(bytes, encoding, vm),
    };
    Ok(new_str(&text, vm))
}

fn ascii(byte: u8) -> char {
    if byte.is_ascii() {
        char::from(byte)
    } else {
        char::REPLACEMENT_CHARACTER
    }
}

fn decode_with_codec(bytes: &[u8], encoding: &str, vm: &VirtualMachine) -> PyResult<PyStrRef> {
    let bytes = vm.ctx.new_bytes(bytes.to_vec());
    let arguments = (encoding.to_owned(), "replace".to_owned());
    vm.call_method(bytes.as_ref(), "decode", arguments)?
        .try_into_value(vm)
}

#[cfg(test)]
mod tests {
    use super::charset;

    #[test]
    fn the_charset_is_found_quoted_or_not() {
        assert_eq!(charset("text/html; charset=utf-8"), Some("utf-8"));
        assert_eq!(
            charset("text/html;a=b; CHARSET=\"Latin-1\""),
            Some("Latin-1")
        );
        assert_eq!(charset("text/html; charset="), None);
        assert_eq!(charset("text/html"), None);
    }
}
