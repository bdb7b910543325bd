//! Runs the command, and takes what it prints apart.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use serde_json::Value;

use crate::support::tauraro::{Output, Tauraro};

/// Runs `tauraro -m httpx` with these arguments.
pub(crate) fn httpx(arguments: &[&str]) -> Printed {
    Printed::of(Tauraro::module("httpx", arguments))
}

/// What a run printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Printed {
    pub(crate) fn of(run: Tauraro) -> Self {
        let Output {
            status,
            stdout,
            stderr,
            hung,
        } = run.run();
        assert!(!hung, "the command hangs:\n{stdout}\n{stderr}");
        assert!(!stderr.contains("Traceback"), "{stderr}");
        Self {
            code: status.code(),
            stdout,
            stderr,
        }
    }

    /// What was printed by a run that must have got a 2xx.
    #[track_caller]
    pub(crate) fn success(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert_eq!(self.stderr, "");
        &self.stdout
    }

    /// What follows the head of the last response.
    #[track_caller]
    pub(crate) fn body(&self) -> &str {
        let (_, body) = self.success().split_once("\n\n").expect("a head");
        body
    }

    /// The request as `/echo` saw it.
    #[track_caller]
    pub(crate) fn echo(&self) -> Echo {
        Echo(serde_json::from_str(self.body()).expect("JSON"))
    }
}

/// What `/echo` answers.
#[derive(Debug)]
pub(crate) struct Echo(Value);

impl Echo {
    /// `method`, `path`, `query` or `body`.
    #[track_caller]
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0[name].as_str().expect("a text")
    }

    /// The values of a header field.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let fields = self.0["headers"].as_array().expect("header fields");
        let named = fields.iter().filter(|field| field[0] == name);
        named.filter_map(|field| field[1].as_str()).collect()
    }
}

/// The URL of a server that takes one request, answers with these bytes, and is gone.
pub(crate) fn answering(response: impl Into<Vec<u8>>) -> String {
    let response = response.into();
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind a loopback port");
    let address = listener.local_addr().expect("address of the listener");
    thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("a client");
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && peer.read(&mut byte).is_ok_and(|read| read > 0) {
            head.push(byte[0]);
        }
        // A client may have left.
        let _ = peer.write_all(&response);
    });
    format!("http://{address}/")
}

/// A response of this type.
pub(crate) fn response(content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
