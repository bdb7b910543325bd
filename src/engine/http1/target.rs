//! Request targets, byte by byte: only which characters stand where is looked at.

use super::chars::{AUTHORITY, TARGET, end_of, is};

/// The part of a target that the next byte belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    #[default]
    Start,
    Scheme,
    FirstSlash,
    SecondSlash,
    Authority,
    /// Right after an "@".
    AfterUserinfo,
    Path,
    Query,
    Fragment,
}

/// How far a target goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// At least to the end of the bytes.
    Open,
    /// To the space, CR or LF that the position is at.
    Closed,
    /// To the byte that the position is at, which is not allowed there.
    Bad(&'static str),
}

/// Goes on from `at`, which is left where the target ends.
pub(super) fn scan(part: &mut Part, data: &[u8], at: &mut usize) -> Extent {
    loop {
        let class = match part {
            Part::Path | Part::Query | Part::Fragment => TARGET,
            Part::Authority => AUTHORITY,
            _ => 0,
        };
        *at = end_of(class, data, *at);
        let Some(&byte) = data.get(*at) else {
            return Extent::Open;
        };
        if matches!(byte, b' ' | b'\r' | b'\n') {
            return end(*part);
        }
        match following(*part, byte) {
            Ok(next) => *part = next,
            Err(reason) => return Extent::Bad(reason),
        }
        *at += 1;
    }
}

fn end(part: Part) -> Extent {
    match part {
        Part::Start | Part::Scheme | Part::FirstSlash | Part::SecondSlash => {
            Extent::Bad("Invalid characters in url")
        }
        _ => Extent::Closed,
    }
}

fn following(part: Part, byte: u8) -> Result<Part, &'static str> {
    match (part, byte) {
        (_, b'\t' | b'\x0c') => Err("Invalid characters in url"),
        (Part::Start, b'/' | b'*') => Ok(Part::Path),
        (Part::Start | Part::Scheme, byte) if byte.is_ascii_alphabetic() => Ok(Part::Scheme),
        (Part::Start, _) => Err("Unexpected start char in url"),
        (Part::Scheme, b':') => Ok(Part::FirstSlash),
        (Part::FirstSlash, b'/') => Ok(Part::SecondSlash),
        (Part::SecondSlash, b'/') => Ok(Part::Authority),
        (Part::Scheme | Part::FirstSlash | Part::SecondSlash, _) => {
            Err("Unexpected char in url schema")
        }
        (Part::Authority | Part::AfterUserinfo, byte) => after_authority(part, byte),
        (Part::Path, b'?') => Ok(Part::Query),
        (Part::Path | Part::Query, b'#') => Ok(Part::Fragment),
        (Part::Query | Part::Fragment, b'?' | b'#') => Ok(part),
        (Part::Path, _) => Err("Invalid char in url path"),
        (Part::Query, _) => Err("Invalid char in url query"),
        (Part::Fragment, _) => Err("Invalid char in url fragment start"),
    }
}

fn after_authority(part: Part, byte: u8) -> Result<Part, &'static str> {
    match byte {
        b'/' => Ok(Part::Path),
        b'?' => Ok(Part::Query),
        b'@' if part == Part::Authority => Ok(Part::AfterUserinfo),
        b'@' => Err("Double @ in url"),
        byte if is(byte, AUTHORITY) => Ok(Part::Authority),
        _ => Err("Unexpected char in url server"),
    }
}
