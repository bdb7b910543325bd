//! The echo server, and its client in plain Rust: the limit for every other client.

use std::io;
use std::thread;
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// As in `timed.py`.
const COUNT: u32 = 300;
const SAMPLES: usize = 25;
const ECHOED: [u8; 64] = [b'x'; 64];

/// Starts the server on a thread of its own; it ends with the process. Returns its port.
pub(crate) fn serve() -> u16 {
    let runtime = runtime();
    let listener = runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || runtime.block_on(accept(listener)));
    port
}

async fn accept(listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.expect("a client");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        // A client that is done closes the connection.
        tokio::spawn(send_back(stream));
    }
}

async fn send_back(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            length => stream.write_all(&buffer[..length]).await?,
        }
    }
}

/// A connection to the server.
pub(crate) async fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// What one exchange costs a client that is nothing but tokio, in microseconds.
pub(crate) fn measure_plain(port: u16) -> io::Result<f64> {
    runtime().block_on(async {
        let mut stream = connect(port).await?;
        exchange(&mut stream).await?;
        let mut figures = Vec::new();
        for _ in 0..SAMPLES {
            let started = Instant::now();
            exchange(&mut stream).await?;
            figures.push(started.elapsed().as_secs_f64() / f64::from(COUNT) * 1e6);
        }
        Ok(crate::median(&mut figures))
    })
}

async fn exchange(stream: &mut TcpStream) -> io::Result<()> {
    let mut answer = ECHOED;
    for _ in 0..COUNT {
        stream.write_all(&ECHOED).await?;
        stream.read_exact(&mut answer).await?;
    }
    Ok(())
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
