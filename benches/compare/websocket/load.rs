//! The load on the servers of contenders, by plain tokio-tungstenite.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::generate_request;

use super::broadcast;
use super::client::{Client, TEXT, connect, exchange, open, receive};
use super::frames;
use super::memory::Watched;
use super::serving::raise_descriptors;
use crate::cost::{self, Cost};
use crate::options::Task;
use crate::plain::{runtime, timed};

/// Idle, or listening to a broadcast.
pub(super) const MANY: usize = 10_000;
/// Connections that are opened at once, so that none overruns the server's backlog.
const OPENED: usize = 100;

/// A million messages and 100,000 connections.
const SOAK_MESSAGES: f64 = 1e6;
const SOAK_CYCLES: f64 = 1e5;

/// How long a peer that does not read is given to fill all buffers.
const STALLED: Duration = Duration::from_secs(3);

/// What one operation of a case costs the server with that `pid`.
pub(crate) fn measure(task: &Task, pid: u32) -> Cost {
    raise_descriptors();
    runtime().block_on(async {
        let (started, cpu) = (Instant::now(), cost::cpu_time(pid));
        let figure = match task.case.as_str() {
            "ping-pong" => frames::ping_pong(task).await,
            "large" => frames::large(task).await,
            "cycles" => {
                timed(task.seconds, async || cycle(&task.url).await)
                    .await
                    .figure
            }
            "broadcast-rate" => broadcast::rate(task).await,
            _ => return Cost::of(fixed(task, pid).await),
        };
        // Of the time that an operation takes, the share in which the server was at work.
        let busy = cost::cpu_time(pid)
            .zip(cpu)
            .map(|(after, before)| after - before);
        let busy = busy.map(|busy| busy / started.elapsed().as_secs_f64());
        Cost {
            cpu: busy.map(|busy| busy * figure),
            ..Cost::of(figure)
        }
    })
}

/// The cases that are done once: seconds, or bytes of the server's memory.
async fn fixed(task: &Task, pid: u32) -> f64 {
    let server = Watched::new(pid);
    match task.case.as_str() {
        "idle" => idle(task, &server).await,
        "idle-deflate" => idle_with_deflate(task, &server).await,
        "broadcast" => broadcast::largest_gap(task).await,
        "slow-reader" => slow_reader(task, &server).await,
        "soak-messages" => soak_messages(task, &server).await,
        "soak-cycles" => soak_cycles(task, &server).await,
        case => panic!("no case {case:?}"),
    }
}

/// The part of a case of fixed size that is to be done: all of it, unless it has to be quick.
pub(super) fn share(task: &Task, of: f64) -> usize {
    (of * f64::min(2.0 * task.seconds, 1.0)) as usize
}

pub(super) async fn connect_many(url: &str, count: usize) -> Vec<Client> {
    let mut clients = Vec::with_capacity(count);
    while clients.len() < count {
        let more = OPENED.min(count - clients.len());
        clients.extend(join_all((0..more).map(|_| connect(url))).await);
    }
    clients
}

async fn cycle(url: &str) {
    close(connect(url).await).await;
}

/// Both close frames, and the server's end of the TCP connection.
async fn close(mut client: Client) {
    client.close(None).await.expect("a peer");
    while let Some(Ok(_)) = client.next().await {}
}

async fn idle(task: &Task, server: &Watched) -> f64 {
    cycle(&task.url).await;
    let before = server.settled().await;
    let count = share(task, MANY as f64);
    let clients = connect_many(&task.url, count).await;
    let during = server.settled().await;
    drop(clients);
    (during - before) / count as f64
}

/// tungstenite cannot compress. The request is written by hand, and the one message that makes the
/// server use both of its compressors, `{}` in a fixed block, too.
async fn idle_with_deflate(task: &Task, server: &Watched) -> f64 {
    drop(connect_with_deflate(&task.url).await);
    let before = server.settled().await;
    let count = share(task, MANY as f64);
    let mut clients = Vec::with_capacity(count);
    while clients.len() < count {
        let more = OPENED.min(count - clients.len());
        clients.extend(join_all((0..more).map(|_| connect_with_deflate(&task.url))).await);
    }
    let during = server.settled().await;
    drop(clients);
    (during - before) / count as f64
}

async fn connect_with_deflate(url: &str) -> TcpStream {
    /// Final, compressed, text, masked with zeros: `{}` and a flush, without its last four bytes.
    const MESSAGE: [u8; 10] = [0xC1, 0x84, 0, 0, 0, 0, 0xAA, 0xAE, 0x05, 0x00];
    let mut stream = open(url).await;
    let mut request = url.into_client_request().expect("a URL");
    let extensions = "permessage-deflate; client_max_window_bits".parse();
    let fields = request.headers_mut();
    fields.insert("Sec-WebSocket-Extensions", extensions.expect("a value"));
    let (request, _) = generate_request(request).expect("a request");
    stream.write_all(&request).await.expect("a peer");
    let head = read_until(&mut stream, |read| read.ends_with(b"\r\n\r\n")).await;
    let head = String::from_utf8_lossy(&head).into_owned();
    assert!(head.contains("permessage-deflate"), "{head}");
    stream.write_all(&MESSAGE).await.expect("a peer");
    // Header and content of the answer, which is as short.
    read_until(&mut stream, |read| {
        read.len() > 2 && read.len() >= 2 + usize::from(read[1])
    })
    .await;
    stream
}

/// Byte by byte: nothing may be read too much.
async fn read_until(stream: &mut TcpStream, is_complete: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    use tokio::io::AsyncReadExt as _;
    let mut read = Vec::new();
    while !is_complete(&read) {
        read.push(stream.read_u8().await.expect("an answer"));
    }
    read
}

/// By how many bytes a server grows that goes on sending to a client that does not read.
async fn slow_reader(task: &Task, server: &Watched) -> f64 {
    let url = format!("{}flood", task.url);
    let mut first = connect(&url).await;
    receive(&mut first).await;
    drop(first);
    let before = server.settled().await;
    let client = connect(&url).await;
    tokio::time::sleep(STALLED).await;
    let during = server.settled().await;
    drop(client);
    during - before
}

async fn soak_messages(task: &Task, server: &Watched) -> f64 {
    let mut clients = connect_many(&task.url, frames::TOGETHER).await;
    let each = share(task, SOAK_MESSAGES / 10.0) / frames::TOGETHER;
    server
        .growth(async || {
            let talks = clients.iter_mut().map(|client| async move {
                for _ in 0..each {
                    exchange(client, Message::text(TEXT)).await;
                }
            });
            join_all(talks).await;
        })
        .await
}

async fn soak_cycles(task: &Task, server: &Watched) -> f64 {
    let each = share(task, SOAK_CYCLES / 10.0);
    server
        .growth(async || {
            for _ in 0..each {
                let mut client = connect(&task.url).await;
                exchange(&mut client, Message::text(TEXT)).await;
                close(client).await;
            }
        })
        .await
}
