//! The cookie store: what is taken in, and what goes out.

use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use tauraro::engine::Kind;
use tauraro::engine::http::Url;
use tauraro::engine::http::cookies::{
    Cookie, CookieStore, Level, MAX_COOKIE_SIZE, MAX_COOKIES, MAX_COOKIES_PER_DOMAIN,
};

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn extract(store: &mut CookieStore, from: &str, fields: &[&str]) {
    let mut headers = HeaderMap::new();
    for field in fields {
        let value = HeaderValue::from_bytes(field.as_bytes()).expect("a field");
        headers.append(SET_COOKIE, value);
    }
    store.extract(&url(from), &headers);
}

fn stored(from: &str, fields: &[&str]) -> CookieStore {
    let mut store = CookieStore::new();
    extract(&mut store, from, fields);
    store
}

fn sent(store: &mut CookieStore, to: &str) -> Option<String> {
    let value = store.header_for(&url(to)).expect("a legal field")?;
    Some(value.to_str().expect("text").to_owned())
}

fn names(store: &CookieStore) -> Vec<&str> {
    store.iter().map(|cookie| cookie.name.as_str()).collect()
}

#[test]
fn an_empty_store_sends_nothing_and_a_response_without_cookies_changes_nothing() {
    let mut store = stored("http://a.org/", &[]);
    assert!(store.is_empty());
    assert_eq!(sent(&mut store, "http://a.org/"), None);
}

#[test]
fn the_longest_path_goes_first_and_then_the_order_of_arrival() {
    let fields = [
        "a=1; Path=/",
        "b=2; Path=/x",
        "c=3; Path=/",
        "d=4; Path=/x/y",
    ];
    let mut store = stored("http://a.org/", &fields);
    let field = sent(&mut store, "http://a.org/x/y/z");
    assert_eq!(field.as_deref(), Some("d=4; b=2; a=1; c=3"));
}

#[test]
fn a_newer_cookie_takes_the_place_of_an_older_one() {
    let mut store = stored("http://a.org/", &["a=1", "b=2", "a=3"]);
    assert_eq!(
        sent(&mut store, "http://a.org/").as_deref(),
        Some("a=3; b=2")
    );
}

#[test]
fn cookies_of_a_domain_and_path_stay_together() {
    let mut store = CookieStore::new();
    for (name, domain, path) in [
        ("a", "one.org", "/"),
        ("b", "two.org", "/"),
        ("c", "one.org", "/x"),
        ("d", "one.org", "/"),
        ("e", "two.org", "/"),
    ] {
        store.set(Cookie::new(name, "", domain, path));
    }
    assert_eq!(names(&store), ["a", "d", "c", "b", "e"]);
}

#[test]
fn a_cookie_of_a_host_goes_to_hosts_below_it_and_to_no_other() {
    let mut store = stored("http://a.org/", &["a=1"]);
    assert!(sent(&mut store, "http://a.org:8000/").is_some());
    assert!(sent(&mut store, "http://www.a.org/").is_some());
    assert!(sent(&mut store, "http://b.org/").is_none());
    assert!(sent(&mut store, "http://ba.org/").is_none());
}

#[test]
fn a_cookie_for_a_foreign_domain_or_a_public_suffix_is_refused() {
    for domain in [
        "b.org",
        ".org",
        "org",
        "www.a.org",
        "",
        ".",
        "xa.org",
        "1.2.3.4",
    ] {
        let store = stored("http://a.org/", &[&format!("a=1; Domain={domain}")]);
        assert!(store.is_empty(), "{domain}");
    }
    let store = stored("http://shop.co.uk/", &["a=1; Domain=co.uk"]);
    assert!(store.is_empty());
    let store = stored("http://127.0.0.1/", &["a=1; Domain=0.0.1"]);
    assert!(store.is_empty());
}

#[test]
fn a_foreign_host_cannot_expire_a_cookie() {
    let mut store = stored("http://a.org/", &["a=1; Domain=a.org; Path=/"]);
    let expiring = "a=; Domain=a.org; Path=/; Max-Age=0";
    extract(&mut store, "http://b.org/", &[expiring]);
    assert_eq!(store.len(), 1);
    extract(&mut store, "http://www.a.org/", &[expiring]);
    assert!(store.is_empty());
}

#[test]
fn max_age_wins_over_expires() {
    let past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    let future = "Expires=Thu, 01 Jan 2099 00:00:00 GMT";
    for (field, is_kept) in [
        (format!("a=1; Max-Age=100; {past}"), true),
        (format!("a=1; {past}; Max-Age=100"), true),
        (format!("a=1; Max-Age=0; {future}"), false),
        (format!("a=1; Max-Age=-5; {future}"), false),
        (format!("a=1; {future}"), true),
        (format!("a=1; {past}"), false),
        ("a=1; Expires=soon".to_owned(), true),
        (format!("a=1; Max-Age={}", i64::MAX), true),
    ] {
        let mut store = stored("http://a.org/", &[&field]);
        assert_eq!(
            sent(&mut store, "http://a.org/").is_some(),
            is_kept,
            "{field}"
        );
    }
}

#[test]
fn an_expired_cookie_is_not_sent_and_taken_away() {
    let mut store = CookieStore::new();
    let mut cookie = Cookie::new("a", "1", "a.org", "/");
    cookie.expires = Some(1);
    store.set(cookie);
    assert_eq!(sent(&mut store, "http://a.org/"), None);
    assert!(store.is_empty());
}

#[test]
fn secure_cookies_go_over_tls_only() {
    let mut store = stored("https://a.org/", &["a=1; Secure", "b=2; secure=x", "c=3"]);
    assert_eq!(sent(&mut store, "http://a.org/").as_deref(), Some("c=3"));
    assert_eq!(
        sent(&mut store, "https://a.org/").as_deref(),
        Some("a=1; b=2; c=3")
    );
}

#[test]
fn a_port_restricts_a_cookie() {
    let mut store = stored(
        "http://a.org:81/",
        &["a=1; Port=\"81\"", "b=2; Port=81,82", "c=3; Port"],
    );
    assert_eq!(names(&store), ["b", "c"], "a port in quotes is none");
    assert_eq!(sent(&mut store, "http://a.org:82/").as_deref(), Some("b=2"));
    assert_eq!(sent(&mut store, "http://a.org/"), None);
}

#[test]
fn a_cookie_with_a_control_character_is_refused_when_it_is_to_be_sent() {
    let mut store = CookieStore::new();
    store.set(Cookie::new("a", "1\r\nInjected: 1", "", "/"));
    let error = store
        .header_for(&url("http://a.org/"))
        .expect_err("a line break");
    assert_eq!(error.kind(), Kind::LocalProtocol);
    assert!(!error.to_string().contains("Injected"));
}

#[test]
fn bytes_that_are_no_utf_8_are_read_as_latin_1() {
    let mut headers = HeaderMap::new();
    headers.insert(
        SET_COOKIE,
        HeaderValue::from_bytes(b"a=\xe9").expect("a field"),
    );
    let mut store = CookieStore::new();
    store.extract(&url("http://a.org/"), &headers);
    let field = store
        .header_for(&url("http://a.org/"))
        .expect("legal")
        .expect("a cookie");
    assert_eq!(field.as_bytes(), "a=é".as_bytes());
}

#[test]
fn a_cookie_that_is_too_long_is_ignored() {
    let long = format!("a={}", "x".repeat(MAX_COOKIE_SIZE));
    assert!(stored("http://a.org/", &[&long]).is_empty());
    let fitting = format!("a={}", "x".repeat(4096));
    assert_eq!(stored("http://a.org/", &[&fitting]).len(), 1);
}

#[test]
fn a_server_cannot_fill_the_store() {
    let mut store = CookieStore::new();
    let own = Cookie::new("own", "1", "", "/");
    store.set(own.clone());
    for index in 0..=MAX_COOKIES_PER_DOMAIN {
        extract(&mut store, "http://a.org/", &[&format!("n{index}=1")]);
    }
    let of_a = store.iter().filter(|it| it.domain == "a.org").count();
    assert_eq!(of_a, MAX_COOKIES_PER_DOMAIN);
    assert!(!names(&store).contains(&"n0"), "the oldest goes");
    for index in 0..MAX_COOKIES {
        extract(&mut store, &format!("http://h{index}.org/"), &["a=1"]);
    }
    assert_eq!(store.len(), MAX_COOKIES);
    assert!(store.iter().any(|it| *it == own), "the user's own stays");
}

#[test]
fn what_a_user_sets_is_not_counted() {
    let mut store = CookieStore::new();
    for index in 0..=MAX_COOKIES_PER_DOMAIN {
        store.set(Cookie::new(&format!("n{index}"), "1", "", "/"));
    }
    extract(&mut store, "http://a.org/", &["a=1"]);
    assert_eq!(store.len(), MAX_COOKIES_PER_DOMAIN + 2);
}

#[test]
fn removing_tells_what_is_missing() {
    let mut store = CookieStore::new();
    store.set(Cookie::new("a", "1", "a.org", "/"));
    store.set(Cookie::new("b", "1", "a.org", "/x"));
    assert_eq!(store.remove("b.org", None, None), Err(Level::Domain));
    assert_eq!(store.remove("a.org", Some("/y"), None), Err(Level::Path));
    assert_eq!(
        store.remove("a.org", Some("/"), Some("b")),
        Err(Level::Name)
    );
    assert_eq!(store.remove("a.org", Some("/"), Some("a")), Ok(()));
    assert_eq!(store.remove("a.org", None, None), Ok(()));
    assert!(store.is_empty());
}

#[test]
fn values_are_not_shown_for_debugging() {
    let store = stored("http://a.org/", &["session=s3cret"]);
    let shown = format!("{store:?}");
    assert!(
        shown.contains("session") && !shown.contains("s3cret"),
        "{shown}"
    );
}
