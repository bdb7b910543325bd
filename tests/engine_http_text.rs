//! Text, lines and chunks, whatever the pieces that come.

use std::num::NonZeroUsize;

use bytes::Bytes;
use tauraro::engine::http::chunks::{ByteChunker, TextChunker};
use tauraro::engine::http::lines::LineDecoder;
use tauraro::engine::http::text::TextDecoder;

/// The text of bytes that come in such portions.
fn decode_by(encoding: &str, bytes: &[u8], portion: usize) -> String {
    let mut decoder = TextDecoder::new(encoding).expect(encoding);
    let mut text = String::new();
    for bytes in bytes.chunks(portion) {
        text += &decoder.decode(bytes);
    }
    text + &decoder.finish()
}

fn decode(encoding: &str, bytes: &[u8]) -> String {
    let whole = decode_by(encoding, bytes, bytes.len().max(1));
    assert_eq!(decode_by(encoding, bytes, 1), whole, "{encoding}");
    whole
}

#[test]
fn characters_may_be_cut_apart() {
    let text = "Grüße, 日本語, 😀";
    assert_eq!(decode("utf-8", text.as_bytes()), text);
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(decode("UTF-16LE", &units), text);
}

#[test]
fn what_is_malformed_becomes_what_python_makes_of_it() {
    // What CPython's incremental decoders give, errors="replace".
    for (encoding, bytes, text) in [
        (
            "utf-8",
            &b"a\xe4\xb8\xff\xc0\x80\xed\xa0\x80\xf0\x9f"[..],
            "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
        ),
        ("utf-8", b"\xef\xbb\xbfa", "\u{feff}a"),
        ("ascii", b"a\x7f\x80\xff", "a\u{7f}\u{fffd}\u{fffd}"),
        ("latin-1", b"\x80\xe4\xff", "\u{80}\u{e4}\u{ff}"),
        (
            "cp1252",
            b"\x80\x81\x9f\xe4",
            "\u{20ac}\u{fffd}\u{178}\u{e4}",
        ),
        ("iso-8859-2", b"\x80\xa1", "\u{80}\u{104}"),
        ("iso-8859-7", b"\xae\xaf", "\u{fffd}\u{2015}"),
        ("koi8-r", b"\xf0\xd2", "Пр"),
        ("utf-16-be", b"\xd8\x00\x00a\x00", "\u{fffd}a\u{fffd}"),
    ] {
        assert_eq!(decode(encoding, bytes), text, "{encoding}");
    }
}

#[test]
fn encodings_are_found_under_pythons_spellings() {
    for name in [
        "UTF8",
        "utf_8",
        "U8",
        "Latin-1",
        "ISO-8859-1",
        "iso8859_15",
        "L9",
        "us-ascii",
        "windows-1252",
        "CP1252",
        "KOI8-R",
        "macintosh",
    ] {
        assert!(TextDecoder::new(name).is_some(), "{name}");
    }
}

#[test]
fn encodings_that_differ_from_pythons_are_left_to_python() {
    for name in [
        "utf-16",
        "utf-8-sig",
        "gbk",
        "big5",
        "shift_jis",
        "euc-kr",
        "cp1255",
        "iso-8859-9",
        "koi8-u",
        "no-such",
        "",
    ] {
        assert!(TextDecoder::new(name).is_none(), "{name}");
    }
}

#[test]
fn a_finished_decoder_starts_anew() {
    let mut decoder = TextDecoder::new("utf-8").unwrap();
    assert_eq!(decoder.decode(b"\xe4"), "");
    assert_eq!(decoder.finish(), "\u{fffd}");
    assert_eq!(decoder.decode("ä".as_bytes()), "ä");
    assert_eq!(decoder.finish(), "");
}

/// The lines of text that comes in these pieces.
fn lines_of(pieces: &[&str]) -> Vec<String> {
    let mut decoder = LineDecoder::default();
    let mut lines: Vec<String> = pieces
        .iter()
        .flat_map(|piece| decoder.decode(piece))
        .collect();
    lines.extend(decoder.finish());
    lines
}

#[test]
fn lines_end_where_splitlines_ends_them() {
    for end in [
        "\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}",
        "\u{2029}",
    ] {
        let text = format!("a{end}{end}bc{end}d");
        assert_eq!(lines_of(&[&text]), ["a", "", "bc", "d"], "{end:?}");
    }
    assert_eq!(lines_of(&["a\u{1f}b\tc"]), ["a\u{1f}b\tc"]);
}

#[test]
fn a_line_end_may_be_cut_apart() {
    assert_eq!(lines_of(&["a\r", "\nb"]), ["a", "b"]);
    assert_eq!(lines_of(&["a\r", "b"]), ["a", "b"]);
    assert_eq!(lines_of(&["a\r", "", "\r", "\n", "b"]), ["a", "", "b"]);
    assert_eq!(lines_of(&["a", "b", "\nc", "d\n"]), ["ab", "cd"]);
}

#[test]
fn a_line_comes_as_soon_as_it_has_surely_ended() {
    let mut decoder = LineDecoder::default();
    assert_eq!(decoder.decode("a\nb"), ["a"]);
    assert!(decoder.decode("\r").is_empty());
    assert_eq!(decoder.decode("\n"), ["b"]);
    assert_eq!(decoder.finish(), None);
}

#[test]
fn the_last_line_needs_no_end() {
    assert_eq!(lines_of(&["a\n"]), ["a"]);
    assert_eq!(lines_of(&["a\n\n"]), ["a", ""]);
    assert_eq!(lines_of(&["a\r"]), ["a"]);
    assert_eq!(lines_of(&["\r"]), [""]);
    assert!(lines_of(&[""]).is_empty());
}

fn size(size: usize) -> Option<NonZeroUsize> {
    Some(NonZeroUsize::new(size).expect("a size"))
}

fn byte_chunks(size: Option<NonZeroUsize>, pieces: &[&'static [u8]]) -> Vec<Bytes> {
    let mut chunker = ByteChunker::new(size);
    let mut chunks = Vec::new();
    for piece in pieces {
        chunker.push(Bytes::from_static(piece));
        chunks.extend(std::iter::from_fn(|| chunker.pull()));
    }
    chunks.extend(chunker.finish());
    chunks
}

#[test]
fn bytes_come_in_chunks_of_one_size_and_a_rest() {
    let pieces: [&[u8]; 4] = [b"abc", b"", b"defghijk", b"l"];
    assert_eq!(byte_chunks(size(5), &pieces), ["abcde", "fghij", "kl"]);
    assert_eq!(byte_chunks(size(4), &pieces), ["abcd", "efgh", "ijkl"]);
    assert_eq!(byte_chunks(size(100), &pieces), ["abcdefghijkl"]);
    assert_eq!(byte_chunks(size(1), &[b"ab"]), ["a", "b"]);
    assert!(byte_chunks(size(1), &[b""]).is_empty());
}

#[test]
fn without_a_size_pieces_come_as_they_are_but_for_empty_ones() {
    assert_eq!(byte_chunks(None, &[b"abc", b"", b"d"]), ["abc", "d"]);
    assert_eq!(text_chunks(None, &["äb", "", "c"]), ["äb", "c"]);
}

fn text_chunks(size: Option<NonZeroUsize>, pieces: &[&str]) -> Vec<String> {
    let mut chunker = TextChunker::new(size);
    let mut chunks = Vec::new();
    for piece in pieces {
        chunker.push(piece);
        chunks.extend(std::iter::from_fn(|| chunker.pull()));
    }
    chunks.extend(chunker.finish());
    chunks
}

#[test]
fn the_size_of_text_chunks_is_in_characters() {
    let pieces = ["äö", "ü日本語x", "y"];
    assert_eq!(text_chunks(size(3), &pieces), ["äöü", "日本語", "xy"]);
    assert_eq!(text_chunks(size(8), &pieces), ["äöü日本語xy"]);
    assert_eq!(text_chunks(size(2), &pieces), ["äö", "ü日", "本語", "xy"]);
}
