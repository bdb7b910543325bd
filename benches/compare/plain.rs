//! The contender that is nothing but hyper on a current-thread runtime: the limit.
//!
//! It sends the header fields that httpx sends, and does not parse what it receives.

use std::time::Instant;

use bytes::Bytes;
use futures_util::future::join_all;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT,
};
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use crate::memory::{CONNECTIONS, settled};
use crate::options::Task;
use crate::server::{DOWNLOAD, JSON};

/// Requests at once, as in `scripts/measure.py`.
const GATHERED: usize = 100;

pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// What one operation of a case costs: seconds, or bytes of memory.
pub(crate) fn measure(task: &Task) -> f64 {
    runtime().block_on(async {
        match task.case.as_str() {
            "get" | "async-get" => get(task).await,
            "gather" => gather(task).await / GATHERED as f64,
            "post" => post(task).await,
            "content" => content(task).await,
            "iter-bytes" => frames(task).await,
            "in-flight" => in_flight(&task.url).await,
            "idle" => idle(&task.url).await,
            case => panic!("no case {case:?}"),
        }
    })
}

/// Does `operation` for about so many seconds; returns what one takes. As `scripts/measure.py`.
pub(crate) async fn timed(seconds: f64, mut operation: impl AsyncFnMut()) -> f64 {
    const BATCH: u32 = 100;
    const WARM_UP: f64 = 0.01;
    let mut elapsed = async |least: f64, batch: u32| {
        let (started, mut done) = (Instant::now(), 0);
        loop {
            for _ in 0..batch {
                operation().await;
            }
            done += batch;
            let elapsed = started.elapsed().as_secs_f64();
            if elapsed >= least {
                return elapsed / f64::from(done);
            }
        }
    };
    let estimate = elapsed(WARM_UP, 1).await;
    let batch = if estimate > WARM_UP { 1 } else { BATCH };
    elapsed(seconds, batch).await
}

async fn get(task: &Task) -> f64 {
    let mut client = Client::connect(&task.url).await;
    timed(task.seconds, async || {
        let body = client.fetch("/json").await;
        assert_eq!(body.len(), JSON.len());
    })
    .await
}

async fn post(task: &Task) -> f64 {
    let mut client = Client::connect(&task.url).await;
    timed(task.seconds, async || {
        let body = client.read(client.post("/post", JSON)).await;
        assert_eq!(body.len(), JSON.len());
    })
    .await
}

async fn gather(task: &Task) -> f64 {
    let mut clients = connect_many(&task.url, GATHERED).await;
    timed(task.seconds, async || {
        let bodies = join_all(clients.iter_mut().map(|it| it.fetch("/json"))).await;
        assert!(bodies.iter().all(|body| body.len() == JSON.len()));
    })
    .await
}

async fn content(task: &Task) -> f64 {
    let mut client = Client::connect(&task.url).await;
    timed(task.seconds, async || {
        let body = client.fetch("/download").await;
        assert_eq!(body.len(), DOWNLOAD);
    })
    .await
}

/// As the frames come; none is kept.
async fn frames(task: &Task) -> f64 {
    let mut client = Client::connect(&task.url).await;
    timed(task.seconds, async || {
        let mut body = client.send(client.get("/download")).await;
        let mut received = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.expect("a frame");
            received += frame.data_ref().map_or(0, Bytes::len);
        }
        assert_eq!(received, DOWNLOAD);
    })
    .await
}

async fn in_flight(url: &str) -> f64 {
    let mut control = Client::connect(url).await;
    let before = settled().await;
    let held = hold(&mut control, url).await;
    let during = settled().await;
    control.fetch("/release").await;
    held.await.expect("the requests");
    (during - before) / CONNECTIONS as f64
}

async fn idle(url: &str) -> f64 {
    let mut control = Client::connect(url).await;
    let before = settled().await;
    let held = hold(&mut control, url).await;
    control.fetch("/release").await;
    let clients = held.await.expect("the requests");
    let after = settled().await;
    drop(clients);
    (after - before) / CONNECTIONS as f64
}

/// Sends requests that the server holds back, and waits until it has them all.
async fn hold(control: &mut Client, url: &str) -> tokio::task::JoinHandle<Vec<Client>> {
    let clients = connect_many(url, CONNECTIONS).await;
    let held = clients.into_iter().map(|mut client| async move {
        client.fetch("/hold").await;
        client
    });
    let held = tokio::spawn(join_all(held));
    control.fetch(&format!("/held/{CONNECTIONS}")).await;
    held
}

async fn connect_many(url: &str, count: usize) -> Vec<Client> {
    join_all((0..count).map(|_| Client::connect(url))).await
}

/// One connection.
struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Client {
    async fn connect(url: &str) -> Self {
        let address = url.trim_start_matches("http://");
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.expect("a handshake");
        tokio::spawn(connection);
        let host = HeaderValue::from_str(address).expect("a host");
        Self { sender, host }
    }

    fn get(&self, path: &str) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::default());
        *request.uri_mut() = path.parse().expect("a path");
        let fields = request.headers_mut();
        fields.insert(HOST, self.host.clone());
        fields.insert(ACCEPT, HeaderValue::from_static("*/*"));
        let encodings = HeaderValue::from_static("gzip, deflate, br, zstd");
        fields.insert(ACCEPT_ENCODING, encodings);
        fields.insert(CONNECTION, HeaderValue::from_static("keep-alive"));
        fields.insert(USER_AGENT, HeaderValue::from_static("plain-hyper/1"));
        request
    }

    fn post(&self, path: &str, body: &'static str) -> Request<Full<Bytes>> {
        let mut request = self.get(path);
        *request.method_mut() = Method::POST;
        *request.body_mut() = Full::from(body);
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        request
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Incoming {
        self.sender
            .ready()
            .await
            .expect("a connection that is ready");
        let response = self.sender.send_request(request).await;
        response.expect("a response").into_body()
    }

    async fn read(&mut self, request: Request<Full<Bytes>>) -> Bytes {
        let body = self.send(request).await.collect().await;
        body.expect("a body").to_bytes()
    }

    async fn fetch(&mut self, path: &str) -> Bytes {
        self.read(self.get(path)).await
    }
}
