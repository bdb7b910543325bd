//! Query parameters, as httpx's `QueryParams` keeps and merges them.

use indexmap::IndexMap;
use percent_encoding::percent_decode_str;

use super::query::encode;

/// Names, each once and in the order of their first appearance, with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    items: IndexMap<String, Vec<String>>,
}

impl Params {
    /// Takes a query string apart (`application/x-www-form-urlencoded`).
    pub fn parse(query: &str) -> Self {
        let mut params = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            params.append(decode(name), decode(value));
        }
        params
    }

    /// Adds a value, behind those of the same name.
    pub fn append(&mut self, name: String, value: String) {
        self.items.entry(name).or_default().push(value);
    }

    /// Replaces all values of a name, where it stands.
    pub fn set(&mut self, name: String, value: String) {
        self.items.insert(name, vec![value]);
    }

    /// Gives a name, if it is new, no value yet: it counts as one of the names.
    pub fn declare(&mut self, name: String) {
        self.items.entry(name).or_default();
    }

    /// Takes a name away.
    pub fn remove(&mut self, name: &str) {
        self.items.shift_remove(name);
    }

    /// The values of a name; `None` when there is no such name.
    pub fn get(&self, name: &str) -> Option<&[String]> {
        self.items.get(name).map(Vec::as_slice)
    }

    /// The names with their values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[String])> {
        let items = self.items.iter();
        items.map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// Each name with each of its values.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value.as_str())))
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// These parameters, with those of `other` in the place of those of the same name.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        let items = other.items.iter();
        merged
            .items
            .extend(items.map(|(name, values)| (name.clone(), values.clone())));
        merged
    }

    /// As a query string.
    pub fn encode(&self) -> String {
        encode(self.pairs())
    }
}

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn a_query_comes_back_with_its_names_together() {
        let params = Params::parse("a=1&b=x+y&a=%C3%BC&c");
        assert_eq!(params.encode(), "a=1&a=%C3%BC&b=x+y&c=");
    }

    #[test]
    fn merging_replaces_all_values_of_a_name_where_it_stood() {
        let merged = Params::parse("k=1&page=1&page=2").merge(&Params::parse("page=3&z=4"));
        assert_eq!(merged.encode(), "k=1&page=3&z=4");
    }

    #[test]
    fn the_others_keep_their_order_when_one_goes() {
        let mut params = Params::parse("a=1&b=2&c=3&d=4");
        params.remove("b");
        params.set("c".to_owned(), "9".to_owned());
        assert_eq!(params.encode(), "a=1&c=9&d=4");
    }
}
