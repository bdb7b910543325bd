//! Request bodies over HTTP/2.

mod engine_support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll};

use bytes::Bytes;
use engine_support::http2::{self, Server, begin, client, read_body};
use engine_support::{get, read, request, run, until};
use http::Method;
use tauraro::engine::http::{Body, BodySource, Request, Stats};
use tauraro::engine::{BoxError, Kind};
use tokio::sync::Notify;

/// Gives `chunks` chunks of `size` bytes, waits once before each, and ends as told.
struct Source {
    left: usize,
    size: usize,
    length: Option<u64>,
    failure: Option<BoxError>,
    taken: Arc<AtomicUsize>,
    waited: bool,
}

impl Source {
    fn new(chunks: usize, size: usize) -> Self {
        Self {
            left: chunks,
            size,
            length: None,
            failure: None,
            taken: Arc::default(),
            waited: false,
        }
    }
}

impl BodySource for Source {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        self.waited = !self.waited;
        if self.waited {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.left == 0 {
            return Poll::Ready(self.failure.take().map(Err));
        }
        self.left -= 1;
        self.taken.fetch_add(1, SeqCst);
        Poll::Ready(Some(Ok(Bytes::from(vec![b'x'; self.size]))))
    }

    fn content_length(&self) -> Option<u64> {
        self.length
    }
}

fn upload(url: &str, source: Source) -> Request {
    let mut request = request(Method::POST, url);
    request.body = Body::Stream(Box::new(source));
    request
}

/// Answers with the number of bytes that came.
fn counter() -> Server {
    Server::answering(|(request, mut respond)| async move {
        let count = read_body(&mut request.into_body()).await.len();
        let mut stream = begin(&mut respond);
        let _ = stream.send_data(count.to_string().into(), true);
    })
}

#[test]
fn bodies_arrive_whole() {
    let server = counter();
    let client = client();
    run(async {
        for (chunks, size) in [(0, 0), (1, 1), (3, 5), (50, 100_000), (2, 3_000_000)] {
            for length in [None, Some((chunks * size) as u64)] {
                let mut source = Source::new(chunks, size);
                source.length = length;
                let mut response = client.send(upload(&server.url(), source)).await.unwrap();
                let count = read(&mut response.body).await.unwrap();
                assert_eq!(count, (chunks * size).to_string());
            }
        }
        let mut whole = request(Method::PUT, &server.url());
        whole.body = Body::Bytes(Bytes::from(vec![0; 3_000_000]));
        let mut response = client.send(whole).await.unwrap();
        assert_eq!(read(&mut response.body).await.unwrap(), "3000000");
    });
    assert_eq!(server.counts().accepted(), 1);
}

#[test]
fn an_error_of_the_source_comes_out_unchanged_and_resets_the_stream_alone() {
    let server = counter();
    let client = client();
    run(async {
        let mut source = Source::new(2, 10);
        source.failure = Some("the disk is full".into());
        let error = client
            .send(upload(&server.url(), source))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::User);
        assert_eq!(error.to_string(), "the disk is full");
        for length in [15, 25] {
            let mut source = Source::new(2, 10);
            source.length = Some(length);
            let error = client
                .send(upload(&server.url(), source))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), Kind::LocalProtocol, "{error}");
        }
        client.send(get(&server.url())).await.unwrap();
    });
    assert_eq!(server.counts().accepted(), 1);
    assert_eq!(client.stats(), Stats { open: 1, idle: 1 });
}

#[test]
fn a_source_is_asked_for_no_more_than_the_peer_takes() {
    const CHUNK: usize = 10_000;
    let go_on = Arc::new(Notify::new());
    let told = go_on.clone();
    let server = Server::answering(move |(request, mut respond)| {
        let told = told.clone();
        async move {
            let mut stream = begin(&mut respond);
            let mut body = request.into_body();
            while body.flow_control().used_capacity() < 60_000 {
                tokio::task::yield_now().await;
            }
            http2::send(&mut stream, Bytes::from_static(b"full")).await;
            told.notified().await;
            let count = read_body(&mut body).await.len();
            let _ = stream.send_data(count.to_string().into(), true);
        }
    });
    run(async {
        let source = Source::new(1000, CHUNK);
        let taken = source.taken.clone();
        let mut response = client().send(upload(&server.url(), source)).await.unwrap();
        assert_eq!(response.body.chunk().await.unwrap().unwrap(), "full");
        // The initial window is 65,535 bytes, and one chunk waits.
        let taken_early = taken.load(SeqCst);
        assert!(taken_early <= 65_535 / CHUNK + 2, "{taken_early} chunks");
        go_on.notify_one();
        assert_eq!(read(&mut response.body).await.unwrap(), "10000000");
        assert_eq!(taken.load(SeqCst), 1000);
    });
}

#[test]
fn an_early_answer_ends_an_upload_that_the_server_does_not_want() {
    let server = Server::answering(|(request, mut respond)| async move {
        drop(request);
        let mut stream = begin(&mut respond);
        let _ = stream.send_data(Bytes::from_static(b"no"), true);
    });
    let client = client();
    run(async {
        for _ in 0..3 {
            let source = Source::new(usize::MAX, 1000);
            let mut response = client.send(upload(&server.url(), source)).await.unwrap();
            assert_eq!(read(&mut response.body).await.unwrap(), "no");
        }
        until(|| client.stats() == Stats { open: 1, idle: 1 }).await;
    });
    assert_eq!(server.counts().accepted(), 1);
}
