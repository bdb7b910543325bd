//! Those that are compared, each in processes of its own.

use std::path::Path;
use std::process::Command;

use crate::import;
use crate::peers::Peers;
use crate::pinning::Cores;
use crate::process::printed_number;
use crate::python::Python;
use crate::row::{Entry, Place, Row, Work};
use crate::server::Server;
use crate::websocket::serving;

/// A program that can be measured.
#[derive(Clone, Copy)]
pub(crate) struct Contender {
    pub(crate) label: &'static str,
    pub(crate) program: Program,
}

#[derive(Clone, Copy)]
pub(crate) enum Program {
    /// This one; see `plain`.
    Plain,
    /// This one; see `engine`.
    Engine,
    /// This one, as a server that upgrades; see `websocket::echo`.
    Upgrading,
    /// The `tauraro` command, with one of its modules.
    Tauraro(&'static str, EventLoop),
    /// CPython, with a package.
    Peer(&'static str, EventLoop),
}

/// Under which a script's cases run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventLoop {
    /// None: blocking calls.
    None,
    Asyncio,
    Uvloop,
}

impl EventLoop {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Asyncio => "asyncio",
            Self::Uvloop => "uvloop",
        }
    }
}

/// What there is to measure with.
pub(crate) struct Contenders {
    pub(crate) python: Option<Python>,
    pub(crate) peers: Option<Peers>,
    pub(crate) cores: Cores,
    /// On the other core.
    apart: Server,
    /// On the clients' core.
    beside: Server,
}

impl Contenders {
    pub(crate) fn new(python: Option<Python>, peers: Option<Peers>, cores: Cores) -> Self {
        Self {
            python,
            peers,
            apart: Server::start(cores.server),
            beside: Server::start(cores.client),
            cores,
        }
    }

    /// Whether the program is here.
    pub(crate) fn has(&self, program: Program) -> bool {
        let has = |package: &str| {
            let peers = self.peers.as_ref();
            // A package may have several scripts.
            let package = package.trim_end_matches("_ws");
            peers.is_some_and(|it| it.versions.contains_key(package))
        };
        match program {
            Program::Plain | Program::Engine | Program::Upgrading | Program::Tauraro(..) => true,
            Program::Peer(package, EventLoop::Uvloop) => has(package) && has("uvloop"),
            Program::Peer(package, _) => has(package),
        }
    }

    /// One figure of `entry`, in seconds or bytes, that takes about so many seconds to get.
    ///
    /// # Errors
    /// What went wrong, in a few words.
    pub(crate) fn measure(&self, row: &Row, entry: &Entry, seconds: f64) -> Result<f64, String> {
        let server = match row.server {
            Place::OtherCore => &self.apart,
            Place::SameCore => &self.beside,
        };
        match entry.work {
            Work::Case(case) => {
                let task = [case, &server.url, &seconds.to_string()];
                printed_number(&mut self.command(entry.program, task))
            }
            Work::WebSocket(case) => {
                let task = [case, &server.websocket_url, &seconds.to_string()];
                printed_number(&mut self.command(entry.program, task))
            }
            Work::Serve(work) => serving::measure(self, entry.program, work, row.server, seconds),
            Work::Import(package) => import::in_process(self.binary(entry.program), package),
            Work::ImportByProcess(package) => {
                import::by_process(self.binary(entry.program), package)
            }
        }
    }

    /// A client's.
    pub(crate) fn command(&self, program: Program, task: [&str; 3]) -> Command {
        let with_task = |mut command: Command| {
            command.args(task);
            command
        };
        match program {
            Program::Plain | Program::Upgrading => with_task(own("--plain")),
            Program::Engine => with_task(own("--engine")),
            Program::Tauraro(package, event_loop) | Program::Peer(package, event_loop) => {
                let mut command = Command::new(self.binary(program));
                command.args([&script("measure.py"), package]);
                command.args(task).arg(event_loop.name());
                command
            }
        }
    }

    /// What runs scripts.
    pub(crate) fn binary(&self, program: Program) -> &Path {
        match (&self.peers, program) {
            (Some(peers), Program::Peer(..)) => &peers.binary,
            _ => Path::new(env!("CARGO_BIN_EXE_tauraro")),
        }
    }
}

/// This program, as something else than the comparison.
pub(crate) fn own(option: &str) -> Command {
    let own = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new(own);
    command.arg(option);
    command
}

/// The path of a file in `scripts`.
pub(crate) fn script(name: &str) -> String {
    format!(
        "{}/benches/compare/scripts/{name}",
        env!("CARGO_MANIFEST_DIR")
    )
}
