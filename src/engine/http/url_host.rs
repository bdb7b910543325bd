//! The host of a URL: IP addresses, registered names, international names.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::url_encode::{HOST, encode, lower_case, quoted};
use super::url_parse::invalid;
use crate::engine::error::Error;

/// Checks a host and gives it as the wire takes it; an IPv6 address loses its brackets.
pub(super) fn encode_host(host: &str) -> Result<Cow<'_, str>, Error> {
    if looks_like_ipv4(host) {
        return match host.parse::<Ipv4Addr>() {
            Ok(_) => Ok(host.into()),
            Err(_) => Err(invalid(format!("Invalid IPv4 address: {}", quoted(host)))),
        };
    }
    if let Some(address) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return match is_ipv6(address) {
            true => Ok(address.into()),
            false => Err(invalid(format!("Invalid IPv6 address: {}", quoted(host)))),
        };
    }
    if host.is_ascii() {
        return Ok(match lower_case(host) {
            Cow::Borrowed(lower) => encode(lower, HOST),
            Cow::Owned(lower) => encode(&lower, HOST).into_owned().into(),
        });
    }
    to_ascii(&host.to_lowercase())
        .map(Cow::Owned)
        .ok_or_else(|| invalid(format!("Invalid IDNA hostname: {}", quoted(host))))
}

fn looks_like_ipv4(host: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    host.split('.').count() == 4 && host.split('.').all(is_number)
}

/// An address, which may have a zone (RFC 4007, 11).
fn is_ipv6(text: &str) -> bool {
    let (address, zone) = text.split_once('%').unwrap_or((text, "zone"));
    address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty() && !zone.contains('%')
}

/// The ASCII form of an international name (RFC 5891). `idna` has the rules of UTS 46, which map
/// and allow more than IDNA 2008 does; so no character that it would change may come in.
fn to_ascii(name: &str) -> Option<String> {
    let name = name.replace(['\u{3002}', '\u{ff0e}', '\u{ff61}'], ".");
    if !name.chars().all(|c| c.is_ascii() || is_letter_or_digit(c)) {
        return None;
    }
    let (deny, hyphens) = (AsciiDenyList::STD3, Hyphens::Check);
    let uts46 = Uts46::new();
    let ascii = uts46
        .to_ascii(
            name.as_bytes(),
            deny,
            hyphens,
            DnsLength::VerifyAllowRootDot,
        )
        .ok()?;
    let (unicode, _) = uts46.to_unicode(ascii.as_bytes(), deny, hyphens);
    let (given, _) = uts46.to_unicode(name.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
    let is_stable = unicode == given && has_only_stable_labels(&name, &unicode);
    is_stable.then(|| ascii.into_owned())
}

/// Whether every label is what it is read back as; those in Punycode already aside.
fn has_only_stable_labels(name: &str, unicode: &str) -> bool {
    let mut labels = name.split('.').zip(unicode.split('.'));
    labels.all(|(given, read)| given.starts_with("xn--") || given == read)
}

/// RFC 5892, 2.1 and 2.6: letters, marks and digits, and the exceptions to it. The rules on
/// context of RFC 5892, appendix A, are left to the registries but for what UTS 46 checks.
fn is_letter_or_digit(c: char) -> bool {
    use GeneralCategory::{
        DecimalNumber, LowercaseLetter, ModifierLetter, NonspacingMark, OtherLetter, SpacingMark,
    };
    const EXCEPTIONS: &[char] = &[
        '\u{b7}', '\u{375}', '\u{5f3}', '\u{5f4}', '\u{6fd}', '\u{6fe}', '\u{f0b}', '\u{3007}',
        '\u{30fb}', '\u{200c}', '\u{200d}',
    ];
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    matches!(
        category,
        LowercaseLetter
            | OtherLetter
            | ModifierLetter
            | NonspacingMark
            | SpacingMark
            | DecimalNumber
    ) && !is_old_jamo(c)
        || EXCEPTIONS.contains(&c)
}

/// RFC 5892, 2.9: Hangul is written in whole syllables.
fn is_old_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}')
}
