//! Load that costs the loading side next to nothing, so that the server is what is measured: frames
//! that are ready, and answers that are only counted.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, coding::Data, coding::OpCode};

use super::client::TEXT;
use super::load::connect_many;
use crate::options::Task;

/// In ping-pong at once.
pub(super) const TOGETHER: usize = 100;
/// Enough to keep a server busy.
const WITH_LARGE: usize = 4;
const LARGE: usize = 1 << 20;
const WARM_UP: f64 = 0.1;

/// Seconds for each message of 64 bytes.
pub(super) async fn ping_pong(task: &Task) -> f64 {
    measure(task, TOGETHER, Data::Text, TEXT.as_bytes()).await
}

/// Seconds for each message of 1 MiB.
pub(super) async fn large(task: &Task) -> f64 {
    measure(task, WITH_LARGE, Data::Binary, &vec![b'x'; LARGE]).await
}

async fn measure(task: &Task, together: usize, opcode: Data, payload: &[u8]) -> f64 {
    let clients = connect_many(&task.url, together).await;
    let mut streams: Vec<_> = clients.into_iter().map(|it| it.into_inner()).collect();
    let frame = masked(opcode, payload);
    // The answer has no mask, which has four bytes.
    let answer = frame.len() - 4;
    talk_for(&mut streams, WARM_UP, &frame, answer).await;
    let started = Instant::now();
    let messages = talk_for(&mut streams, task.seconds, &frame, answer).await;
    started.elapsed().as_secs_f64() / messages as f64
}

/// A client's frame on the wire.
fn masked(opcode: Data, payload: &[u8]) -> Vec<u8> {
    let mut frame = Frame::message(payload.to_vec(), OpCode::Data(opcode), true);
    frame.header_mut().mask = Some([0x37, 0xFA, 0x21, 0x3D]);
    let mut wire = Vec::new();
    frame.format(&mut wire).expect("room for a frame");
    wire
}

/// Each sends when it has received. Returns the number of exchanges.
async fn talk_for(streams: &mut [TcpStream], seconds: f64, frame: &[u8], answer: usize) -> usize {
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let talks = streams.iter_mut().map(|stream| async move {
        let mut buffer = vec![0; answer.min(1 << 16)];
        let mut done = 0;
        while Instant::now() < end {
            stream.write_all(frame).await.expect("a peer");
            skip(stream, answer, &mut buffer).await;
            done += 1;
        }
        done
    });
    join_all(talks).await.into_iter().sum()
}

async fn skip(stream: &mut TcpStream, mut count: usize, buffer: &mut [u8]) {
    while count > 0 {
        let room = count.min(buffer.len());
        let read = stream.read(&mut buffer[..room]).await.expect("a peer");
        assert_ne!(read, 0, "the server has gone away");
        count -= read;
    }
}
