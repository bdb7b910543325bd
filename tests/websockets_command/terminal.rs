//! What a person sees and types, on a pseudo-terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};

use crate::support::websocket::WebSocketServer;

/// The command on a terminal.
struct Session {
    screen: File,
    seen: String,
    child: Child,
}

impl Session {
    fn start(uri: &str) -> Self {
        let (screen, theirs) = terminal();
        let copy = || theirs.try_clone().expect("a second descriptor");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tauraro"));
        command
            .args(["-m", "websockets", uri])
            .env("TERM", "xterm-256color")
            .stdin(copy())
            .stdout(copy())
            .stderr(copy());
        // SAFETY: both calls may be made between fork and exec.
        unsafe {
            command.pre_exec(|| {
                // The terminal is its own, so that Ctrl-C reaches it.
                if libc::setsid() < 0 || libc::ioctl(0, libc::TIOCSCTTY, 0) < 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            });
        }
        let child = command.spawn().expect("start tauraro");
        Self {
            screen,
            seen: String::new(),
            child,
        }
    }

    /// Waits until the terminal has been sent `text` since the last wait.
    fn wait_for(&mut self, text: &str) {
        let mut buffer = [0; 4096];
        while !self.seen.contains(text) {
            match self.screen.read(&mut buffer) {
                Ok(read @ 1..) => {
                    let read = String::from_utf8_lossy(&buffer[..read]).into_owned();
                    self.seen.push_str(&read);
                }
                _ => panic!("{text:?} was never written, but {:?}", self.seen),
            }
        }
        let end = self.seen.find(text).map_or(0, |at| at + text.len());
        self.seen.drain(..end);
    }

    fn type_in(&mut self, text: &str) {
        self.screen.write_all(text.as_bytes()).expect("a terminal");
    }

    fn assert_ended(mut self) {
        let status = self.child.wait().expect("wait for tauraro");
        assert!(status.success(), "{status}");
    }
}

fn terminal() -> (File, OwnedFd) {
    let (mut ours, mut theirs) = (-1, -1);
    // SAFETY: the pointers are valid for the call, or null where that means the default.
    let opened = unsafe {
        libc::openpty(
            &raw mut ours,
            &raw mut theirs,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        )
    };
    assert_eq!(opened, 0, "openpty: {}", std::io::Error::last_os_error());
    // SAFETY: openpty has just opened both, for us alone.
    unsafe { (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) }
}

fn begin(server: &WebSocketServer) -> Session {
    let mut session = Session::start(&format!("{}/echo", server.url()));
    session.wait_for("Connected to ");
    session.wait_for("> ");
    session
}

#[test]
fn messages_are_printed_above_the_line_that_is_typed() {
    let server = WebSocketServer::start();
    let mut session = begin(&server);
    session.type_in("hello\n");
    // A line is inserted, and the cursor goes back to where it was.
    session.wait_for("\x1b7\r\x1b[L< hello\x1b8\x1b[B");
    session.type_in("\x04");
    session.wait_for("\r\x1b[KConnection closed: 1000 (OK).");
    session.assert_ended();
}

#[test]
fn ctrl_c_closes_the_connection() {
    let server = WebSocketServer::start();
    let mut session = begin(&server);
    session.type_in("\x03");
    session.wait_for("Connection closed: 1000 (OK).");
    session.assert_ended();
}
