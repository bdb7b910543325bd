//! URL patterns, mounts, and the mounts that the environment asks for: as httpx 0.28.1 has them.

use tauraro::engine::http::mounts::{InvalidPattern, Mounts, UrlPattern};
use tauraro::engine::http::proxy::environment::mounts_of;
use tauraro::engine::http::url::Url;

fn matches(pattern: &str, url: &str) -> bool {
    let pattern = UrlPattern::parse(pattern).expect("a pattern");
    pattern.matches(&Url::parse(url).expect("a URL"))
}

/// Each line was asked of `httpx._utils.URLPattern`.
#[test]
fn a_pattern_matches_what_httpx_s_matches() {
    let table = [
        ("", "http://example.com", true),
        ("all://", "http://example.com", true),
        ("all://*", "https://example.com", true),
        ("http://", "http://example.com", true),
        ("http://", "https://example.com", false),
        ("http://example.com", "http://example.com", true),
        ("http://example.com", "https://example.com", false),
        ("http://example.com", "http://other.com", false),
        ("all://example.com", "http://www.example.com", false),
        ("all://EXAMPLE.com", "http://example.COM", true),
        ("all://*.example.com", "http://www.example.com", true),
        ("all://*.example.com", "http://a.b.example.com", true),
        ("all://*.example.com", "http://example.com", false),
        ("all://*.example.com", "http://.example.com", false),
        ("all://*example.com", "http://example.com", true),
        ("all://*example.com", "http://www.example.com", true),
        ("all://*example.com", "http://wwwexample.com", false),
        ("all://example.com:8080", "http://example.com:8080", true),
        ("all://example.com:8080", "http://example.com", false),
        ("all://example.com:80", "http://example.com:80", false),
        ("http://example.com:80", "http://example.com:80", true),
        ("http://example.com:80", "http://example.com:8080", true),
        ("all://[::1]", "http://[::1]:8000", true),
        ("all://[::1]:8000", "http://[::1]:8000", true),
        ("all://192.168.0.0/16", "http://192.168.0.0", true),
        ("all://192.168.0.0/16", "http://192.168.0.1", false),
        ("all://bücher.example", "http://xn--bcher-kva.example", true),
    ];
    for (pattern, url, expected) in table {
        assert_eq!(matches(pattern, url), expected, "{pattern} {url}");
    }
}

#[test]
fn a_plain_scheme_is_no_pattern_and_the_error_says_what_is() {
    let error = UrlPattern::parse("http").unwrap_err();
    assert!(matches!(error, InvalidPattern::NoScheme(_)));
    assert!(
        error
            .to_string()
            .ends_with("Instead of \"http\", use \"http://\"")
    );
    let error = UrlPattern::parse("http://host:port").unwrap_err();
    assert!(matches!(error, InvalidPattern::Url(_)));
}

#[test]
fn the_most_specific_pattern_is_found_first() {
    let patterns = [
        "all://",
        "http://",
        "http://example.com",
        "all://example.com:123",
        "all://*.example.com",
        "http://a.example.com",
    ];
    let parsed = patterns.map(|text| (UrlPattern::parse(text).expect("a pattern"), text));
    let mounts = Mounts::new(parsed);
    let order: Vec<_> = mounts.iter().map(|(pattern, _)| pattern.as_str()).collect();
    assert_eq!(
        order,
        [
            "all://example.com:123",
            "http://a.example.com",
            "all://*.example.com",
            "http://example.com",
            "http://",
            "all://",
        ]
    );
    let find = |url: &str| mounts.find(&Url::parse(url).expect("a URL")).copied();
    assert_eq!(
        find("https://example.com:123"),
        Some("all://example.com:123")
    );
    assert_eq!(find("http://a.example.com"), Some("http://a.example.com"));
    assert_eq!(find("https://a.example.com"), Some("all://*.example.com"));
    assert_eq!(find("ftp://else"), Some("all://"));
}

#[test]
fn a_later_value_of_the_same_pattern_takes_the_place_of_the_earlier() {
    let of = |text, value| (UrlPattern::parse(text).expect("a pattern"), value);
    let mounts = Mounts::new([of("all://", 1), of("http://", 2), of("all://", 3)]);
    assert_eq!(mounts.iter().count(), 2);
    assert_eq!(mounts.find(&Url::parse("https://h").unwrap()), Some(&3));
    assert_eq!(
        Mounts::<u8>::default().find(&Url::parse("https://h").unwrap()),
        None
    );
}

type Expected = &'static [(&'static str, Option<&'static str>)];

/// Each entry was asked of `httpx._utils.get_environment_proxies`.
#[test]
fn the_environment_asks_for_the_mounts_that_httpx_finds_in_it() {
    let table: &[(&[(&str, &str)], Expected)] = include!("support/environment_proxies.in");
    for (environment, expected) in table {
        let owned = |text: &str| text.to_owned();
        let variables = environment
            .iter()
            .map(|(name, value)| (owned(name), owned(value)));
        let mounts = mounts_of(variables);
        let mounts: Vec<_> = mounts
            .iter()
            .map(|(pattern, proxy)| (pattern.as_str(), proxy.as_deref()))
            .collect();
        assert_eq!(mounts, *expected, "{environment:?}");
    }
}
