//! Relative URLs below a base URL, as httpx clients take them.

use super::url::Url;
use crate::engine::error::Error;

impl Url {
    /// The same URL, its path ending with a slash, unless it is empty altogether.
    pub fn with_trailing_slash(&self) -> Self {
        if self.as_str().is_empty() || self.path().ends_with('/') {
            return self.clone();
        }
        let mut components = self.components();
        components.path = format!("{}/", self.path()).into();
        Self::from_components(&components)
    }

    /// The URL that `url` means to a client with this base URL: an absolute one as it is, a
    /// relative one below the base's path. Unlike [`join`](Self::join), a leading slash does not
    /// lead out of that path.
    ///
    /// # Errors
    /// `InvalidUrl` when the two together are no URL.
    pub fn merge(&self, url: &Self) -> Result<Self, Error> {
        let is_absolute = !url.scheme().is_empty() && !url.host().is_empty();
        if is_absolute || self.as_str().is_empty() {
            return Ok(url.clone());
        }
        let base = self.with_query(None);
        let base = base.as_str().split('#').next().unwrap_or_default();
        let target = url.raw_path();
        let below = target.trim_start_matches('/');
        Self::parse(&format!("{}/{below}", base.trim_end_matches('/')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, url: &str) -> String {
        let base = Url::parse(base).unwrap().with_trailing_slash();
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
        assert_eq!(merged("", "/x"), "/x");
    }

    #[test]
    fn a_base_gets_one_trailing_slash() {
        let url = |text: &str| {
            Url::parse(text)
                .unwrap()
                .with_trailing_slash()
                .as_str()
                .to_owned()
        };
        assert_eq!(url("http://a.org/api"), "http://a.org/api/");
        assert_eq!(url("http://a.org/api/"), "http://a.org/api/");
        assert_eq!(url(""), "");
    }
}
