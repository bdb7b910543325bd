//! Multipart bodies: their bytes, their length, and sending them again.

mod engine_support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use engine_support::*;
use http::Method;
use tauraro::engine::http::multipart::{Boundary, Multipart, Part, PartSource};
use tauraro::engine::http::{BodySource, Request, Url};
use tauraro::engine::{BoxError, Kind};

/// A file of such chunks, which counts how often it was opened.
struct Chunks {
    chunks: Vec<Result<&'static str, &'static str>>,
    length: Option<u64>,
    opened: Arc<AtomicUsize>,
}

impl Chunks {
    fn of(chunks: &[&'static str]) -> Self {
        let length = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        Self {
            chunks: chunks.iter().copied().map(Ok).collect(),
            length: Some(length),
            opened: Arc::default(),
        }
    }
}

impl PartSource for Chunks {
    fn content_length(&self) -> Option<u64> {
        self.length
    }

    fn open(&self) -> Box<dyn BodySource> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        Box::new(Reading {
            chunks: self.chunks.clone().into_iter(),
            is_pending: true,
        })
    }
}

/// Each chunk is waited for once.
struct Reading {
    chunks: std::vec::IntoIter<Result<&'static str, &'static str>>,
    is_pending: bool,
}

impl BodySource for Reading {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        self.is_pending = !self.is_pending;
        if !self.is_pending {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let chunk = self.chunks.next();
        Poll::Ready(chunk.map(|it| it.map(Bytes::from).map_err(Into::into)))
    }

    fn content_length(&self) -> Option<u64> {
        None
    }
}

fn boundary() -> Boundary {
    let content_type = b"multipart/form-data; boundary=B";
    let boundary = Boundary::from_content_type(content_type).expect("a valid boundary");
    boundary.expect("a boundary")
}

/// The chunks of a body, or the error that it ends with.
fn chunks(mut source: Box<dyn BodySource>) -> Result<Vec<Bytes>, BoxError> {
    let mut chunks = Vec::new();
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        match source.poll_chunk(&mut cx) {
            Poll::Pending => {}
            Poll::Ready(Some(chunk)) => chunks.push(chunk?),
            Poll::Ready(None) => return Ok(chunks),
        }
    }
}

fn text(source: Box<dyn BodySource>) -> String {
    let all = chunks(source).expect("a body that can be read").concat();
    String::from_utf8(all).expect("UTF-8")
}

#[test]
fn parts_follow_each_other_between_boundaries() {
    let file = Chunks::of(&["some", " content"]);
    let parts = vec![
        Part::field("a", "1"),
        Part::file("b", Some("n.txt"), "2")
            .with_header(b"Content-Type", b"text/plain")
            .expect("a header field"),
        Part::source("c", None, Arc::new(file)),
    ];
    let form = Multipart::new(parts, boundary());
    let expected = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
         --B\r\nContent-Disposition: form-data; name=\"b\"; filename=\"n.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n2\r\n\
         --B\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\nsome content\r\n--B--\r\n";
    assert_eq!(text(form.source()), expected);
    assert_eq!(form.content_length(), Some(expected.len() as u64));
    assert_eq!(form.content_type(), "multipart/form-data; boundary=B");
}

#[test]
fn a_form_without_parts_is_its_end() {
    let form = Multipart::new(Vec::new(), boundary());
    assert_eq!(text(form.source()), "--B--\r\n");
    assert_eq!(form.content_length(), Some(7));
}

#[test]
fn one_part_of_unknown_length_makes_the_length_unknown() {
    let mut file = Chunks::of(&["x"]);
    file.length = None;
    let parts = vec![
        Part::field("a", "1"),
        Part::source("b", None, Arc::new(file)),
    ];
    assert_eq!(Multipart::new(parts, boundary()).content_length(), None);
}

#[test]
fn large_content_in_memory_is_not_copied() {
    let content = Bytes::from(vec![b'x'; 1 << 20]);
    let form = Multipart::new(vec![Part::field("a", content.clone())], boundary());
    let chunks = chunks(form.source()).expect("a body");
    assert!(chunks.iter().any(|it| it.as_ptr() == content.as_ptr()));
    assert_eq!(form.content_length(), Some(chunks.concat().len() as u64));
}

#[test]
fn a_file_is_opened_when_its_turn_comes_and_once_a_time() {
    let file = Chunks::of(&["x"]);
    let opened = file.opened.clone();
    let form = Multipart::new(vec![Part::source("a", None, Arc::new(file))], boundary());
    let source = form.source();
    assert_eq!(opened.load(Ordering::Relaxed), 0);
    let again = source.replay().expect("a form can be replayed");
    assert_eq!(text(source), text(again));
    assert_eq!(opened.load(Ordering::Relaxed), 2);
}

#[test]
fn a_replay_starts_anew_wherever_the_first_stands() {
    let file = Chunks::of(&["one", "two"]);
    let form = Multipart::new(vec![Part::source("a", None, Arc::new(file))], boundary());
    let expected = text(form.source());
    let mut source = form.source();
    let mut cx = Context::from_waker(Waker::noop());
    assert!(source.poll_chunk(&mut cx).is_ready());
    assert_eq!(text(source.replay().expect("a replay")), expected);
}

#[test]
fn what_a_file_fails_with_ends_the_body() {
    let mut file = Chunks::of(&["x"]);
    file.chunks.push(Err("the disk is gone"));
    let form = Multipart::new(vec![Part::source("a", None, Arc::new(file))], boundary());
    let error = chunks(form.source()).expect_err("an error");
    assert_eq!(error.to_string(), "the disk is gone");
}

#[test]
fn a_header_field_that_would_inject_another_is_refused() {
    let part = Part::field("a", "").with_header(b"X-A", b"1\r\nX-B: 2");
    assert_eq!(part.expect_err("a refusal").kind(), Kind::LocalProtocol);
}

#[test]
fn a_form_goes_over_the_wire_with_its_length() {
    let (seen, requests) = mpsc::channel();
    let seen = Mutex::new(seen);
    let server = Server::start(move |peer, _| {
        while let Some(request) = peer.request() {
            let sender = seen.lock().expect("the only server");
            sender.send(request).expect("a test that waits");
            peer.ok("ok");
        }
    });
    let file = Chunks::of(&["some", " content"]);
    let form = Multipart::new(vec![Part::source("a", None, Arc::new(file))], boundary());
    let url = Url::parse(&server.url()).expect("a URL");
    let mut request = Request::new(Method::POST, url);
    request.body = form.body();
    run(async { client().send(request).await }).expect("a response");
    let request = requests.recv().expect("a request");
    let length = form.content_length().expect("a length");
    let field = format!("content-length: {length}\r\n");
    assert!(request.contains(&field), "{request}");
}
