//! The thread under every server: it accepts, counts panics, and stops on drop.

use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::thread::{self, JoinHandle};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinSet};

/// A listening server on a thread of its own. Dropping it closes its sockets and waits for the
/// thread; if a connection's handler panicked, the drop panics with the same message.
pub struct ServerThread {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerThread {
    /// Listens on 127.0.0.1 and runs `serve` for every connection, all on one new thread.
    pub fn start<Serve, Served>(name: &str, serve: Serve) -> Self
    where
        Serve: Fn(TcpStream) -> Served + Send + 'static,
        Served: Future<Output = ()> + Send + 'static,
    {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("bind a loopback port");
        let address = listener.local_addr().expect("address of the listener");
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(listener, serve, stopped))
            .expect("start the server's thread");
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `scheme://localhost:port`, without a slash at the end.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://localhost:{}", self.address.port())
    }
}

impl Drop for ServerThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        let Some(Err(panic)) = self.thread.take().map(JoinHandle::join) else {
            return;
        };
        // A second panic while the test unwinds would abort the process and hide the first one.
        if !thread::panicking() {
            resume_unwind(panic);
        }
    }
}

fn run<Serve, Served>(listener: std::net::TcpListener, serve: Serve, stopped: oneshot::Receiver<()>)
where
    Serve: Fn(TcpStream) -> Served,
    Served: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("build the server's runtime");
    runtime.block_on(accept(listener, serve, stopped));
}

async fn accept<Serve, Served>(
    listener: std::net::TcpListener,
    serve: Serve,
    mut stopped: oneshot::Receiver<()>,
) where
    Serve: Fn(TcpStream) -> Served,
    Served: Future<Output = ()> + Send + 'static,
{
    listener
        .set_nonblocking(true)
        .expect("make the listener non-blocking");
    let listener = TcpListener::from_std(listener).expect("register the listener");
    let mut connections = JoinSet::new();
    let mut panic = None;
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept() => {
                let (stream, _) = accepted.expect("accept a connection");
                stream.set_nodelay(true).expect("turn Nagle's algorithm off");
                connections.spawn(serve(stream));
            }
            Some(ended) = connections.join_next() => panic = panic.or(panic_of(ended)),
        }
    }
    connections.abort_all();
    while let Some(ended) = connections.join_next().await {
        panic = panic.or(panic_of(ended));
    }
    if let Some(panic) = panic {
        resume_unwind(panic.into_panic());
    }
}

fn panic_of(ended: Result<(), JoinError>) -> Option<JoinError> {
    ended.err().filter(JoinError::is_panic)
}
