//! Digest authentication as the engine carries it out.

use std::collections::HashSet;

use http::header::{HeaderMap, HeaderValue, SET_COOKIE, WWW_AUTHENTICATE};
use http::{Method, StatusCode};
use tauraro::engine::Kind;
use tauraro::engine::http::Url;
use tauraro::engine::http::auth::DigestAuth;

const CHALLENGE: &str = r#"Digest realm="r", nonce="n", qop="auth", opaque="o""#;

fn url() -> Url {
    Url::parse("http://a.org/x?y=1").expect("a URL")
}

fn challenge(text: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(WWW_AUTHENTICATE, HeaderValue::from_static(text))])
}

fn answer(auth: &DigestAuth, headers: &HeaderMap) -> String {
    let status = StatusCode::UNAUTHORIZED;
    let answer = auth.answer(&Method::GET, &url(), status, headers);
    let answer = answer.expect("a good challenge").expect("an answer");
    answer.authorization.to_str().expect("text").to_owned()
}

fn preempt(auth: &DigestAuth) -> Option<String> {
    let field = auth.preempt(&Method::GET, &url()).expect("a good name")?;
    Some(field.to_str().expect("text").to_owned())
}

#[test]
fn the_fields_are_in_httpx_s_order() {
    let auth = DigestAuth::new(b"user", b"pass");
    let text = answer(&auth, &challenge(CHALLENGE));
    let fields = text
        .strip_prefix("Digest ")
        .expect("the scheme")
        .split(", ");
    let names: Vec<_> = fields
        .map(|it| it.split('=').next().expect("a name"))
        .collect();
    let expected = [
        "username",
        "realm",
        "nonce",
        "uri",
        "response",
        "algorithm",
        "opaque",
        "qop",
        "nc",
        "cnonce",
    ];
    assert_eq!(names, expected);
    assert!(
        text.contains(r#"uri="/x?y=1""#) && text.contains("qop=auth, nc=00000001"),
        "{text}"
    );
}

#[test]
fn without_a_challenge_there_is_nothing_to_say() {
    let auth = DigestAuth::new(b"user", b"pass");
    assert_eq!(preempt(&auth), None);
    for (status, headers) in [
        (StatusCode::OK, challenge(CHALLENGE)),
        (StatusCode::UNAUTHORIZED, HeaderMap::new()),
        (StatusCode::UNAUTHORIZED, challenge("Basic realm=r")),
    ] {
        let answer = auth.answer(&Method::GET, &url(), status, &headers);
        assert_eq!(answer.expect("no error"), None);
    }
}

#[test]
fn clones_count_the_same_nonce_across_threads() {
    let auth = DigestAuth::new(b"user", b"pass");
    answer(&auth, &challenge(CHALLENGE));
    let threads = (0..4).map(|_| {
        let auth = auth.clone();
        std::thread::spawn(move || {
            let one = |_| preempt(&auth).expect("a challenge was answered");
            (0..250).map(one).collect::<Vec<_>>()
        })
    });
    let threads: Vec<_> = threads.collect();
    let mut counts = HashSet::new();
    for thread in threads {
        for text in thread.join().expect("no panic") {
            let count = text.split("nc=").nth(1).expect("a count")[..8].to_owned();
            assert!(counts.insert(count.clone()), "{count} came twice");
        }
    }
    assert!(counts.contains("000003e9"), "1001 requests in all");
}

#[test]
fn a_new_nonce_is_counted_from_one_and_the_same_goes_on() {
    let auth = DigestAuth::new(b"user", b"pass");
    answer(&auth, &challenge(CHALLENGE));
    assert!(answer(&auth, &challenge(CHALLENGE)).contains("nc=00000002"));
    let new = challenge(r#"Digest realm="r", nonce="m", qop="auth""#);
    assert!(answer(&auth, &new).contains("nc=00000001"));
}

#[test]
fn cookies_of_the_challenge_go_along() {
    let mut headers = challenge(CHALLENGE);
    headers.append(SET_COOKIE, HeaderValue::from_static("a=1"));
    let auth = DigestAuth::new(b"user", b"pass");
    let status = StatusCode::UNAUTHORIZED;
    let answer = auth.answer(&Method::GET, &url(), status, &headers);
    let cookie = answer.expect("a good challenge").expect("an answer").cookie;
    assert_eq!(cookie, Some(HeaderValue::from_static("a=1")));
}

#[test]
fn what_cannot_be_answered_is_refused_and_forgotten() {
    let auth = DigestAuth::new(b"user", b"pass");
    for (text, kind) in [
        ("Digest realm=r", Kind::RemoteProtocol),
        (
            "Digest realm=r, nonce=n, algorithm=ROT13",
            Kind::RemoteProtocol,
        ),
        ("Digest realm=r, nonce=n, qop=other", Kind::RemoteProtocol),
        (
            "Digest realm=r, nonce=n, qop=auth-int",
            Kind::NotImplemented,
        ),
    ] {
        let status = StatusCode::UNAUTHORIZED;
        let error = auth.answer(&Method::GET, &url(), status, &challenge(text));
        assert_eq!(error.expect_err(text).kind(), kind, "{text}");
        assert_eq!(preempt(&auth), None, "{text}");
    }
}

#[test]
fn a_user_name_with_a_line_break_is_refused() {
    let auth = DigestAuth::new(b"user\r\nInjected: 1", b"pass");
    let status = StatusCode::UNAUTHORIZED;
    let error = auth.answer(&Method::GET, &url(), status, &challenge(CHALLENGE));
    assert_eq!(error.expect_err("a line break").kind(), Kind::LocalProtocol);
}

#[test]
fn nothing_secret_is_shown_for_debugging() {
    let auth = DigestAuth::new(b"user", b"s3cret");
    assert!(!format!("{auth:?}").contains("s3cret"));
    let status = StatusCode::UNAUTHORIZED;
    let answer = auth.answer(&Method::GET, &url(), status, &challenge(CHALLENGE));
    assert!(!format!("{answer:?}").contains("response"));
}
