//! Ctrl-C ends a script at once, wherever it waits.
#![cfg(unix)]

mod support;

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use support::environment::Servers;
use support::stats::Stats;
use support::tauraro::{Output, Tauraro};
use support::tls::Authority;

/// Far below what any of these scripts would wait for, which is for ever.
const HANG_GUARD: Duration = Duration::from_secs(30);

/// Runs `program` until it has printed `waiting` and `reached` holds, and interrupts it.
fn interrupt(program: &str, reached: impl Fn(&Servers<'_>)) -> Output {
    let authority = Authority::new();
    let servers = Servers::start(&authority);
    let run = Tauraro::code(program).deadline(HANG_GUARD);
    let mut run = servers.tell(run).spawn();
    run.wait_for_line("waiting");
    reached(&servers);
    run.interrupt();
    let output = run.finish();
    assert!(!output.hung, "the script outlived Ctrl-C: {output:?}");
    output
}

/// The server has the request, so the script waits for the answer by now.
fn request_arrived(servers: &Servers<'_>) {
    let arrived = |stats: &Stats| stats.requests() == 1;
    servers.http().stats().wait_until("one request", arrived);
}

/// As CPython ends: killed by SIGINT, or 130, which is how a shell reports that.
#[track_caller]
fn assert_keyboard_interrupt(output: &Output) {
    let status = output.status;
    assert!(
        status.signal() == Some(libc::SIGINT) || status.code() == Some(130),
        "expected death by SIGINT or exit code 130, got {status}\n{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("Traceback (most recent call last)"),
        "expected a traceback, got\n{}",
        output.stderr
    );
    assert_eq!(
        output.stderr.lines().last(),
        Some("KeyboardInterrupt"),
        "expected KeyboardInterrupt last, got\n{}",
        output.stderr
    );
}

#[test]
fn ctrl_c_ends_a_get_that_is_never_answered() {
    let output = interrupt(
        r#"
import os
import httpx

print("waiting", flush=True)
httpx.get(os.environ["TAURARO_TEST_HTTP"] + "/never", timeout=None)
"#,
        request_arrived,
    );
    assert_keyboard_interrupt(&output);
}

#[test]
fn ctrl_c_ends_a_get_whose_body_stalls() {
    let output = interrupt(
        r#"
import os
import httpx

print("waiting", flush=True)
httpx.get(os.environ["TAURARO_TEST_HTTP"] + "/slow-body", timeout=None)
"#,
        request_arrived,
    );
    assert_keyboard_interrupt(&output);
}

#[test]
fn a_script_that_catches_the_interrupt_of_a_get_goes_on() {
    let output = interrupt(
        r#"
import os
import httpx

url = os.environ["TAURARO_TEST_HTTP"]
with httpx.Client() as client:
    print("waiting", flush=True)
    try:
        client.get(url + "/never", timeout=None)
    except KeyboardInterrupt:
        print("interrupted")
    print(client.get(url + "/").status_code)
"#,
        request_arrived,
    );
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, "waiting\ninterrupted\n200\n");
}

#[test]
fn ctrl_c_ends_an_async_get_that_is_never_answered() {
    let output = interrupt(
        r#"
import asyncio
import os
import httpx

async def main():
    async with httpx.AsyncClient(timeout=None) as client:
        print("waiting", flush=True)
        await client.get(os.environ["TAURARO_TEST_HTTP"] + "/never")

asyncio.run(main())
"#,
        request_arrived,
    );
    assert_keyboard_interrupt(&output);
}

#[test]
fn ctrl_c_ends_a_websocket_server() {
    let output = interrupt(
        r#"
import asyncio
import websockets

async def handler(websocket):
    async for message in websocket:
        await websocket.send(message)

async def main():
    server = await websockets.serve(handler, "localhost", 0)
    print("waiting", flush=True)
    await server.wait_closed()

asyncio.run(main())
"#,
        |_| {},
    );
    assert_keyboard_interrupt(&output);
}

#[test]
fn ctrl_c_ends_a_recv_that_gets_nothing() {
    let output = interrupt(
        r#"
import asyncio
import os
import websockets

async def main():
    async with websockets.connect(os.environ["TAURARO_TEST_WS"] + "/silent") as websocket:
        print("waiting", flush=True)
        await websocket.recv()

asyncio.run(main())
"#,
        |_| {},
    );
    assert_keyboard_interrupt(&output);
}

#[test]
fn ctrl_c_ends_a_blocking_recv_that_gets_nothing() {
    let output = interrupt(
        r#"
import os
from websockets.sync.client import connect

with connect(os.environ["TAURARO_TEST_WS"] + "/silent") as websocket:
    print("waiting", flush=True)
    websocket.recv()
"#,
        |_| {},
    );
    assert_keyboard_interrupt(&output);
}

#[test]
fn a_connection_goes_on_after_ctrl_c_in_recv() {
    let output = interrupt(
        r#"
import os
from websockets.sync.client import connect

with connect(os.environ["TAURARO_TEST_WS"] + "/echo") as websocket:
    try:
        print("waiting", flush=True)
        websocket.recv()
    except KeyboardInterrupt:
        websocket.send("go on")
        print(websocket.recv())
"#,
        |_| {},
    );
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, "waiting\ngo on\n");
}

#[test]
fn ctrl_c_ends_a_blocking_websocket_server_and_closes_its_connections() {
    let output = interrupt(
        r#"
import threading
from websockets.sync.client import connect
from websockets.sync.server import serve

def handler(websocket):
    for message in websocket:
        pass

def client(port):
    with connect(f"ws://localhost:{port}") as websocket:
        websocket.send("Hello!")
        websocket.ping().wait()
        print("waiting", flush=True)
        websocket.wait_closed()
        print(websocket.close_code, flush=True)

with serve(handler, "localhost", 0) as server:
    port = server.socket.getsockname()[1]
    threading.Thread(target=client, args=(port,)).start()
    server.serve_forever()
"#,
        |_| {},
    );
    assert_keyboard_interrupt(&output);
    assert_eq!(output.stdout, "waiting\n1001\n");
}

#[test]
fn ctrl_c_ends_an_idle_event_loop() {
    let output = interrupt(
        r#"
import asyncio

async def main():
    print("waiting", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"#,
        |_| {},
    );
    assert_keyboard_interrupt(&output);
}

#[test]
fn ctrl_c_lets_the_main_task_clean_up() {
    let output = interrupt(
        r#"
import asyncio

async def main():
    try:
        print("waiting", flush=True)
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)
        print("cleaned up", flush=True)

asyncio.run(main())
"#,
        |_| {},
    );
    assert_keyboard_interrupt(&output);
    assert_eq!(output.stdout, "waiting\ncleaned up\n");
}
