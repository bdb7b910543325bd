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
    let run = data[from..].iter().take_while(|&&byte| is(byte, class));
    from + run.count()
}
