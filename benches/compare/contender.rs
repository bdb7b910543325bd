//! Those that are compared, each in processes of its own.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::cost::Cost;
use crate::import;
use crate::peers::Peers;
use crate::pinning::{self, Cores};
use crate::process::{lifetime, printed_cost};
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
    /// This one as an interpreter with the bridge and no more; see `embedded`.
    Bridge,
    /// CPython with nothing but its standard library.
    Cpython,
}

impl Program {
    pub(crate) fn is_peer(self) -> bool {
        matches!(self, Self::Peer(..) | Self::Cpython)
    }
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

/// What a process is started with.
#[derive(Clone, Copy)]
pub(crate) enum Start {
    /// `-c pass`.
    Pass,
    /// A script, with the server's URL.
    Script(&'static str),
}

/// Processes for one figure: a start is short beside what disturbs it.
const STARTS: usize = 5;

/// The script of the bridge's own benches.
pub(crate) const AWAITING: &str =
    include_str!("../../runtime-bridge/benches/await_overhead/timed.py");

/// What there is to measure with.
pub(crate) struct Contenders {
    pub(crate) python: Option<Python>,
    pub(crate) peers: Option<Peers>,
    pub(crate) cores: Cores,
    /// On the other core.
    apart: Server,
    /// On the clients' core.
    beside: Server,
    /// Of the server that sends back bytes.
    echo_port: u16,
}

impl Contenders {
    pub(crate) fn new(python: Option<Python>, peers: Option<Peers>, cores: Cores) -> Self {
        Self {
            python,
            peers,
            apart: Server::start(cores.server),
            beside: Server::start(cores.client),
            echo_port: crate::echo::serve(),
            cores,
        }
    }

    /// Whether the program is here.
    pub(crate) fn has(&self, program: Program) -> bool {
        let has = |package: &str| {
            let peers = self.peers.as_ref();
            // A package may have several scripts.
            let package = package.split('_').next().unwrap_or(package);
            peers.is_some_and(|it| it.versions.contains_key(package))
        };
        match program {
            Program::Plain | Program::Engine | Program::Upgrading => true,
            Program::Tauraro(..) | Program::Bridge => true,
            Program::Cpython => self.python.is_some(),
            Program::Peer(package, EventLoop::Uvloop) => has(package) && has("uvloop"),
            Program::Peer(package, _) => has(package),
        }
    }

    /// What an operation costs `entry`, which takes about so many seconds to find out.
    ///
    /// # Errors
    /// What went wrong, in a few words.
    pub(crate) fn measure(&self, row: &Row, entry: &Entry, seconds: f64) -> Result<Cost, String> {
        let (program, time) = (entry.program, seconds.to_string());
        let server = match row.server {
            Place::SameCore => &self.beside,
            Place::OtherCore | Place::Free => &self.apart,
        };
        let client = |case, url: &str| {
            let mut command = self.command(program, [case, url, &time]);
            if matches!(row.server, Place::Free) {
                unpin(&mut command, self.cores);
            }
            printed_cost(command.env("COMPARE_AUTHORITY", &server.authority))
        };
        match entry.work {
            Work::Case(case) => client(case, &server.url),
            Work::Secure(case) => client(case, &server.secure_url),
            Work::WebSocket(case) => client(case, &server.websocket_url),
            Work::Serve(work) => serving::measure(self, program, work, row.server, seconds),
            Work::Await(case) => self.awaiting(program, case),
            Work::Start(arguments) => self.start(program, arguments, &server.url),
            Work::Import(package) => import::in_process(self.binary(program), package),
            Work::ImportByProcess(package) => import::by_process(self.binary(program), package),
        }
    }

    /// A client's.
    pub(crate) fn command(&self, program: Program, task: [&str; 3]) -> Command {
        let with_task = |mut command: Command| {
            command.args(task);
            command
        };
        match program {
            Program::Engine => with_task(own("--engine")),
            Program::Tauraro(package, event_loop) | Program::Peer(package, event_loop) => {
                let mut command = Command::new(self.binary(program));
                command.args([&script("measure.py"), package]);
                command.args(task).arg(event_loop.name());
                command
            }
            _ => with_task(own("--plain")),
        }
    }

    /// A case of the bridge's script, which tells microseconds.
    fn awaiting(&self, program: Program, case: &str) -> Result<Cost, String> {
        let port = self.echo_port.to_string();
        let mut command = match program {
            Program::Plain => own("--echo-client"),
            Program::Bridge => own("--embedded"),
            _ => {
                let mut command = Command::new(self.binary(program));
                command.args(["-c", AWAITING]);
                command
            }
        };
        let event_loop = match program {
            Program::Peer(_, event_loop) => event_loop,
            _ => EventLoop::Asyncio,
        };
        command.args([case, &port, event_loop.name()]);
        let cost = printed_cost(&mut command)?;
        Ok(Cost {
            figure: cost.figure / 1e6,
            ..cost
        })
    }

    /// A whole process.
    fn start(&self, program: Program, arguments: Start, url: &str) -> Result<Cost, String> {
        let costs = (0..STARTS).map(|_| {
            let mut command = Command::new(self.binary(program));
            match arguments {
                Start::Pass => command.args(["-c", "pass"]),
                Start::Script(name) => command.args([&script(name), url]),
            };
            lifetime(&mut command)
        });
        let mut costs = costs.collect::<Result<Vec<_>, _>>()?;
        costs.sort_by(|a, b| a.figure.total_cmp(&b.figure));
        Ok(costs[costs.len() / 2])
    }

    /// What runs scripts.
    pub(crate) fn binary(&self, program: Program) -> &Path {
        match (&self.peers, program) {
            (Some(peers), Program::Peer(..)) => &peers.binary,
            (_, Program::Cpython) => match &self.python {
                Some(python) => &python.binary,
                None => Path::new("python3"),
            },
            _ => Path::new(env!("CARGO_BIN_EXE_tauraro")),
        }
    }
}

/// Lets it have both cores.
fn unpin(command: &mut Command, cores: Cores) {
    // SAFETY: only a system call between fork and exec.
    unsafe {
        command.pre_exec(move || {
            pinning::pin_to(&[cores.client, cores.server]);
            Ok(())
        })
    };
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
