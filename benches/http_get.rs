//! What a GET costs: plain hyper, this engine, and a script that uses `httpx`, in one run.
//!
//! Keep-alive GETs of 200 bytes over loopback, server on one core and clients on another (on
//! Linux), A B A B …, five rounds, medians. Only the ratios say something: the figures move from
//! machine to machine and from run to run.
//!
//! `cargo bench --ignore-rust-version --bench http_get`

mod support;

use std::convert::Infallible;
use std::process::Command;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper_util::rt::TokioIo;
use tauraro::engine::http::headers::HeaderList;
use tauraro::engine::http::{HttpTransport, Request, TransportConfig, Url};
use tokio::net::{TcpListener, TcpStream};

use support::pin_to;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;
const REQUESTS: usize = 5_000;
const BODY: [u8; 200] = [b'1'; 200];
const CLIENT_CORE: usize = 0;
const SERVER_CORE: usize = 1;

/// Prints the microseconds of one request: one after another, and 100 at once.
const SCRIPT: &str = r#"
import asyncio, sys, time
import httpx

url, kind, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

def blocking():
    with httpx.Client() as client:
        client.get(url)
        started = time.perf_counter()
        for _ in range(count):
            client.get(url).content
        return time.perf_counter() - started

async def awaited():
    async with httpx.AsyncClient() as client:
        await client.get(url)
        started = time.perf_counter()
        for _ in range(count):
            (await client.get(url)).content
        return time.perf_counter() - started

async def gathered():
    async with httpx.AsyncClient() as client:
        await asyncio.gather(*[client.get(url) for _ in range(100)])
        started = time.perf_counter()
        for _ in range(count // 100):
            await asyncio.gather(*[client.get(url) for _ in range(100)])
        return time.perf_counter() - started

seconds = blocking() if kind == "blocking" else asyncio.run(globals()[kind]())
print(seconds / count * 1e6)
"#;

fn main() {
    let port = serve();
    pin_to(CLIENT_CORE);
    let url = format!("http://127.0.0.1:{port}/");
    let engine = HttpTransport::new(TransportConfig::default());
    let mut contenders = [
        Contender::new("plain hyper", || run(plain_hyper(port))),
        Contender::new("engine", || run(with_engine(&engine, &url))),
        Contender::new("httpx.Client", || script(&url, "blocking")),
        Contender::new("httpx.AsyncClient", || script(&url, "awaited")),
        Contender::new("gather of 100", || script(&url, "gathered")),
    ];
    for _ in 0..ROUNDS {
        contenders.iter_mut().for_each(Contender::measure);
    }
    let limit = contenders[0].median();
    println!("{:<20} {:>10} {:>12}", "one GET", "us", "/ hyper");
    for contender in &mut contenders {
        let (name, figure) = (contender.name, contender.median());
        println!("{name:<20} {figure:>10.1} {:>12.2}", figure / limit);
    }
}

/// One way of sending GETs, and the microseconds of each round.
struct Contender<'a> {
    name: &'static str,
    round: Box<dyn FnMut() -> f64 + 'a>,
    figures: Vec<f64>,
}

impl<'a> Contender<'a> {
    fn new(name: &'static str, round: impl FnMut() -> f64 + 'a) -> Self {
        Self {
            name,
            round: Box::new(round),
            figures: Vec::new(),
        }
    }

    fn measure(&mut self) {
        let figure = (self.round)();
        self.figures.push(figure);
    }

    fn median(&mut self) -> f64 {
        self.figures.sort_by(f64::total_cmp);
        self.figures[self.figures.len() / 2]
    }
}

fn run(future: impl Future<Output = f64>) -> f64 {
    runtime().block_on(future)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The header fields that httpx sends, so that all send the same.
fn header_fields() -> HeaderMap {
    let mut fields = HeaderMap::new();
    fields.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    fields.insert(header::CONNECTION, HeaderValue::from_static("keep-alive"));
    fields.insert(header::USER_AGENT, HeaderValue::from_static("bench/1"));
    fields
}

async fn plain_hyper(port: u16) -> f64 {
    let stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("a connection");
    stream.set_nodelay(true).expect("TCP_NODELAY");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .expect("a handshake");
    tokio::spawn(connection);
    let host = HeaderValue::from_str(&format!("127.0.0.1:{port}")).expect("a host");
    let started = Instant::now();
    for _ in 0..REQUESTS {
        let mut request = http::Request::new(Empty::<Bytes>::new());
        request.headers_mut().insert(header::HOST, host.clone());
        request.headers_mut().extend(header_fields());
        sender.ready().await.expect("a connection that is ready");
        let response = sender.send_request(request).await.expect("a response");
        let body = response.into_body().collect().await.expect("a body");
        assert_eq!(body.to_bytes().len(), BODY.len());
    }
    microseconds(started)
}

async fn with_engine(client: &HttpTransport, url: &str) -> f64 {
    let started = Instant::now();
    for _ in 0..REQUESTS {
        let url = Url::parse(url).expect("a URL");
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = HeaderList::from(&header_fields());
        let mut response = client.send(request).await.expect("a response");
        let body = response.body.read_to_end().await.expect("a body");
        assert_eq!(body.len(), BODY.len());
    }
    microseconds(started)
}

fn microseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e6 / REQUESTS as f64
}

fn script(url: &str, kind: &str) -> f64 {
    let output = Command::new(env!("CARGO_BIN_EXE_tauraro"))
        .args(["-c", SCRIPT, url, kind, &REQUESTS.to_string()])
        .output()
        .expect("tauraro runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("{kind}: {text}{errors}"))
}

/// A hyper server on a thread and core of its own; it ends with the process.
fn serve() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    listener
        .set_nonblocking(true)
        .expect("a listener that does not block");
    std::thread::spawn(move || {
        pin_to(SERVER_CORE);
        runtime().block_on(accept(listener))
    });
    port
}

async fn accept(listener: std::net::TcpListener) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    loop {
        let (stream, _) = listener.accept().await.expect("a client");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        let answer = hyper::service::service_fn(|_| async {
            Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from_static(&BODY))))
        });
        tokio::spawn(async move {
            // A client that is done closes the connection.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}
