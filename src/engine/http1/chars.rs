//! Which bytes may stand where.

/// `tchar` of RFC 9110, 5.6.2: what names are made of.
pub(super) const TOKEN: u8 = 1;
/// What a field's value is made of: `field-vchar`, spaces and tabs (RFC 9110, 5.5).
pub(super) const VALUE: u8 = 1 << 1;
/// What a request target is made of, but for "?" and "#".
pub(super) const TARGET: u8 = 1 << 2;
/// What an authority is made of, but for "@".
pub(super) const AUTHORITY: u8 = 1 << 3;
/// `qdtext` of RFC 9110, 5.6.4: what stands between quotes without a backslash.
pub(super) const QUOTED: u8 = 1 << 4;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;

/// What a URL's userinfo is made of.
pub(super) const USERINFO: u8 = 1 << 5;
/// What a URL's host is made of, unless it is an address in brackets.
pub(super) const HOST: u8 = 1 << 6;
/// What does not end a URL's authority.
pub(super) const NO_PATH: u8 = 1 << 7;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut index = 0;
    while index < 256 {
        classes[index] = class(index as u8);
        index += 1;
    }
    classes
}

const fn class(byte: u8) -> u8 {
    let alphanumeric = byte.is_ascii_alphanumeric();
    let text = matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
    let mut class = 0;
    if alphanumeric || contains(b"!#$%&'*+-.^_`|~", byte) {
        class |= TOKEN;
    }
    if text {
        class |= VALUE;
    }
    if byte.is_ascii_graphic() && !contains(b"?#", byte) {
        class |= TARGET;
    }
    if alphanumeric || contains(b"-_.!~*'()%;:&=+$,", byte) {
        class |= USERINFO | AUTHORITY;
    }
    if contains(b"[]", byte) {
        class |= AUTHORITY;
    }
    if alphanumeric || contains(b".-", byte) {
        class |= HOST;
    }
    if !contains(b"/?", byte) {
        class |= NO_PATH;
    }
    if text && !contains(b"\"\\", byte) {
        class |= QUOTED;
    }
    class
}

const fn contains(set: &[u8], byte: u8) -> bool {
    let mut index = 0;
    while index < set.len() {
        if set[index] == byte {
            return true;
        }
        index += 1;
    }
    false
}

/// Whether a byte belongs to a class.
#[inline]
pub(super) fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Where the bytes of a class end that begin at `from`.
#[inline]
pub(super) fn end_of(class: u8, data: &[u8], from: usize) -> usize {
    let mut at = from;
    for eight in data[from..].chunks_exact(8) {
        let common = eight
            .iter()
            .fold(class, |common, &byte| common & CLASSES[usize::from(byte)]);
        if common == 0 {
            break;
        }
        at += 8;
    }
    let rest = data[at..].iter().take_while(|&&byte| is(byte, class));
    at + rest.count()
}

/// Whether all bytes belong to a class.
#[inline]
pub(super) fn all(class: u8, data: &[u8]) -> bool {
    end_of(class, data, 0) == data.len()
}

/// Where the first byte is that is a space, a control character or none of ASCII.
#[inline]
pub(super) fn end_of_graphic(data: &[u8]) -> usize {
    let mut at = 0;
    for eight in data.chunks_exact(8) {
        let word = eight.try_into().map_or(0, u64::from_le_bytes);
        // With the high bits clear, no sum goes over into the next byte.
        let is_above_space = (word & !HIGH) + ONES * (0x80 - 0x21);
        let is_delete = (word & !HIGH) + ONES;
        if word & HIGH != 0 || (is_above_space & !is_delete) & HIGH != HIGH {
            break;
        }
        at += 8;
    }
    let rest = data[at..].iter().take_while(|byte| byte.is_ascii_graphic());
    at + rest.count()
}

/// [`end_of`] for [`VALUE`], eight bytes at a time.
#[inline]
pub(super) fn end_of_value(data: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(eight) = data.get(at..at + 8) {
        let word = eight.try_into().map_or(0, u64::from_le_bytes);
        match first_control(word) {
            None => at += 8,
            Some(control) if data[at + control] == b'\t' => at += control + 1,
            Some(control) => return at + control,
        }
    }
    end_of(VALUE, data, at)
}

/// Which of the bytes is the first control character.
#[inline]
fn first_control(word: u64) -> Option<usize> {
    // What a subtraction borrows reaches only bytes above a control character.
    let is_below_space = word.wrapping_sub(ONES * 0x20) & !word;
    let delete = word ^ (ONES * 0x7f);
    let is_delete = delete.wrapping_sub(ONES) & !delete;
    let marks = (is_below_space | is_delete) & HIGH;
    (marks != 0).then_some(marks.trailing_zeros() as usize / 8)
}
