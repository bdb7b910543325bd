//! What a download costs: plain hyper that collects its frames, and this engine, in one run.
//!
//! 100 MiB with a Content-Length over loopback, server on one core and clients on another (on
//! Linux), A B A B …, medians. Besides the time that passes, the client's CPU time is shown: it
//! depends less on what else the machine does. Only the ratios say something.
//!
//! `cargo bench --ignore-rust-version --bench http_download`

mod support;

use std::io::{Read as _, Write as _};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use tauraro::engine::http::{HttpTransport, Request, TransportConfig, Url};
use tokio::net::TcpStream;

use support::pin_to;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 11;
const SIZE: usize = 100 << 20;
const CLIENT_CORE: usize = 0;
const SERVER_CORE: usize = 1;

fn main() {
    let port = serve();
    pin_to(CLIENT_CORE);
    let url = format!("http://127.0.0.1:{port}/");
    let engine = HttpTransport::new(TransportConfig::default());
    let mut contenders = [
        Contender::new("plain hyper, collect", || run(plain_hyper(port))),
        Contender::new("engine, read_to_end", || run(whole(&engine, &url))),
        Contender::new("engine, chunk", || run(in_chunks(&engine, &url))),
    ];
    for _ in 0..ROUNDS {
        contenders.iter_mut().for_each(Contender::measure);
    }
    let limit = contenders[0].medians();
    println!(
        "{:<22} {:>9} {:>9} {:>9} {:>9}",
        "100 MiB", "ms", "/ hyper", "CPU ms", "/ hyper"
    );
    for contender in &mut contenders {
        let [wall, cpu] = contender.medians();
        let (of_wall, of_cpu) = (wall / limit[0], cpu / limit[1]);
        let name = contender.name;
        println!("{name:<22} {wall:>9.1} {of_wall:>9.2} {cpu:>9.1} {of_cpu:>9.2}");
    }
}

/// One way of downloading, and the milliseconds and CPU milliseconds of each round.
struct Contender<'a> {
    name: &'static str,
    round: Box<dyn FnMut() + 'a>,
    figures: [Vec<f64>; 2],
}

impl<'a> Contender<'a> {
    fn new(name: &'static str, round: impl FnMut() + 'a) -> Self {
        Self {
            name,
            round: Box::new(round),
            figures: Default::default(),
        }
    }

    fn measure(&mut self) {
        let (started, cpu) = (Instant::now(), cpu_milliseconds());
        (self.round)();
        self.figures[0].push(started.elapsed().as_secs_f64() * 1e3);
        self.figures[1].push(cpu_milliseconds() - cpu);
    }

    fn medians(&mut self) -> [f64; 2] {
        self.figures.each_mut().map(|figures| {
            figures.sort_by(f64::total_cmp);
            figures[figures.len() / 2]
        })
    }
}

/// CPU time of the calling thread.
fn cpu_milliseconds() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is valid for the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn run(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future);
}

async fn plain_hyper(port: u16) {
    let stream = TcpStream::connect(("127.0.0.1", port)).await;
    let stream = TokioIo::new(stream.expect("a connection"));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream)
        .await
        .expect("a handshake");
    tokio::spawn(connection);
    let mut request = http::Request::new(Empty::<Bytes>::new());
    let host = HeaderValue::from_static("localhost");
    request.headers_mut().insert(header::HOST, host);
    let response = sender.send_request(request).await.expect("a response");
    let body = response.into_body().collect().await.expect("a body");
    assert_eq!(body.to_bytes().len(), SIZE);
}

fn get(url: &str) -> Request {
    Request::new(Method::GET, Url::parse(url).expect("a URL"))
}

async fn whole(client: &HttpTransport, url: &str) {
    let mut response = client.send(get(url)).await.expect("a response");
    let body = response.body.read_to_end().await.expect("a body");
    assert_eq!(body.len(), SIZE);
}

async fn in_chunks(client: &HttpTransport, url: &str) {
    let mut response = client.send(get(url)).await.expect("a response");
    let mut received = 0;
    while let Some(chunk) = response.body.chunk().await.expect("a chunk") {
        received += chunk.len();
    }
    assert_eq!(received, SIZE);
}

/// A server on a thread and core of its own, one connection at a time; it ends with the process.
fn serve() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        pin_to(SERVER_CORE);
        for stream in listener.incoming() {
            let stream = stream.expect("a client");
            std::thread::spawn(move || answer(stream));
        }
    });
    port
}

fn answer(mut stream: std::net::TcpStream) {
    let block = vec![b'x'; 1 << 20];
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n");
    let mut request = [0; 4096];
    // A client that is done closes the connection.
    while let Ok(1..) = stream.read(&mut request) {
        let sent = stream.write_all(head.as_bytes());
        if sent.is_err() || (0..SIZE / block.len()).any(|_| stream.write_all(&block).is_err()) {
            return;
        }
    }
}
