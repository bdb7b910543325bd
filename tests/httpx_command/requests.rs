//! What each option sends.

use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio_rustls::TlsAcceptor;

use crate::command::{Printed, httpx};
use crate::support::http::HttpServer;
use crate::support::server::ServerThread;
use crate::support::tauraro::Tauraro;
use crate::support::tls::{Authority, Certificate};

#[test]
fn the_method_is_get_or_with_a_body_post_or_what_is_asked_for() {
    let server = HttpServer::start();
    let url = format!("{}/echo", server.url());
    for (arguments, method) in [
        (&[][..], "GET"),
        (&["--content", "text"], "POST"),
        (&["-d", "a", "1"], "POST"),
        (&["-j", "{\"a\": 1}"], "POST"),
        (&["-m", "DELETE"], "DELETE"),
        (&["--method", "PUT", "-c", "text"], "PUT"),
    ] {
        let printed = httpx(&[&[url.as_str()], arguments].concat());
        assert_eq!(printed.echo().get("method"), method, "{arguments:?}");
    }
}

#[test]
fn parameters_become_the_query() {
    let server = HttpServer::start();
    let url = format!("{}/echo", server.url());
    let echo = httpx(&[&url, "-p", "a", "1 2", "--params", "a", "&"]).echo();
    assert_eq!(echo.get("query"), "a=1+2&a=%26");
    let own = format!("{url}?b=3");
    assert_eq!(httpx(&[&own]).echo().get("query"), "b=3");
    let replaced = httpx(&[&own, "-p", "a", "1"]).echo();
    assert_eq!(replaced.get("query"), "a=1");
}

#[test]
fn bodies_are_text_forms_and_json() {
    let server = HttpServer::start();
    let url = format!("{}/echo", server.url());
    let text = httpx(&[&url, "-c", "Grüße"]).echo();
    assert_eq!(text.get("body"), "Grüße");
    let form = httpx(&[&url, "-d", "a", "1", "--data", "b", "2 3"]).echo();
    assert_eq!(form.get("body"), "a=1&b=2+3");
    assert_eq!(
        form.header("content-type"),
        ["application/x-www-form-urlencoded"]
    );
    let json = httpx(&[&url, "--json", "{\"a\": [1, null]}"]).echo();
    assert_eq!(json.get("body"), "{\"a\":[1,null]}");
    assert_eq!(json.header("content-type"), ["application/json"]);
}

#[test]
fn files_are_uploaded_with_their_names() {
    let server = HttpServer::start();
    let url = format!("{}/echo", server.url());
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "what the file says").expect("write a file");
    let path = path.to_str().expect("UTF-8");
    let echo = httpx(&[&url, "-f", "up", path, "-d", "field", "value"]).echo();
    let [content_type] = echo.header("content-type")[..] else {
        panic!("one Content-Type: {echo:?}");
    };
    assert!(
        content_type.starts_with("multipart/form-data; boundary="),
        "{content_type}"
    );
    let body = echo.get("body");
    for part in [
        "name=\"field\"\r\n\r\nvalue\r\n",
        "name=\"up\"; filename=\"notes.txt\"\r\nContent-Type: text/plain\r\n\r\nwhat the file says\r\n",
    ] {
        assert!(body.contains(part), "{body}");
    }
}

#[test]
fn standard_input_can_be_uploaded() {
    let server = HttpServer::start();
    let url = format!("{}/echo", server.url());
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("input");
    std::fs::write(&path, "piped in").expect("write a file");
    let run = Tauraro::module("httpx", &[&url, "-f", "up", "-"])
        .stdin(File::open(&path).expect("open the file"));
    let echo = Printed::of(run).echo();
    assert!(
        echo.get("body").contains("\r\n\r\npiped in\r\n"),
        "{echo:?}"
    );
}

#[test]
fn headers_cookies_and_credentials_are_sent() {
    let server = HttpServer::start();
    let url = format!("{}/echo", server.url());
    let echo = httpx(&[
        &url,
        "-h",
        "X-One",
        "1",
        "--headers",
        "X-One",
        "2",
        "--cookies",
        "a",
        "b",
        "--auth",
        "user",
        "pass",
    ])
    .echo();
    assert_eq!(echo.header("x-one"), ["1", "2"]);
    assert_eq!(echo.header("cookie"), ["a=b"]);
    assert_eq!(echo.header("authorization"), ["Basic dXNlcjpwYXNz"]);
}

#[test]
fn redirects_are_followed_when_asked_for_and_each_answer_is_shown() {
    let server = HttpServer::start();
    let url = format!("{}/redirect", server.url());
    let followed = httpx(&[&url, "--follow-redirects"]);
    let printed = followed.success();
    assert!(printed.starts_with("HTTP/1.1 302 Found\n"), "{printed}");
    assert!(printed.contains("\n\nHTTP/1.1 200 OK\n"), "{printed}");
    assert!(printed.ends_with("\n\nHello, world!\n"), "{printed}");
    let left = httpx(&[&url]);
    assert_eq!(left.code, Some(1));
    assert!(left.stdout.starts_with("HTTP/1.1 302 Found\n"), "{left:?}");
    assert!(left.stdout.contains("location: /\n"), "{left:?}");
}

#[test]
fn verbose_shows_each_request_before_its_response() {
    let server = HttpServer::start();
    let url = format!("{}/redirect?x=1", server.url());
    let printed = httpx(&[&url, "-v", "--follow-redirects", "--auth", "user", "pass"]);
    let lines: Vec<&str> = printed.success().lines().collect();
    let position = |line: &str| lines.iter().position(|it| *it == line);
    let order = [
        position("GET /redirect?x=1 HTTP/1.1"),
        position("Authorization: Basic dXNlcjpwYXNz"),
        position("HTTP/1.1 302 Found"),
        position("GET / HTTP/1.1"),
        position("HTTP/1.1 200 OK"),
        position("Hello, world!"),
    ];
    assert!(order.iter().all(Option::is_some), "{printed:?}");
    assert!(order.is_sorted(), "{printed:?}");
    let host = format!("Host: localhost:{}", server.address().port());
    assert!(position(&host).is_some(), "{printed:?}");
}

#[test]
fn requests_go_through_the_proxy() {
    let proxy = HttpServer::start();
    let printed = httpx(&["http://other.invalid/echo", "--proxy", &proxy.url()]);
    assert_eq!(printed.echo().header("host"), ["other.invalid"]);
}

#[test]
fn a_certificate_is_verified_unless_told_otherwise() {
    let authority = Authority::new();
    let server = authority.start_https(Certificate::UnknownAuthority);
    let refused = httpx(&[&server.url()]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.starts_with("ConnectError: "), "{refused:?}");
    let accepted = httpx(&[&server.url(), "--no-verify"]);
    assert_eq!(accepted.body(), "Hello, world!\n");
}

/// A server that speaks HTTP/2 alone.
fn http2_server(authority: &Authority) -> ServerThread {
    let mut config = (*authority.server_config(Certificate::Good)).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    ServerThread::start("http2", move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let answer = |_| async {
                let response = Response::builder().header("content-type", "text/plain");
                response.body(Full::new(Bytes::from_static(b"by HTTP/2")))
            };
            // The client leaves when it has its answer.
            let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service_fn(answer))
                .await;
        }
    })
}

#[test]
fn http2_is_spoken_with_a_server_that_has_it() {
    let authority = Authority::new();
    let server = http2_server(&authority);
    let printed = httpx(&[&server.url("https"), "--no-verify", "--http2", "-v"]);
    let shown = printed.success();
    assert!(shown.contains("GET / HTTP/2\n"), "{shown}");
    assert!(shown.contains("\nHTTP/2 200 OK\n"), "{shown}");
    assert!(shown.ends_with("\n\nby HTTP/2\n"), "{shown}");
}
