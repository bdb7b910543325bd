//! Query parameters, as httpx's `QueryParams` keeps and merges them.

use percent_encoding::percent_decode_str;

use super::query::encode;

/// Names, each once and in the order of their first appearance, with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    items: Vec<(String, Vec<String>)>,
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
        match self.items.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => self.items.push((name, vec![value])),
        }
    }

    /// These parameters, with those of `other` in the place of those of the same name.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        for (name, values) in &other.items {
            match merged.items.iter_mut().find(|(known, _)| known == name) {
                Some((_, old)) => old.clone_from(values),
                None => merged.items.push((name.clone(), values.clone())),
            }
        }
        merged
    }

    /// As a query string.
    pub fn encode(&self) -> String {
        let items = self.items.iter();
        encode(items.flat_map(|(name, values)| values.iter().map(|value| (&**name, &**value))))
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
}
