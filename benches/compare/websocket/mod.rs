//! The rows for `websockets`.

mod broadcast;
pub(crate) mod client;
pub(crate) mod echo;
pub(crate) mod engine;
mod frames;
pub(crate) mod load;
mod memory;
pub(crate) mod serving;

use crate::contender::{Contender, EventLoop, Program};
use crate::limits::Limit::{AtMost, FasterThan, Times};
use crate::row::{PLAIN_WEBSOCKET, Place, Row, Runs, SUBJECT, Unit, Work};
use serving::Served;

const PLAIN: Contender = contender(PLAIN_WEBSOCKET, Program::Plain);
const ENGINE: Contender = contender("tauraro's engine, no interpreter", Program::Engine);
const TAURARO: Contender = contender(SUBJECT, Program::Tauraro("websockets", EventLoop::Asyncio));
const WEBSOCKETS: Contender = contender(
    "CPython websockets",
    Program::Peer("websockets", EventLoop::Asyncio),
);
const PICOWS: Contender = contender(
    "picows + uvloop",
    Program::Peer("picows", EventLoop::Uvloop),
);
const AIOHTTP: Contender = contender(
    "aiohttp + uvloop",
    Program::Peer("aiohttp_ws", EventLoop::Uvloop),
);
/// What axum is made of, where it serves WebSockets; a server only.
const HYPER: Contender = contender("plain hyper + tokio-tungstenite", Program::Upgrading);

/// Bytes of memory that a connection may take.
const CONNECTION: f64 = 8.0 * 1024.0;
/// Seconds for which the loop may be busy with a broadcast.
const GAP: f64 = 0.05;
/// Bytes by which a server may grow that is to stay as it is: a page of the allocator's here and
/// there, over a million messages.
const FLAT: f64 = 1024.0 * 1024.0;

const fn contender(label: &'static str, program: Program) -> Contender {
    Contender { label, program }
}

/// In the order of the table.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        ping_pong(),
        ping_pong_on_one_core(),
        pipelined(),
        thousand(),
        server(),
        large(),
        deflate(),
        cycles(),
        memory(),
        memory_with_deflate(),
        broadcast_rate(),
        broadcast(),
        slow_reader(),
        soak_messages(),
        soak_cycles(),
        soak_client_messages(),
        soak_client_cycles(),
    ]
}

const CLIENTS: [Contender; 6] = [PLAIN, ENGINE, TAURARO, WEBSOCKETS, PICOWS, AIOHTTP];
const SERVERS: [Contender; 6] = [PLAIN, HYPER, TAURARO, WEBSOCKETS, PICOWS, AIOHTTP];

/// A row without limits.
fn row(name: &'static str, title: &'static str, unit: Unit, work: Work, of: &[Contender]) -> Row {
    Row {
        name,
        title,
        unit,
        server: Place::OtherCore,
        base: PLAIN_WEBSOCKET,
        runs: Runs::InRounds,
        entries: work.of_each(of),
        limits: Vec::new(),
    }
}

fn ping_pong() -> Row {
    let title = "client ping-pong, 64 bytes of text";
    let work = Work::WebSocket("ping-pong");
    Row {
        limits: vec![Times(PLAIN_WEBSOCKET, 1.1), FasterThan(PICOWS.label)],
        ..row("ws-ping-pong", title, Unit::Microseconds, work, &CLIENTS)
    }
}

fn ping_pong_on_one_core() -> Row {
    Row {
        name: "ws-ping-pong-one-core",
        title: "client ping-pong, client and server on one core",
        server: Place::SameCore,
        limits: vec![Times(PLAIN_WEBSOCKET, 1.25)],
        ..ping_pong()
    }
}

fn pipelined() -> Row {
    let title = "client sends 100, receives 100, per message";
    let work = Work::WebSocket("pipelined");
    Row {
        limits: vec![Times(WEBSOCKETS.label, 0.45)],
        ..row("ws-pipelined", title, Unit::Microseconds, work, &CLIENTS)
    }
}

fn thousand() -> Row {
    let title = "1,000 clients in one process, per message";
    let work = Work::WebSocket("thousand");
    let of = [PLAIN, TAURARO, WEBSOCKETS, PICOWS, AIOHTTP];
    row("ws-thousand", title, Unit::Microseconds, work, &of)
}

fn server() -> Row {
    let title = "server, 100 connections in ping-pong, per message";
    let work = Work::Serve(Served::Load("ping-pong"));
    Row {
        limits: vec![
            Times(PLAIN_WEBSOCKET, 1.15),
            FasterThan(AIOHTTP.label),
            Times(WEBSOCKETS.label, 1.0 / 3.0),
        ],
        ..row("ws-server", title, Unit::Microseconds, work, &SERVERS)
    }
}

fn large() -> Row {
    let title = "server, messages of 1 MiB, per message";
    let work = Work::Serve(Served::Load("large"));
    Row {
        limits: vec![Times(WEBSOCKETS.label, 0.5)],
        ..row("ws-server-large", title, Unit::Microseconds, work, &SERVERS)
    }
}

/// Each with a server of its own kind: there is no neutral one that compresses.
fn deflate() -> Row {
    let title = "permessage-deflate, 1 KiB of JSON, both ends on one core";
    let work = Work::Serve(Served::OwnClient("deflate"));
    let of = [TAURARO, WEBSOCKETS, AIOHTTP];
    Row {
        server: Place::SameCore,
        limits: vec![Times(WEBSOCKETS.label, 0.5)],
        ..row("ws-deflate", title, Unit::Microseconds, work, &of)
    }
}

fn cycles() -> Row {
    let title = "connect and close against the server";
    let work = Work::Serve(Served::Load("cycles"));
    Row {
        limits: vec![Times(WEBSOCKETS.label, 0.6), FasterThan(AIOHTTP.label)],
        ..row("ws-connect", title, Unit::Microseconds, work, &SERVERS)
    }
}

fn memory() -> Row {
    let title = "memory of the server's, per idle connection of 10,000";
    let work = Work::Serve(Served::Load("idle"));
    Row {
        runs: Runs::Once,
        limits: vec![AtMost(CONNECTION)],
        ..row("ws-memory", title, Unit::Kibibytes, work, &SERVERS)
    }
}

/// Each connection has used its compressor once: it is made when it is needed.
fn memory_with_deflate() -> Row {
    let title = "the same with permessage-deflate, one message each";
    let work = Work::Serve(Served::CompressedLoad("idle-deflate"));
    let of = [TAURARO, WEBSOCKETS, AIOHTTP];
    Row {
        runs: Runs::Once,
        ..row("ws-memory-deflate", title, Unit::Kibibytes, work, &of)
    }
}

/// The load reads on the other core, and is the limit of what it can take.
fn broadcast_rate() -> Row {
    let title = "broadcast to 1,000 that read, per message and client";
    let work = Work::Serve(Served::Load("broadcast-rate"));
    let of = [TAURARO, WEBSOCKETS, PICOWS, AIOHTTP];
    row("ws-broadcast-rate", title, Unit::Microseconds, work, &of)
}

fn broadcast() -> Row {
    let title = "broadcast to 10,000: the loop's largest gap";
    let work = Work::Serve(Served::Load("broadcast"));
    let of = [TAURARO, WEBSOCKETS];
    Row {
        runs: Runs::Once,
        limits: vec![AtMost(GAP)],
        ..row("ws-broadcast", title, Unit::Milliseconds, work, &of)
    }
}

fn slow_reader() -> Row {
    let title = "growth of a server whose client never reads";
    let work = Work::Serve(Served::Load("slow-reader"));
    let of = [TAURARO, WEBSOCKETS];
    Row {
        runs: Runs::Once,
        limits: vec![AtMost(FLAT)],
        ..row("ws-slow-reader", title, Unit::Kibibytes, work, &of)
    }
}

fn soak_messages() -> Row {
    let title = "growth of the server over a million messages";
    let work = Work::Serve(Served::Load("soak-messages"));
    soak("ws-soak-messages", title, work)
}

fn soak_cycles() -> Row {
    let title = "growth of the server over 100,000 connections";
    let work = Work::Serve(Served::Load("soak-cycles"));
    soak("ws-soak-cycles", title, work)
}

fn soak_client_messages() -> Row {
    let title = "growth of the client over a million messages";
    let work = Work::WebSocket("soak-messages");
    soak("ws-soak-client-messages", title, work)
}

fn soak_client_cycles() -> Row {
    let title = "growth of the client over 100,000 connections";
    let work = Work::WebSocket("soak-cycles");
    soak("ws-soak-client-cycles", title, work)
}

/// Takes a minute or so.
fn soak(name: &'static str, title: &'static str, work: Work) -> Row {
    Row {
        runs: Runs::WhenNamed,
        limits: vec![AtMost(FLAT)],
        ..row(name, title, Unit::Kibibytes, work, &[TAURARO, WEBSOCKETS])
    }
}
