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
    if alphanumeric || contains(b"-_.!~*'()%;:&=+$,[]", byte) {
        class |= AUTHORITY;
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

/// [`end_of`] for [`VALUE`], eight bytes at a time.
#[inline]
pub(super) fn end_of_value(data: &[u8], from: usize) -> usize {
    let mut at = from;
    for eight in data[from..].chunks_exact(8) {
        let word = eight.try_into().map_or(0, u64::from_le_bytes);
        if has_control(word) {
            break;
        }
        at += 8;
    }
    end_of(VALUE, data, at)
}

/// Whether one of the bytes is a control character; for some other words too, if one is.
#[inline]
fn has_control(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    let is_below_space = word.wrapping_sub(ONES * 0x20) & !word;
    let delete = word ^ (ONES * 0x7f);
    let is_delete = delete.wrapping_sub(ONES) & !delete;
    (is_below_space | is_delete) & HIGH != 0
}
