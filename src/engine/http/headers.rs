//! Header fields as a person writes them: ordered, repeated, in any case.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::request::parse_header;
use crate::engine::error::Error;

/// A case-insensitive multidict of header fields that keeps their order and spelling.
///
/// What is put in is not checked; [`to_map`](Self::to_map) is, before anything is sent.
///
/// All names and values lie in one buffer: making, copying and dropping a list costs two
/// allocations, however many fields it has.
#[derive(Clone, Default)]
pub struct HeaderList {
    text: Vec<u8>,
    spans: Vec<Span>,
    checked: Option<Checked>,
}

/// Neighbouring fields that were checked before: those of a client, which go into every request.
#[derive(Clone)]
struct Checked {
    /// Where they are among the spans.
    place: Range<usize>,
    fields: Arc<[(HeaderName, HeaderValue)]>,
}

/// Where a field lies in the buffer.
#[derive(Clone)]
struct Span {
    raw_name: usize,
    /// The same as `raw_name` when that is in lower case.
    name: usize,
    name_length: usize,
    value: Range<usize>,
}

/// One header field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name as it was given.
    pub raw_name: &'a [u8],
    /// The name in lower case.
    pub name: &'a [u8],
    /// The value.
    pub value: &'a [u8],
}

impl Span {
    fn field<'a>(&self, text: &'a [u8]) -> Field<'a> {
        Field {
            raw_name: &text[self.raw_name..self.raw_name + self.name_length],
            name: &text[self.name..self.name + self.name_length],
            value: &text[self.value.clone()],
        }
    }
}

impl HeaderList {
    /// Up to so many names are searched one after the other; more are hashed.
    const FEW: usize = 16;

    /// The fields in their order.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = Field<'_>> + Clone {
        self.spans.iter().map(|span| span.field(&self.text))
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Adds a field, beside those of the same name.
    pub fn append(&mut self, name: &[u8], value: &[u8]) {
        let span = self.write(name, value);
        self.spans.push(span);
    }

    /// Adds a field before all others.
    pub fn prepend(&mut self, name: &[u8], value: &[u8]) {
        let span = self.write(name, value);
        self.spans.insert(0, span);
        if let Some(Checked { place, .. }) = &mut self.checked {
            *place = place.start + 1..place.end + 1;
        }
    }

    /// Checks the fields now, so that clones need not check them again.
    pub fn check(&mut self) {
        if self.checked.is_some() {
            return;
        }
        let fields = self.fields().map(checked);
        // What is wrong is told when it is to be sent.
        if let Ok(fields) = fields.collect::<Result<Vec<_>, _>>() {
            self.checked = Some(Checked {
                place: 0..fields.len(),
                fields: fields.into(),
            });
        }
    }

    /// Whether [`check`](Self::check) would do nothing.
    pub fn is_checked(&self) -> bool {
        self.checked.is_some()
    }

    /// A copy with room for the fields that a request has besides.
    pub fn to_request(&self) -> Self {
        const FIELDS: usize = 4;
        const BYTES: usize = 128;
        let mut copy = Self {
            text: Vec::with_capacity(self.text.len() + BYTES),
            spans: Vec::with_capacity(self.spans.len() + FIELDS),
            checked: self.checked.clone(),
        };
        copy.text.extend_from_slice(&self.text);
        copy.spans.extend_from_slice(&self.spans);
        copy
    }

    fn write(&mut self, name: &[u8], value: &[u8]) -> Span {
        let raw_name = self.text.len();
        self.text.extend_from_slice(name);
        let mut lower_name = raw_name;
        if name.iter().any(u8::is_ascii_uppercase) {
            lower_name = self.text.len();
            self.text.extend(name.iter().map(u8::to_ascii_lowercase));
        }
        let value_start = self.text.len();
        self.text.extend_from_slice(value);
        Span {
            raw_name,
            name: lower_name,
            name_length: name.len(),
            value: value_start..self.text.len(),
        }
    }

    /// Puts a field in the place of the first of its name, and takes the others away.
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        let mut fields = self.fields();
        let Some(first) = fields.position(|field| field.name.eq_ignore_ascii_case(name)) else {
            drop(fields);
            return self.append(name, value);
        };
        drop(fields);
        self.checked = None;
        self.spans[first] = self.write(name, value);
        let mut index = 0;
        self.retain(|field| {
            index += 1;
            index <= first + 1 || !field.name.eq_ignore_ascii_case(name)
        });
    }

    /// Takes all fields of a name away. True if there were any.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        let before = self.spans.len();
        self.retain(|field| !field.name.eq_ignore_ascii_case(name));
        self.spans.len() < before
    }

    /// Puts every field of `other` in the place of those of its name here.
    pub fn update(&mut self, other: &Self) {
        if other.len() <= Self::FEW {
            self.retain(|field| !other.contains(field.name));
        } else {
            let names: HashSet<&[u8]> = other.fields().map(|field| field.name).collect();
            self.retain(|field| !names.contains(field.name));
        }
        self.text.reserve(other.text.len());
        for field in other.fields() {
            self.append(field.raw_name, field.value);
        }
    }

    fn retain(&mut self, mut keep: impl FnMut(Field<'_>) -> bool) {
        let text = &self.text;
        let before = self.spans.len();
        self.spans.retain(|span| keep(span.field(text)));
        if self.spans.len() < before {
            self.checked = None;
        }
        self.drop_waste();
    }

    /// What was replaced stays in the buffer until it is the greater part of it.
    fn drop_waste(&mut self) {
        const SMALL: usize = 1024;
        let size = |span: &Span| 2 * span.name_length + span.value.len();
        let used: usize = self.spans.iter().map(size).sum();
        if self.text.len() <= SMALL + 2 * used {
            return;
        }
        let mut compact = Self::default();
        compact.text.reserve(used);
        for field in self.fields() {
            compact.append(field.raw_name, field.value);
        }
        *self = compact;
    }

    /// Whether there is a field of a name.
    pub fn contains(&self, name: &[u8]) -> bool {
        self.values_of(name).next().is_some()
    }

    /// The values of a name, joined as RFC 9110, 5.2 allows; `None` if there are none.
    pub fn get(&self, name: &[u8]) -> Option<Vec<u8>> {
        let mut values = self.values_of(name);
        let mut joined = values.next()?.to_vec();
        for value in values {
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(value);
        }
        Some(joined)
    }

    /// The values of a name, each by itself.
    pub fn values_of<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.fields()
            .filter(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value)
    }

    /// The names in lower case, each once, in the order of their first field.
    pub fn names(&self) -> Vec<&[u8]> {
        let mut seen = HashSet::with_capacity(self.spans.len());
        let names = self.fields().map(|field| field.name);
        names.filter(|name| seen.insert(*name)).collect()
    }

    /// The fields as the wire takes them.
    ///
    /// # Errors
    /// `LocalProtocol` for a name that is no token or a value with a control character.
    pub fn to_map(&self) -> Result<HeaderMap, Error> {
        // Two more for Host and Content-Length.
        let mut map = HeaderMap::with_capacity(self.spans.len() + 2);
        for (index, field) in self.fields().enumerate() {
            let (name, value) = match self.checked_at(index) {
                Some(checked) => checked.clone(),
                None => checked(field)?,
            };
            map.append(name, value);
        }
        Ok(map)
    }

    fn checked_at(&self, index: usize) -> Option<&(HeaderName, HeaderValue)> {
        let Checked { place, fields } = self.checked.as_ref()?;
        fields.get(index.checked_sub(place.start)?)
    }

    /// Whether a field's value is a credential, which is not to be shown.
    pub fn is_secret(name: &[u8]) -> bool {
        name.eq_ignore_ascii_case(b"authorization")
            || name.eq_ignore_ascii_case(b"proxy-authorization")
    }
}

/// A field as the wire takes it.
fn checked(field: Field<'_>) -> Result<(HeaderName, HeaderValue), Error> {
    let (name, mut value) = parse_header(field.raw_name, field.value)?;
    value.set_sensitive(HeaderList::is_secret(field.name));
    Ok((name, value))
}

impl fmt::Debug for Field<'_> {
    /// The name only: the value may be a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.raw_name.escape_ascii())
    }
}

impl From<&HeaderMap> for HeaderList {
    fn from(map: &HeaderMap) -> Self {
        let size = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            name.as_str().len() + value.as_bytes().len()
        };
        let mut list = Self {
            text: Vec::with_capacity(map.iter().map(size).sum()),
            spans: Vec::with_capacity(map.len()),
            checked: None,
        };
        for (name, value) in map {
            list.append(name.as_str().as_bytes(), value.as_bytes());
        }
        list
    }
}

impl PartialEq for HeaderList {
    fn eq(&self, other: &Self) -> bool {
        self.fields().eq(other.fields())
    }
}

impl Eq for HeaderList {}

impl fmt::Debug for HeaderList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.fields()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(fields: &[(&str, &str)]) -> HeaderList {
        let mut list = HeaderList::default();
        for (name, value) in fields {
            list.append(name.as_bytes(), value.as_bytes());
        }
        list
    }

    #[test]
    fn what_was_checked_stays_in_its_place_and_what_is_changed_is_checked_again() {
        let mut checked = list(&[("A", "1"), ("B", "2")]);
        checked.check();
        let mut request = checked.to_request();
        request.prepend(b"Host", b"h");
        request.append(b"C", b"3");
        let map = request.to_map().unwrap();
        let values: Vec<_> = map
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_bytes()))
            .collect();
        let expected: [(&str, &[u8]); 4] = [("host", b"h"), ("a", b"1"), ("b", b"2"), ("c", b"3")];
        assert_eq!(values, expected);
        request.set(b"b", b"4");
        assert_eq!(request.to_map().unwrap()["b"], "4");
        request.set(b"a", b"\r\n");
        assert!(request.to_map().is_err());
        request.remove(b"a");
        assert_eq!(request.to_map().unwrap().len(), 3);
    }

    #[test]
    fn names_are_found_in_any_case_and_values_joined() {
        let list = list(&[("Accept", "a"), ("X", "1"), ("ACCEPT", "b")]);
        assert_eq!(list.get(b"accept").as_deref(), Some(&b"a, b"[..]));
        assert_eq!(list.names(), [&b"accept"[..], b"x"]);
    }

    #[test]
    fn set_replaces_the_first_and_drops_the_others() {
        let mut list = list(&[("a", "1"), ("b", "2"), ("A", "3"), ("c", "4")]);
        list.set(b"A", b"9");
        let values: Vec<_> = list.fields().map(|it| it.value).collect();
        assert_eq!(values, [&b"9"[..], b"2", b"4"]);
        assert_eq!(list.fields().next().unwrap().raw_name, b"A");
    }

    #[test]
    fn an_update_takes_the_old_fields_of_its_names_away() {
        let many: Vec<(String, &str)> = (0..40).map(|it| (format!("N{it}"), "new")).collect();
        for count in [1, 40] {
            let mut fields = list(&[("a", "1"), ("n0", "old"), ("N0", "old"), ("b", "2")]);
            let other: Vec<_> = many[..count].iter().map(|(n, v)| (&**n, *v)).collect();
            fields.update(&list(&other));
            assert_eq!(fields.len(), 2 + count);
            assert_eq!(fields.get(b"n0").as_deref(), Some(&b"new"[..]));
            assert_eq!(fields.names()[..3], [&b"a"[..], b"b", b"n0"]);
        }
    }

    #[test]
    fn a_field_that_is_set_for_ever_does_not_grow_the_buffer() {
        let mut list = list(&[("a", "1")]);
        for _ in 0..10_000 {
            list.set(b"X-Token", &[b'x'; 100]);
        }
        assert!(list.text.capacity() < 10_000, "{}", list.text.capacity());
        assert_eq!(list.get(b"a").as_deref(), Some(&b"1"[..]));
        assert_eq!(list.get(b"x-token").map(|it| it.len()), Some(100));
    }

    #[test]
    fn credentials_are_not_shown_for_debugging() {
        let list = list(&[("Authorization", "Bearer s3cret"), ("x", "y")]);
        let shown = format!("{:?}", list.to_map().unwrap());
        assert!(!shown.contains("s3cret") && shown.contains('y'), "{shown}");
        assert_eq!(format!("{list:?}"), r#"["Authorization", "x"]"#);
    }

    #[test]
    fn a_value_with_a_line_break_is_refused_when_it_is_to_be_sent() {
        let list = list(&[("x", "a\r\nInjected: 1")]);
        let error = list.to_map().unwrap_err();
        assert_eq!(error.kind(), crate::engine::Kind::LocalProtocol);
        assert!(error.to_string().contains("'x'"), "{error}");
    }
}
