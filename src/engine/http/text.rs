//! From the bytes of a body to text, as they arrive.

use encoding_rs::{CoderResult, Encoding};

/// Decodes text in an encoding that gives here what Python's codec of that name gives with
/// `errors="replace"`: what is malformed becomes U+FFFD, and a byte order mark stays.
pub struct TextDecoder(Inner);

enum Inner {
    Latin1,
    Ascii,
    /// One byte, one character.
    Table(&'static Encoding),
    /// The same, but encoding_rs maps to C1 controls what Python's code page leaves undefined.
    CodePage(&'static Encoding),
    Stateful(Box<encoding_rs::Decoder>),
}

impl TextDecoder {
    /// A decoder for the encoding of that name, in any of the spellings that Python takes, or
    /// `None` for an encoding that is not decoded here.
    ///
    /// Multi-byte encodings other than UTF are not: browsers, whose rules encoding_rs follows,
    /// differ from Python in which bytes are valid and in what becomes of malformed ones. Neither
    /// are one-byte encodings of which even one byte differs.
    pub fn new(encoding: &str) -> Option<Self> {
        Some(Self(match normalize(encoding).as_str() {
            name if is_utf8(name) => stateful(encoding_rs::UTF_8),
            "utf_16_le" | "utf_16le" | "unicodelittleunmarked" => stateful(encoding_rs::UTF_16LE),
            "utf_16_be" | "utf_16be" | "unicodebigunmarked" => stateful(encoding_rs::UTF_16BE),
            "latin_1" | "latin1" | "latin" | "l1" | "iso_8859_1" | "iso8859_1" | "iso8859"
            | "8859" | "cp819" => Inner::Latin1,
            "ascii" | "us_ascii" | "646" | "us" => Inner::Ascii,
            name => match code_page(name) {
                Some(encoding) => Inner::CodePage(encoding),
                None => Inner::Table(table(name)?),
            },
        }))
    }

    /// Whether that is a name of UTF-8, of which [`String::from_utf8_lossy`] makes the same.
    pub fn is_utf8(encoding: &str) -> bool {
        is_utf8(&normalize(encoding))
    }

    /// The text of the next bytes. What may yet be completed is held back.
    pub fn decode(&mut self, bytes: &[u8]) -> String {
        match &mut self.0 {
            Inner::Latin1 => bytes.iter().map(|&byte| char::from(byte)).collect(),
            Inner::Ascii => bytes.iter().map(|&byte| ascii(byte)).collect(),
            Inner::Table(encoding) => look_up(encoding, bytes),
            Inner::CodePage(encoding) => {
                let text = look_up(encoding, bytes);
                match text.contains(is_c1) {
                    true => text.replace(is_c1, "\u{fffd}"),
                    false => text,
                }
            }
            Inner::Stateful(decoder) => run(decoder, bytes, false),
        }
    }

    /// The text of what was held back, at the end; the decoder starts anew.
    pub fn finish(&mut self) -> String {
        let Inner::Stateful(decoder) = &mut self.0 else {
            return String::new();
        };
        let rest = run(decoder, &[], true);
        **decoder = decoder.encoding().new_decoder_without_bom_handling();
        rest
    }
}

/// Lower case, with one underscore for all that is neither letter, digit nor dot.
fn normalize(encoding: &str) -> String {
    let mut name = String::with_capacity(encoding.len());
    for char in encoding
        .trim_matches(|c: char| !c.is_alphanumeric())
        .chars()
    {
        if char.is_ascii_alphanumeric() || char == '.' {
            name.push(char.to_ascii_lowercase());
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name
}

fn is_utf8(name: &str) -> bool {
    matches!(name, "utf_8" | "utf8" | "u8" | "utf" | "cp65001")
}

fn stateful(encoding: &'static Encoding) -> Inner {
    Inner::Stateful(Box::new(encoding.new_decoder_without_bom_handling()))
}

fn look_up(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn code_page(name: &str) -> Option<&'static Encoding> {
    use encoding_rs::*;
    let number = name.strip_prefix("windows_");
    Some(match number.or(name.strip_prefix("cp")).unwrap_or(name) {
        "1250" => WINDOWS_1250,
        "1251" => WINDOWS_1251,
        "1252" => WINDOWS_1252,
        "1253" => WINDOWS_1253,
        "1254" => WINDOWS_1254,
        "1256" => WINDOWS_1256,
        "1257" => WINDOWS_1257,
        "1258" => WINDOWS_1258,
        _ => return None,
    })
}

fn table(name: &str) -> Option<&'static Encoding> {
    use encoding_rs::*;
    let name = name.replacen("iso_8859_", "iso8859_", 1);
    Some(match name.as_str() {
        "iso8859_2" | "latin2" | "l2" => ISO_8859_2,
        "iso8859_3" | "latin3" | "l3" => ISO_8859_3,
        "iso8859_4" | "latin4" | "l4" => ISO_8859_4,
        "iso8859_5" | "cyrillic" => ISO_8859_5,
        "iso8859_6" | "arabic" => ISO_8859_6,
        "iso8859_7" | "greek" => ISO_8859_7,
        "iso8859_8" | "hebrew" => ISO_8859_8,
        "iso8859_10" | "latin6" | "l6" => ISO_8859_10,
        "iso8859_13" | "latin7" | "l7" => ISO_8859_13,
        "iso8859_14" | "latin8" | "l8" => ISO_8859_14,
        "iso8859_15" | "latin9" | "l9" => ISO_8859_15,
        "cp866" | "866" | "ibm866" => IBM866,
        "koi8_r" => KOI8_R,
        "mac_roman" | "macroman" | "macintosh" => MACINTOSH,
        "mac_cyrillic" | "maccyrillic" => X_MAC_CYRILLIC,
        _ => return None,
    })
}

fn run(decoder: &mut encoding_rs::Decoder, bytes: &[u8], last: bool) -> String {
    // Most text needs no more, and what does is given it.
    let mut text = String::with_capacity(bytes.len() + 16);
    let mut rest = bytes;
    loop {
        let (result, used, _) = decoder.decode_to_string(rest, &mut text, last);
        rest = &rest[used..];
        match result {
            CoderResult::InputEmpty => return text,
            CoderResult::OutputFull => text.reserve(rest.len() + 16),
        }
    }
}

fn ascii(byte: u8) -> char {
    if byte.is_ascii() {
        char::from(byte)
    } else {
        char::REPLACEMENT_CHARACTER
    }
}

fn is_c1(char: char) -> bool {
    ('\u{80}'..='\u{9f}').contains(&char)
}
