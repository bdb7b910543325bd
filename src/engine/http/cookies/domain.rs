//! Which hosts may set a cookie for a domain, and which get it.

use super::super::url::Url;

/// The host of a URL, an IPv6 address in brackets.
fn request_host(url: &Url) -> String {
    let host = url.host();
    if host.contains(':') {
        return format!("[{host}]");
    }
    host.to_owned()
}

/// The host by which cookies are kept: a name without a dot gets `.local` (RFC 2965, 1).
pub(super) fn effective_host(url: &Url) -> String {
    let mut host = request_host(url);
    if !host.contains('.') {
        host.push_str(".local");
    }
    host
}

/// Whether a cookie's domain covers a host. "" covers all.
pub(super) fn is_within(host: &str, domain: &str) -> bool {
    let bare = domain.strip_prefix('.').unwrap_or(domain);
    if domain.is_empty() {
        return true;
    }
    match host.strip_suffix(bare) {
        Some(before) => before.is_empty() || before.ends_with('.'),
        None => false,
    }
}

/// Whether a host may set a cookie for a domain that it names, in lower case.
pub(super) fn may_set(url: &Url, domain: &str) -> bool {
    let host = effective_host(url);
    let bare = domain.strip_prefix('.').unwrap_or(domain);
    if bare.is_empty() {
        return false;
    }
    if is_ip_address(url.host()) {
        return bare == request_host(url);
    }
    let is_local = host.ends_with(".local");
    if !bare.contains('.') && !is_local {
        return false;
    }
    let is_covered =
        is_within(&host, domain) || (is_local && is_within(&host, &format!("{bare}.local")));
    is_covered && (bare == host || !is_public_suffix(bare))
}

/// Whether names below `domain` belong to different owners, by the public suffix list.
pub(super) fn is_public_suffix(domain: &str) -> bool {
    let domain = domain.trim_end_matches('.');
    psl::suffix(domain.as_bytes())
        .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == domain.as_bytes())
}

fn is_ip_address(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(url: &str, domain: &str) -> bool {
        may_set(&Url::parse(url).unwrap(), domain)
    }

    #[test]
    fn a_host_sets_cookies_for_itself_and_for_the_domains_above_it() {
        assert!(may("http://www.example.org/", ".www.example.org"));
        assert!(may("http://www.example.org/", ".example.org"));
        assert!(may("http://example.org/", ".example.org"));
    }

    #[test]
    fn a_host_sets_no_cookies_for_foreign_domains() {
        assert!(!may("http://www.example.org/", ".other.org"));
        assert!(!may("http://example.org/", ".www.example.org"));
        assert!(!may("http://badexample.org/", ".example.org"));
        assert!(!may("http://example.org/", "."));
    }

    #[test]
    fn nobody_sets_cookies_for_a_public_suffix() {
        assert!(!may("http://example.org/", ".org"));
        assert!(!may("http://example.co.uk/", ".co.uk"));
        assert!(!may("http://me.github.io/", ".github.io"));
        assert!(may("http://example.co.uk/", ".example.co.uk"));
        assert!(may("http://github.io/", ".github.io"), "its own host");
    }

    #[test]
    fn a_name_without_a_dot_is_in_local() {
        let url = Url::parse("http://localhost:8000/").unwrap();
        assert_eq!(effective_host(&url), "localhost.local");
        assert!(may("http://localhost/", ".localhost"));
        assert!(may("http://localhost/", ".local"));
    }

    #[test]
    fn an_ip_address_sets_cookies_for_itself_only() {
        assert!(may("http://127.0.0.1/", ".127.0.0.1"));
        assert!(!may("http://127.0.0.1/", ".0.0.1"));
        let url = Url::parse("http://[::1]:8000/").unwrap();
        assert_eq!(effective_host(&url), "[::1].local");
    }

    #[test]
    fn a_domain_covers_itself_and_what_is_below() {
        assert!(is_within("example.org", "example.org"));
        assert!(is_within("example.org", ".example.org"));
        assert!(is_within("a.example.org", "example.org"));
        assert!(!is_within("aexample.org", "example.org"));
        assert!(is_within("anything", ""));
    }
}
