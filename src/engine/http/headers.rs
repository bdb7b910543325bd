//! Header fields as a person writes them: ordered, repeated, in any case.

use std::fmt;

use http::HeaderMap;

use super::request::parse_header;
use crate::engine::error::Error;

/// A case-insensitive multidict of header fields that keeps their order and spelling.
///
/// What is put in is not checked; [`to_map`](Self::to_map) is, before anything is sent.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HeaderList {
    fields: Vec<Field>,
}

/// One header field.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// The name as it was given.
    pub raw_name: Box<[u8]>,
    /// The name in lower case.
    pub name: Box<[u8]>,
    /// The value.
    pub value: Box<[u8]>,
}

impl HeaderList {
    /// The fields in their order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Adds a field, beside those of the same name.
    pub fn append(&mut self, name: &[u8], value: &[u8]) {
        self.fields.push(Field {
            raw_name: name.into(),
            name: name.to_ascii_lowercase().into(),
            value: value.into(),
        });
    }

    /// Puts a field in the place of the first of its name, and takes the others away.
    pub fn set(&mut self, name: &[u8], value: &[u8]) {
        let lower = name.to_ascii_lowercase();
        let Some(first) = self.fields.iter().position(|it| *it.name == *lower) else {
            return self.append(name, value);
        };
        self.fields[first].raw_name = name.into();
        self.fields[first].value = value.into();
        let mut index = 0;
        self.fields.retain(|field| {
            index += 1;
            index <= first + 1 || *field.name != *lower
        });
    }

    /// Takes all fields of a name away. True if there were any.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        let before = self.fields.len();
        self.fields
            .retain(|field| !field.name.eq_ignore_ascii_case(name));
        self.fields.len() < before
    }

    /// Puts every field of `other` in the place of those of its name here.
    pub fn update(&mut self, other: &Self) {
        for field in &other.fields {
            self.remove(&field.name);
        }
        self.fields.extend(other.fields.iter().cloned());
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
        self.fields
            .iter()
            .filter(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| &*field.value)
    }

    /// The names in lower case, each once, in the order of their first field.
    pub fn names(&self) -> Vec<&[u8]> {
        let mut names: Vec<&[u8]> = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            if !names.contains(&&*field.name) {
                names.push(&field.name);
            }
        }
        names
    }

    /// The fields as the wire takes them.
    ///
    /// # Errors
    /// `LocalProtocol` for a name that is no token or a value with a control character.
    pub fn to_map(&self) -> Result<HeaderMap, Error> {
        // Two more for Host and Content-Length.
        let mut map = HeaderMap::with_capacity(self.fields.len() + 2);
        for field in &self.fields {
            let (name, mut value) = parse_header(&field.raw_name, &field.value)?;
            value.set_sensitive(Self::is_secret(&field.name));
            map.append(name, value);
        }
        Ok(map)
    }

    /// Whether a field's value is a credential, which is not to be shown.
    pub fn is_secret(name: &[u8]) -> bool {
        name.eq_ignore_ascii_case(b"authorization")
            || name.eq_ignore_ascii_case(b"proxy-authorization")
    }
}

impl fmt::Debug for HeaderList {
    /// Credentials are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.fields.iter().map(|field| {
            let secret = Self::is_secret(&field.name);
            let value: &[u8] = if secret { b"[secure]" } else { &field.value };
            (field.raw_name.escape_ascii(), value.escape_ascii())
        });
        f.debug_list()
            .entries(shown.map(|(name, value)| format!("{name}: {value}")))
            .finish()
    }
}

impl From<&HeaderMap> for HeaderList {
    fn from(map: &HeaderMap) -> Self {
        let mut list = Self::default();
        list.fields.reserve(map.len());
        for (name, value) in map {
            list.append(name.as_str().as_bytes(), value.as_bytes());
        }
        list
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
    fn names_are_found_in_any_case_and_values_joined() {
        let list = list(&[("Accept", "a"), ("X", "1"), ("ACCEPT", "b")]);
        assert_eq!(list.get(b"accept").as_deref(), Some(&b"a, b"[..]));
        assert_eq!(list.names(), [&b"accept"[..], b"x"]);
    }

    #[test]
    fn set_replaces_the_first_and_drops_the_others() {
        let mut list = list(&[("a", "1"), ("b", "2"), ("A", "3"), ("c", "4")]);
        list.set(b"A", b"9");
        let fields: Vec<_> = list.fields().iter().map(|it| &*it.value).collect();
        assert_eq!(fields, [&b"9"[..], b"2", b"4"]);
        assert_eq!(&*list.fields()[0].raw_name, b"A");
    }

    #[test]
    fn credentials_are_not_shown_for_debugging() {
        let list = list(&[("Authorization", "Bearer s3cret"), ("x", "y")]);
        let shown = format!("{:?}", list.to_map().unwrap());
        assert!(!shown.contains("s3cret") && shown.contains('y'), "{shown}");
    }

    #[test]
    fn a_value_with_a_line_break_is_refused_when_it_is_to_be_sent() {
        let list = list(&[("x", "a\r\nInjected: 1")]);
        let error = list.to_map().unwrap_err();
        assert_eq!(error.kind(), crate::engine::Kind::LocalProtocol);
        assert!(error.to_string().contains("'x'"), "{error}");
    }
}
