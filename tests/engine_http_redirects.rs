//! Where redirects lead, and what goes along.

use http::header::{HeaderMap, HeaderValue, LOCATION};
use http::{Method, StatusCode};
use tauraro::engine::Kind;
use tauraro::engine::http::Url;
use tauraro::engine::http::headers::HeaderList;
use tauraro::engine::http::redirect::{self, Redirect};

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn location(text: &str) -> HeaderMap {
    let value = HeaderValue::from_bytes(text.as_bytes()).expect("a field");
    HeaderMap::from_iter([(LOCATION, value)])
}

fn follow(from: &str, to: &str) -> Redirect {
    let status = StatusCode::FOUND;
    redirect::next(&Method::GET, &url(from), status, &location(to))
        .expect("a good Location")
        .expect("a redirect")
}

fn target(from: &str, to: &str) -> String {
    follow(from, to).url.as_str().to_owned()
}

fn headers(from: &str, to: &str) -> HeaderMap {
    let mut headers = HeaderList::default();
    for (name, value) in [
        ("host", "first.org"),
        ("authorization", "secret"),
        ("proxy-authorization", "secret"),
        ("cookie", "a=1"),
        ("x-own", "1"),
    ] {
        headers.append(name.as_bytes(), value.as_bytes());
    }
    follow(from, to).update_list(&mut headers);
    headers.to_map().expect("good fields")
}

fn method(status: u16, method: Method) -> (Method, bool) {
    let status = StatusCode::from_u16(status).expect("a status");
    let next = redirect::next(&method, &url("http://a.org/"), status, &location("/x"));
    let next = next.expect("a good Location").expect("a redirect");
    (next.method, next.keeps_body)
}

#[test]
fn other_statuses_and_a_missing_location_are_no_redirects() {
    let from = url("http://a.org/");
    for status in [200, 201, 300, 304, 305, 400] {
        let status = StatusCode::from_u16(status).expect("a status");
        let next = redirect::next(&Method::GET, &from, status, &location("/x"));
        assert_eq!(next.expect("no error"), None, "{status}");
    }
    let next = redirect::next(&Method::GET, &from, StatusCode::FOUND, &HeaderMap::new());
    assert_eq!(next.expect("no error"), None);
}

#[test]
fn see_other_and_found_become_get_with_no_body_except_for_head() {
    for status in [302, 303] {
        assert_eq!(method(status, Method::POST), (Method::GET, false));
        assert_eq!(method(status, Method::PUT), (Method::GET, false));
        assert_eq!(method(status, Method::HEAD), (Method::HEAD, true));
        assert_eq!(method(status, Method::GET), (Method::GET, true));
    }
}

#[test]
fn moved_permanently_turns_only_post_into_get() {
    assert_eq!(method(301, Method::POST), (Method::GET, false));
    assert_eq!(method(301, Method::PUT), (Method::PUT, true));
    assert_eq!(method(301, Method::DELETE), (Method::DELETE, true));
}

#[test]
fn temporary_and_permanent_redirects_keep_method_and_body() {
    for status in [307, 308] {
        assert_eq!(method(status, Method::POST), (Method::POST, true));
        assert_eq!(method(status, Method::PATCH), (Method::PATCH, true));
    }
}

#[test]
fn a_location_is_joined_with_the_url() {
    assert_eq!(target("http://a.org/x/y", "/z"), "http://a.org/z");
    assert_eq!(target("http://a.org/x/y", "z?q=1"), "http://a.org/x/z?q=1");
    assert_eq!(target("http://a.org/x", "//b.org/z"), "http://b.org/z");
    assert_eq!(target("http://a.org/x", "https://b.org"), "https://b.org");
    assert_eq!(target("http://a.org:81/x", ""), "http://a.org:81/x");
}

#[test]
fn an_absolute_location_without_a_host_gets_the_url_s() {
    assert_eq!(target("http://a.org/x", "https:///z"), "https://a.org/z");
    assert_eq!(
        target("http://a.org/x", "http://:81/z"),
        "http://a.org:81/z"
    );
}

#[test]
fn a_fragment_is_inherited_unless_there_is_another() {
    assert_eq!(target("http://a.org/x#f", "/z"), "http://a.org/z#f");
    assert_eq!(target("http://a.org/x#f", "/z#g"), "http://a.org/z#g");
    assert_eq!(target("http://a.org/x", "/z#g"), "http://a.org/z#g");
}

#[test]
fn another_scheme_is_left_to_the_transport() {
    assert_eq!(target("http://a.org/", "ftp://b.org/x"), "ftp://b.org/x");
}

#[test]
fn a_location_that_is_no_url_is_the_server_s_fault() {
    for bad in [
        "https://\u{1f}",
        "https://a.org:port/",
        "mailto:me",
        "http://[::1/",
    ] {
        let headers = match HeaderValue::from_bytes(bad.as_bytes()) {
            Ok(value) => HeaderMap::from_iter([(LOCATION, value)]),
            // No server can send it.
            Err(_) => continue,
        };
        let from = url("http://user:secret@a.org/");
        let error =
            redirect::next(&Method::GET, &from, StatusCode::FOUND, &headers).expect_err("no URL");
        assert_eq!(error.kind(), Kind::RemoteProtocol, "{bad}");
        let text = error.to_string();
        assert!(
            text.starts_with("Invalid URL in location header: "),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn credentials_stay_with_the_origin() {
    let same = headers("http://first.org/x", "/y");
    assert_eq!(same["authorization"], "secret");
    assert_eq!(same["host"], "first.org");
    for other in [
        "http://second.org/",
        "http://first.org:81/",
        "http://www.first.org/",
    ] {
        let headers = headers("http://first.org/", other);
        assert!(!headers.contains_key("authorization"), "{other}");
        assert!(!headers.contains_key("proxy-authorization"), "{other}");
        assert_eq!(headers["host"], url(other).netloc(), "{other}");
        assert_eq!(headers["x-own"], "1");
    }
}

#[test]
fn credentials_go_along_from_http_to_https_on_the_same_host() {
    let upgraded = headers("http://first.org/", "https://first.org/");
    assert_eq!(upgraded["authorization"], "secret");
    for (from, to) in [
        ("https://first.org/", "http://first.org/"),
        ("http://first.org:81/", "https://first.org/"),
        ("http://first.org/", "https://first.org:444/"),
        ("http://first.org/", "https://second.org/"),
    ] {
        assert!(
            !headers(from, to).contains_key("authorization"),
            "{from} {to}"
        );
    }
}

#[test]
fn cookies_are_left_to_the_client() {
    assert!(!headers("http://first.org/", "/y").contains_key("cookie"));
}

#[test]
fn what_describes_a_dropped_body_goes_with_it() {
    let from = url("http://a.org/");
    for (status, is_kept) in [
        (StatusCode::FOUND, false),
        (StatusCode::TEMPORARY_REDIRECT, true),
    ] {
        let next = redirect::next(&Method::POST, &from, status, &location("/x"))
            .expect("a good Location")
            .expect("a redirect");
        let mut list = HeaderList::default();
        for name in [
            "Content-Length",
            "Transfer-Encoding",
            "Content-Type",
            "Cookie",
        ] {
            list.append(name.as_bytes(), b"1");
        }
        next.update_list(&mut list);
        assert_eq!(list.get(b"content-length").is_some(), is_kept);
        assert_eq!(list.get(b"transfer-encoding").is_some(), is_kept);
        assert!(list.get(b"content-type").is_some());
        assert!(list.get(b"cookie").is_none());
    }
}

#[test]
fn fields_as_a_person_wrote_them_keep_their_place() {
    let mut list = HeaderList::default();
    list.append(b"Host", b"a.org");
    list.append(b"Authorization", b"secret");
    list.append(b"X-Own", b"1");
    follow("http://a.org/", "http://b.org/").update_list(&mut list);
    let fields: Vec<_> = list.fields().map(|it| (it.raw_name, it.value)).collect();
    assert_eq!(fields, [(&b"Host"[..], &b"b.org"[..]), (b"X-Own", b"1")]);
}

#[test]
fn too_many_redirects_name_the_url_without_credentials() {
    let error = redirect::too_many_redirects(&url("http://user:secret@a.org/"));
    assert_eq!(error.kind(), Kind::TooManyRedirects);
    assert_eq!(error.to_string(), "Exceeded maximum allowed redirects.");
    assert_eq!(error.url().map(Url::as_str), Some("http://a.org/"));
}
