//! The dates of `Expires`.

/// Seconds since the epoch of a date in any of the forms that servers write; `None` for what is no
/// date.
///
/// The algorithm is that of RFC 6265, 5.1.1: the first tokens that look like a time, a day, a month
/// and a year. Besides, as in `http.cookiejar`, the time may be missing and a numeric zone counts.
pub(super) fn parse(text: &str) -> Option<i64> {
    let mut date = Date::default();
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        date.take(token);
    }
    date.seconds()
}

#[derive(Default)]
struct Date {
    time: Option<(i64, i64, i64)>,
    day: Option<i64>,
    month: Option<i64>,
    year: Option<i64>,
    /// East of Greenwich, in seconds.
    zone: Option<i64>,
}

/// A sign before digits is left in the token, for the zone.
fn is_delimiter(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || c == ':' || c == '+' || c == '-' || !c.is_ascii())
}

impl Date {
    fn take(&mut self, token: &str) {
        if self.time.is_none() && token.contains(':') {
            self.time = time(token);
        } else if self.time.is_some() && self.year.is_some() && self.zone.is_none() {
            self.zone = zone(token);
        } else {
            // 03-Feb-1994
            for part in token.split(['-', '+']).filter(|part| !part.is_empty()) {
                self.take_part(part);
            }
        }
    }

    fn take_part(&mut self, part: &str) {
        if self.day.is_none() && part.len() <= 2 && is_number(part) {
            self.day = part.parse().ok();
        } else if self.month.is_none() && month(part).is_some() {
            self.month = month(part);
        } else if self.year.is_none() && (part.len() == 2 || part.len() == 4) && is_number(part) {
            self.year = part.parse().ok().map(full_year);
        }
    }

    fn seconds(&self) -> Option<i64> {
        let (hour, minute, second) = self.time.unwrap_or_default();
        let (year, month, day) = (self.year?, self.month?, self.day?);
        let is_valid =
            (1..=31).contains(&day) && year >= 1601 && hour <= 23 && minute <= 59 && second <= 61;
        let days = days_since_epoch(year, month, day);
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
        is_valid.then(|| seconds - self.zone.unwrap_or(0))
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn time(token: &str) -> Option<(i64, i64, i64)> {
    let mut fields = token.split(':').map(|field| {
        let is_field = matches!(field.len(), 1 | 2) && is_number(field);
        is_field.then(|| field.parse().ok()).flatten()
    });
    let (hour, minute) = (fields.next()??, fields.next()??);
    let second = match fields.next() {
        Some(second) => second?,
        None => 0,
    };
    Some((hour, minute, second))
}

/// +hhmm or -hhmm.
fn zone(token: &str) -> Option<i64> {
    let sign = match token.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = &token[1..];
    if digits.len() != 4 || !is_number(digits) {
        return None;
    }
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = digits[2..].parse().ok()?;
    Some(sign * (hours * 3_600 + minutes * 60))
}

/// Two digits mean a year from 1970 to 2069.
fn full_year(year: i64) -> i64 {
    match year {
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        _ => year,
    }
}

/// From 1 to 12, by the first three letters.
fn month(text: &str) -> Option<i64> {
    const MONTHS: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
    let prefix = text.as_bytes().get(..3)?.to_ascii_lowercase();
    let index = MONTHS.chunks(3).position(|month| month == prefix)?;
    i64::try_from(index + 1).ok()
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_servers_write() {
        let expected = Some(760_832_612);
        for text in [
            "Wed, 09 Feb 1994 22:23:32 GMT",
            "Wednesday, 09-Feb-94 22:23:32 GMT",
            "Wed, 09-Feb-1994 22:23:32 GMT",
            "Wed Feb  9 22:23:32 1994",
            "09 Feb 1994 22:23:32 GMT",
            "09-Feb-94 22:23:32 GMT",
            "9 feb 1994 22:23:32",
            "Wed, 09 February 1994 22:23:32 UTC",
            "Wed, 09 Feb 1994 23:23:32 +0100",
            "Wed, 09 Feb 1994 14:23:32 -0800",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn the_time_may_be_missing() {
        assert_eq!(parse("09-Feb-1994"), Some(760_752_000));
        assert_eq!(parse("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(parse("Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "tomorrow",
            "32 Jan 2030 00:00:00 GMT",
            "1 Jan 2030 25:00:00 GMT",
            "1 Jan 1500 00:00:00",
            "99999999999999999999 Jan é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
