//! Runs every websockets snippet of the user's document, word for word.
//!
//! The document is `fixtures/http-modules.md`. Its snippets use port 8080 of this machine, so the
//! tests take turns. The one that names a host finds it behind a proxy on loopback.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use support::tauraro::{Output, Running, Tauraro};
use support::tls::Authority;

const DOCUMENT: &str = include_str!("fixtures/http-modules.md");
const PART: &str = "websockets - WebSocket Support";

static PORT: Mutex<()> = Mutex::new(());

/// The use of port 8080. A test that failed has given it back all the same.
fn port() -> MutexGuard<'static, ()> {
    PORT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The snippets by the headings that they stand below.
fn snippets() -> BTreeMap<&'static str, &'static str> {
    let part = DOCUMENT
        .split("\n## ")
        .find(|part| part.starts_with(PART))
        .expect("the document has the part");
    part.split("\n### ")
        .skip(1)
        .map(|section| {
            let heading = section.lines().next().unwrap_or_default();
            let (_, code) = section.split_once("```python\n").expect("a snippet");
            let (code, _) = code.split_once("```").expect("the code has an end");
            (heading, code)
        })
        .collect()
}

/// A folder with the snippet in it.
fn written(heading: &str) -> (tempfile::TempDir, PathBuf) {
    let snippet = snippets()[heading];
    let folder = tempfile::tempdir().expect("make a temporary directory");
    let script = folder.path().join("snippet.py");
    std::fs::write(&script, snippet).expect("write the snippet");
    (folder, script)
}

fn run(heading: &str) -> Output {
    let (_folder, script) = written(heading);
    Tauraro::script(script).run()
}

fn peer(mode: &str) -> Tauraro {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let program = format!(
        "import runpy, sys; sys.argv = ['peer', '{mode}']; \
         runpy.run_path('{}', run_name='__main__')",
        fixtures.join("websocket_peer.py").display()
    );
    Tauraro::code(&program)
}

/// A peer at port 8080, for as long as it is held.
fn start_peer(mode: &str) -> Running {
    let mut running = peer(mode).spawn();
    running.wait_for_line("ready");
    running
}

fn prints(output: &Output, expected: &str) {
    let told = format!(
        "--- stdout\n{}\n--- stderr\n{}",
        output.stdout, output.stderr
    );
    assert!(!output.hung, "it hung: {told}");
    let printed = output.stdout.lines().any(|line| line == expected);
    assert!(printed, "it did not print {expected:?}: {told}");
}

#[test]
fn every_snippet_has_a_test() {
    let found: Vec<&str> = snippets().into_keys().collect();
    let expected = [
        "Advanced WebSocket Example",
        "Error Handling",
        "Sending and Receiving Data",
        "WebSocket Client",
        "WebSocket Server",
    ];
    assert_eq!(found, expected);
}

#[test]
fn websocket_client() {
    let _turn = port();
    let _peer = start_peer("echo");
    let output = run("WebSocket Client");
    prints(&output, "Received: Hello, Server!");
    assert!(output.status.success(), "{}", output.stderr);
}

#[test]
fn sending_and_receiving_data() {
    let _turn = port();
    let _peer = start_peer("echo");
    let output = run("Sending and Receiving Data");
    prints(&output, "Got: {'type': 'chat', 'text': 'Hello!'}");
    assert!(output.status.success(), "{}", output.stderr);
}

#[test]
fn websocket_server() {
    const CLIENT: &str = "\
import asyncio, websockets

async def main():
    async with websockets.connect('ws://localhost:8080/room') as websocket:
        for message in 'Hello!', 'Bye.':
            await websocket.send(message)
            print(await websocket.recv())

asyncio.run(main())
";
    let _turn = port();
    let (_folder, script) = written("WebSocket Server");
    let mut server = Tauraro::script(script).env("PYTHONUNBUFFERED", "1").spawn();
    server.wait_for_line("WebSocket server started on ws://localhost:8080");
    let client = Tauraro::code(CLIENT).run();
    prints(&client, "Echo: Hello!");
    prints(&client, "Echo: Bye.");
    server.wait_for_line("Received: Hello!");
    server.wait_for_line("Received: Bye.");
    server.interrupt();
    assert!(!server.finish().hung);
}

#[test]
fn advanced_websocket_example() {
    let authority = Authority::new();
    let mut exchange = peer("exchange")
        .env("CERT", authority.file("stream.pem"))
        .env("KEY", authority.file("stream.key"))
        .spawn();
    let proxy = exchange.wait_for_prefix("http://");
    let (_folder, script) = written("Advanced WebSocket Example");
    let output = Tauraro::script(script)
        .env("HTTPS_PROXY", proxy)
        .env("NO_PROXY", "")
        .env("SSL_CERT_FILE", authority.pem_file())
        .run();
    for price in ["$100", "$101", "$99"] {
        prints(&output, &format!("BTC Price: {price}"));
    }
    // The loop has no end of its own: it ends with the connection.
    assert!(
        output.stderr.contains("ConnectionClosedOK"),
        "{}",
        output.stderr
    );
}

#[test]
fn error_handling() {
    let _turn = port();
    for (mode, expected) in [
        (Some("echo"), "Hello!"),
        (Some("silent"), "Receive timed out"),
        (Some("closing"), "Connection closed"),
    ] {
        let _peer = mode.map(start_peer);
        let output = run("Error Handling");
        prints(&output, expected);
        assert!(output.status.success(), "{}", output.stderr);
    }
    let output = run("Error Handling");
    assert!(output.stdout.starts_with("Error: "), "{}", output.stdout);
    assert!(output.status.success(), "{}", output.stderr);
}
