//! The server that all contenders ask: plain hyper in a process of its own.

mod answer;
mod documents;
mod gate;
mod tls;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, ExitCode, Stdio};
use std::rc::Rc;
use std::thread;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::task::LocalSet;

use crate::pinning;
use crate::websocket::echo;
use crate::websocket::serving::raise_descriptors;
pub(crate) use answer::{DOWNLOAD, JSON};
use gate::Gate;

/// A server's process, which ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
    /// Of the WebSocket server in the same process, with the path.
    pub(crate) websocket_url: String,
    /// Of the same with TLS.
    pub(crate) secure_url: String,
    /// The path of the certificate that a client has to trust.
    pub(crate) authority: String,
}

impl Server {
    /// Starts a server on `core`.
    pub(crate) fn start(core: usize) -> Self {
        let own = std::env::current_exe().expect("the path of this program");
        let mut process = Command::new(own)
            .args(["--serve", &core.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let output = process.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(output).lines();
        let mut line = || lines.next().expect("a line").expect("the server's URL");
        Self {
            url: line(),
            websocket_url: line(),
            secure_url: line(),
            authority: line(),
            process,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends by itself too, when its standard input does.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.authority);
    }
}

/// What the server's process does: prints its URLs and answers until its standard input ends.
pub(crate) fn serve(core: usize) -> ExitCode {
    pinning::pin_to(&[core]);
    raise_descriptors();
    thread::spawn(|| {
        // Ends, or fails, with the process that started this one.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    LocalSet::new().block_on(&crate::plain::runtime(), accept())
}

async fn accept() -> ExitCode {
    let listener = echo::listen();
    println!("http://{}", listener.local_addr().expect("an address"));
    let websockets = echo::listen();
    println!("ws://{}/", websockets.local_addr().expect("an address"));
    tokio::spawn(echo::accept(websockets, false));
    let gate = Rc::new(Gate::default());
    accept_with_tls(gate.clone());
    loop {
        let (stream, _) = listener.accept().await.expect("a client");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        let gate = gate.clone();
        let service = service_fn(move |request| answer::answer(request, gate.clone()));
        tokio::task::spawn_local(async move {
            // A client that is done closes the connection.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

fn accept_with_tls(gate: Rc<Gate>) {
    let listener = echo::listen();
    let address = listener.local_addr().expect("an address");
    println!("https://{address}");
    let authority = tls::Authority::new();
    println!("{}", authority.write().display());
    tokio::task::spawn_local(tls::accept(listener, authority, gate));
}
