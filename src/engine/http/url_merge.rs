//! Relative URLs below a base URL, as httpx clients take them.

use super::url::Url;
use super::url_build::Replacements;
use crate::engine::error::Error;

impl Url {
    /// The same URL, its path with the query ending with a slash.
    ///
    /// # Errors
    /// `InvalidUrl` when that is no URL.
    pub fn with_trailing_slash(&self) -> Result<Self, Error> {
        let raw_path = self.raw_path();
        match raw_path.ends_with('/') {
            true => Ok(self.clone()),
            false => self.with_raw_path(&format!("{raw_path}/")),
        }
    }

    /// The URL that `url` means to a client with this base URL: an absolute one as it is; of a
    /// relative one the path and query, put after those of the base. Unlike [`join`](Self::join),
    /// a leading slash does not lead out of the base's path.
    ///
    /// # Errors
    /// `InvalidUrl` when the two together are no URL.
    pub fn merge(&self, url: &Self) -> Result<Self, Error> {
        let is_absolute = !url.scheme().is_empty() && !url.host().is_empty();
        if is_absolute {
            return Ok(url.clone());
        }
        let (base, below) = (self.raw_path(), url.raw_path());
        self.with_raw_path(&format!("{base}{}", below.trim_start_matches('/')))
    }

    fn with_raw_path(&self, raw_path: &str) -> Result<Self, Error> {
        let mut replacements = Replacements::default();
        replacements.set_raw_path(raw_path);
        self.copy_with(&replacements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, url: &str) -> String {
        let base = Url::parse(base).unwrap().with_trailing_slash().unwrap();
        let url = Url::parse(url).unwrap();
        base.merge(&url).unwrap().as_str().to_owned()
    }

    #[test]
    fn a_relative_url_goes_below_the_base() {
        assert_eq!(
            merged("http://a.org/api", "users?x=1"),
            "http://a.org/api/users?x=1"
        );
        assert_eq!(
            merged("http://a.org/api/", "/users"),
            "http://a.org/api/users"
        );
        assert_eq!(merged("http://a.org", ""), "http://a.org/");
        assert_eq!(
            merged("http://a.org/api", "//b.org/x"),
            "http://a.org/api/x"
        );
    }

    #[test]
    fn an_absolute_url_stays() {
        assert_eq!(
            merged("http://a.org/api", "https://b.org/x"),
            "https://b.org/x"
        );
    }

    #[test]
    fn without_a_base_a_relative_url_begins_with_a_slash() {
        assert_eq!(merged("", "/x"), "/x");
        assert_eq!(merged("", "example.org"), "/example.org");
        assert_eq!(merged("", ""), "/");
    }

    #[test]
    fn a_base_s_query_and_fragment_stay() {
        assert_eq!(merged("http://a.org/api?to=", "x"), "http://a.org/api?to=/x");
        assert_eq!(merged("http://a.org/api#f", "x"), "http://a.org/api/x#f");
        assert_eq!(merged("http://a.org/api//", "x"), "http://a.org/api//x");
    }

    #[test]
    fn a_base_gets_one_trailing_slash() {
        let url = |text: &str| {
            Url::parse(text)
                .unwrap()
                .with_trailing_slash()
                .unwrap()
                .as_str()
                .to_owned()
        };
        assert_eq!(url("http://a.org/api"), "http://a.org/api/");
        assert_eq!(url("http://a.org/api/"), "http://a.org/api/");
        assert_eq!(url(""), "");
    }
}
