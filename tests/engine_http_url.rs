//! URLs: parsing, normalising, encoding, joining, hiding credentials.

use tauraro::engine::Kind;
use tauraro::engine::http::{Replacements, Url};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal(text: &str) -> String {
    let error = Url::parse(text).expect_err(text);
    assert_eq!(error.kind(), Kind::InvalidUrl);
    error.to_string()
}

#[test]
fn the_components_of_a_full_url() {
    let url = url("HTTPS://jo%40email.com:a%20secret@müller.de:1234/pa%20th?search=ab#anchorlink");
    assert_eq!(url.scheme(), "https");
    assert_eq!(url.userinfo(), "jo%40email.com:a%20secret");
    assert_eq!(url.username(), "jo@email.com");
    assert_eq!(url.password(), "a secret");
    assert_eq!(url.host(), "xn--mller-kva.de");
    assert_eq!(url.port(), Some(1234));
    assert_eq!(url.netloc(), "xn--mller-kva.de:1234");
    assert_eq!(url.path(), "/pa%20th");
    assert_eq!(url.query(), Some("search=ab"));
    assert_eq!(url.raw_path(), "/pa%20th?search=ab");
    assert_eq!(url.fragment(), Some("anchorlink"));
}

#[test]
fn an_empty_path_is_requested_as_a_slash() {
    assert_eq!(url("http://example.com").as_str(), "http://example.com");
    assert_eq!(url("http://example.com").path(), "/");
    assert_eq!(url("http://example.com").raw_path(), "/");
    assert_eq!(url("http://example.com?a=1").raw_path(), "/?a=1");
    assert_eq!(url("http://example.com/?").raw_path(), "/?");
}

#[test]
fn default_ports_are_dropped() {
    for (text, port) in [
        ("http://h:80/", 80),
        ("https://h:443/", 443),
        ("ws://h:80/", 80),
        ("wss://h:443/", 443),
    ] {
        assert_eq!(url(text).port(), None, "{text}");
        assert_eq!(url(text).port_or_default(), Some(port), "{text}");
        assert_eq!(url(text).netloc(), "h");
    }
    assert_eq!(url("http://h:/").as_str(), "http://h/");
    assert_eq!(url("http://h:443/").netloc(), "h:443");
}

#[test]
fn addresses_are_checked_and_ipv6_is_bracketed() {
    let v6 = url("http://[::FFFF:192.168.0.1]:5678/");
    assert_eq!(v6.host(), "::FFFF:192.168.0.1");
    assert_eq!(v6.netloc(), "[::FFFF:192.168.0.1]:5678");
    assert_eq!(url("http://127.0.0.1/").host(), "127.0.0.1");
    assert_eq!(
        refusal("http://999.1.1.1/"),
        "Invalid IPv4 address: '999.1.1.1'"
    );
    assert_eq!(refusal("http://[::x]/"), "Invalid IPv6 address: '[::x]'");
}

#[test]
fn hosts_become_ascii() {
    for (text, host) in [
        ("http://中国.icom.museum:80/", "xn--fiqs8s.icom.museum"),
        ("http://Königsgäßchen.de", "xn--knigsgchen-b4a3dun.de"),
        ("https://faß.de", "xn--fa-hia.de"),
        ("http://EXAMPLE.org", "example.org"),
        ("http://under_score.example", "under_score.example"),
    ] {
        assert_eq!(url(text).host(), host);
    }
    for text in [
        "http://\u{fffd}.de/",
        "http://\u{1f607}/",
        "http://\u{ff41}.com/",
        "http://\u{1100}.com/",
        "http://ü_x.de/",
        "http://-ü.de/",
        "http://ü..de/",
    ] {
        assert!(refusal(text).starts_with("Invalid IDNA hostname"), "{text}");
    }
}

#[test]
fn what_may_not_stand_in_a_component_is_percent_encoded() {
    let url = url("http://h/a b{}`?q=a b\"<>`{}'#f g`");
    assert_eq!(url.path(), "/a%20b%7B%7D%60");
    assert_eq!(url.query(), Some("q=a%20b%22%3C%3E`{}'"));
    assert_eq!(url.fragment(), Some("f%20g%60"));
    assert_eq!(
        Url::parse("http://h/ü%2f%zz").unwrap().path(),
        "/%C3%BC%2f%zz"
    );
    assert_eq!(Url::parse("http://a@b@h/").unwrap().userinfo(), "a%40b");
}

#[test]
fn dot_segments_are_removed_as_httpx_does() {
    for (text, path) in [
        ("http://h/path/./to/somewhere/..", "/path/to"),
        ("http://h/../a", "/a"),
        ("http://h/a/b/../c/./d", "/a/c/d"),
        ("http://h/a..b/.c", "/a..b/.c"),
    ] {
        assert_eq!(url(text).path(), path, "{text}");
    }
    assert_eq!(url("../../relative").as_str(), "../../relative");
}

#[test]
fn relative_references() {
    let reference = url("/path?x#y");
    assert_eq!((reference.scheme(), reference.host()), ("", ""));
    assert_eq!(reference.as_str(), "/path?x#y");
    assert_eq!(url("").as_str(), "");
    assert_eq!(url("http:h/path").path(), "h/path");
    let slashes = "Relative URLs cannot have a path starting with '//'";
    assert_eq!(refusal("////path"), slashes);
}

#[test]
fn malformed_urls_say_what_is_wrong() {
    assert_eq!(refusal("http://h:abc/"), "Invalid port: 'abc'");
    assert_eq!(refusal("http://h:99999/"), "Invalid port: '99999'");
    assert_eq!(refusal("http://h:+1/"), "Invalid port: '+1'");
    assert_eq!(refusal("http://h:80:80/"), "Invalid port: '80:80'");
    let control = "Invalid non-printable ASCII character in URL, '\\n' at position 9.";
    assert_eq!(refusal("http://h/\n"), control);
    let control = "Invalid non-printable ASCII character in URL, '\\x00' at position 9.";
    assert_eq!(refusal("http://h/\0"), control);
    let colon = "Relative URLs cannot have a path starting with ':'";
    assert_eq!(refusal("::/"), colon);
    assert_eq!(
        refusal(&format!("http://h/{}", "x".repeat(65_536))),
        "URL too long"
    );
}

#[test]
fn references_are_resolved_as_rfc_3986_5_4_has_it() {
    let base = url("http://a/b/c/d;p?q");
    for (reference, target) in [
        ("g:h", "g:h"),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q#s"),
        ("g#s", "http://a/b/c/g#s"),
        (";x", "http://a/b/c/;x"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/../h", "http://a/b/c/h"),
    ] {
        let joined = base.join(reference).expect(reference);
        assert_eq!(joined.as_str(), target, "{reference}");
    }
    assert_eq!(url("http://a").join("g").unwrap().as_str(), "http://a/g");
}

#[test]
fn a_query_can_be_replaced_and_removed() {
    let url = url("http://u:p@h:8/p?old#f");
    assert_eq!(
        url.with_query(Some("a=1")).as_str(),
        "http://u:p@h:8/p?a=1#f"
    );
    assert_eq!(url.with_query(None).as_str(), "http://u:p@h:8/p#f");
}

#[test]
fn credentials_do_not_show() {
    let url = url("http://user:secret@host/p?q");
    assert_eq!(url.redacted(), "http://user:[secure]@host/p?q");
    assert_eq!(format!("{url:?}"), "Url(\"http://user:[secure]@host/p?q\")");
    assert_eq!(url.without_userinfo().as_str(), "http://host/p?q");
    assert_eq!(url.to_string(), "http://user:secret@host/p?q");
}

#[test]
fn a_port_that_may_be_a_password_is_not_shown() {
    let message = "Invalid port: it is no number";
    for text in [
        "http://u:pa/ss@h/",
        "http://u:pa?ss@h/",
        "http://u:pa#ss@h/",
    ] {
        assert_eq!(refusal(text), message);
    }
}

#[test]
fn components_can_be_replaced() {
    let url = url("http://u:p@h:8/p?q#f");
    let mut replacements = Replacements {
        scheme: Some("https".into()),
        port: Some("443".into()),
        fragment: Some(None),
        ..Replacements::default()
    };
    replacements.set_credentials("a:b", "c d");
    replacements.set_host("::1");
    replacements.set_raw_path("/x y?z");
    let text = "https://a%3Ab:c%20d@[::1]/x%20y?z";
    assert_eq!(url.copy_with(&replacements).unwrap().as_str(), text);
    let parsed = Url::parse_with("http://u:p@h:8/p?q#f", &replacements);
    assert_eq!(parsed.unwrap().as_str(), text);
}

#[test]
fn a_component_that_would_end_before_its_end_is_refused() {
    let refused = |replacements: Replacements<'_>, message: &str| {
        let error = url("http://h/").copy_with(&replacements).unwrap_err();
        assert_eq!(error.to_string(), message);
    };
    let path = Some("/a?b".into());
    refused(
        Replacements {
            path,
            ..Replacements::default()
        },
        "Invalid URL component 'path'",
    );
    let query = Some(Some("a\r\nb".into()));
    refused(
        Replacements {
            query,
            ..Replacements::default()
        },
        "Invalid non-printable ASCII character in URL query component, '\\r' at position 1.",
    );
}

#[test]
fn a_scheme_without_a_hierarchy_resolves_nothing() {
    let joined = |base: &str, reference: &str| url(base).join(reference).unwrap().to_string();
    assert_eq!(joined("mailto:a@b", "x"), "x");
    assert_eq!(joined("http://a/b", "http:c"), "http://a/c");
    assert_eq!(joined("http://a/b//c", "d//e"), "http://a/b/d/e");
    assert_eq!(joined("http://a/b?q", "?"), "http://a/b?q");
}
