//! A field whose line is there as a whole, in one go: as nearly all are.

use super::super::chars::{TOKEN, end_of, end_of_value};
use super::super::error::Error;
use super::framing::Field;
use super::{Found, Parser};

impl Parser {
    /// The field that begins here, if its line is in order, does not end the piece and is not
    /// folded. Anything else is left to the states, which begin with the same byte.
    #[inline]
    pub(super) fn whole_field(
        &mut self,
        data: &[u8],
        at: &mut usize,
    ) -> Result<Option<Found>, Error> {
        let Some(line) = Line::of(data, *at) else {
            return Ok(None);
        };
        self.name.set(*at, line.colon);
        self.value.set(line.value, line.end);
        self.is_folded = false;
        self.field = Field::of(&data[*at..line.colon]);
        if self.field != Field::Other {
            self.check_presence()?;
            self.check_value(data)?;
        }
        *at = line.end + 2;
        Ok(Some(Found::Field))
    }
}

/// Where the parts of a line are.
struct Line {
    colon: usize,
    value: usize,
    end: usize,
}

impl Line {
    #[inline]
    fn of(data: &[u8], from: usize) -> Option<Self> {
        let colon = end_of(TOKEN, data, from);
        if colon == from || data.get(colon) != Some(&b':') {
            return None;
        }
        let mut value = colon + 1;
        while matches!(data.get(value), Some(b' ' | b'\t')) {
            value += 1;
        }
        let end = end_of_value(data, value);
        match *data.get(end..end + 3)? {
            [b'\r', b'\n', next] if end > value && !matches!(next, b' ' | b'\t') => {
                Some(Self { colon, value, end })
            }
            _ => None,
        }
    }
}
