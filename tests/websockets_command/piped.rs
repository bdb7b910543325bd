//! With input and output that are no terminal.

use std::io::Write as _;

use crate::support::misbehaving::RefusingPort;
use crate::support::tauraro::{Output, Tauraro};
use crate::support::websocket::WebSocketServer;

/// Runs the command with these arguments and this input.
fn websockets(arguments: &[&str], input: &str) -> Output {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    writer
        .write_all(input.as_bytes())
        .expect("room in the pipe");
    drop(writer);
    let run = Tauraro::module("websockets", arguments).stdin(reader).run();
    assert!(!run.hung, "the command hangs: {run:?}");
    assert!(!run.stderr.contains("Traceback"), "{run:?}");
    run
}

#[track_caller]
fn success(run: &Output) -> &str {
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    &run.stdout
}

#[test]
fn lines_are_sent_and_messages_printed_until_the_input_ends() {
    let server = WebSocketServer::start();
    let uri = format!("{}/echo", server.url());
    let run = websockets(&[&uri], "hello\nünï\n\nlast");
    assert_eq!(
        success(&run),
        format!("Connected to {uri}.\n< hello\n< ünï\n< \n< last\nConnection closed: 1000 (OK).\n")
    );
}

#[test]
fn the_servers_close_ends_it() {
    let server = WebSocketServer::start();
    for (path, status) in [
        ("/close/1000/done", "1000 (OK) done"),
        ("/close/1011/broken", "1011 (internal error) broken"),
        ("/drop", "1006 (abnormal closure [internal])"),
    ] {
        let uri = format!("{}{path}", server.url());
        // Nothing is typed, and the input does not end.
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let run = Tauraro::module("websockets", &[&uri]).stdin(reader).run();
        drop(writer);
        assert!(!run.hung, "{run:?}");
        let expected = format!("Connected to {uri}.\nConnection closed: {status}.\n");
        assert_eq!(success(&run), expected);
    }
}

#[test]
fn control_characters_are_shown_not_sent_to_the_terminal() {
    let server = WebSocketServer::start();
    let run = websockets(&[&format!("{}/echo", server.url())], "\u{1b}[31mred\u{7}\n");
    assert!(success(&run).contains("< \\x1b[31mred\\x07\n"), "{run:?}");
}

#[test]
fn a_failure_to_connect_is_one_line_and_status_1() {
    let refusing = RefusingPort::reserve();
    let uri = refusing.url("ws");
    let run = websockets(&[&uri], "");
    assert_eq!(run.status.code(), Some(1));
    assert!(
        run.stdout
            .starts_with(&format!("Failed to connect to {uri}: ")),
        "{run:?}"
    );
    assert!(run.stdout.ends_with(".\n") && !run.stdout.ends_with("..\n"));
    let run = websockets(&["http://localhost/"], "");
    assert!(run.stdout.contains("scheme isn't ws or wss"), "{run:?}");
}

#[test]
fn the_version_and_the_usage() {
    let run = websockets(&["--version"], "");
    assert!(success(&run).starts_with("websockets "), "{run:?}");
    let usage = "usage: websockets [--help] [--insecure] [--version] [<uri>]\n";
    assert_eq!(success(&websockets(&["--help"], "")), usage);
    let run = websockets(&[], "");
    assert_eq!((run.status.code(), &*run.stdout), (Some(2), usage));
    let run = websockets(&["--colour"], "");
    assert_eq!(run.status.code(), Some(2));
    assert!(run.stderr.contains("--colour"), "{run:?}");
}
