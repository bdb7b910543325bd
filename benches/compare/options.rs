//! The command line: what to compare, or which part of a comparison this process is.

use std::path::{Path, PathBuf};

use lexopt::prelude::*;

use crate::row::{Row, Runs};
use crate::section::sections;

const ROUNDS: usize = 5;
const SECONDS: f64 = 0.3;
/// With `--quick`: to see that everything works.
const QUICK_SECONDS: f64 = 0.1;

const HELP: &str = "\
cargo bench-compare [--only ROW,...] [--rounds N] [--quick] [--python PATH] [--write]
cargo bench-compare --render

    --only ROW,...   these rows only; ws-soak stands for all of ws-soak-..., and so on
    --rounds N       how often each contender has its turn; 5
    --quick          one round, and a third of the time for each turn
    --python PATH    the CPython of the peers, not the python3 on the path
    --write          write docs/performance.md and its charts
    --render         the same from the figures of the last run, without measuring

TAURARO_COMPARE_VENV is the directory of the peers' virtual environment, if not one in target/.

Rows:
";

/// What this process is to do.
pub(crate) enum Action {
    Compare(Options),
    /// Write the page from the last run.
    Render,
    Help,
    /// Be the server.
    Serve {
        core: usize,
    },
    /// Be a plain WebSocket server, behind hyper or not.
    Echo {
        upgrading: bool,
    },
    /// Be the load on the server with that process id.
    Load {
        task: Task,
        pid: u32,
    },
    /// Be the client of the server that sends back bytes.
    EchoClient {
        port: u16,
    },
    /// Be an interpreter for the bridge's script.
    Embedded {
        arguments: Vec<String>,
    },
    /// Be the contender that is plain hyper, or plain tungstenite.
    Plain(Task),
    /// Be the contender that is the engine without the interpreter.
    Engine(Task),
}

/// What a contender is to measure.
pub(crate) struct Task {
    pub(crate) case: String,
    /// The server's, without a path.
    pub(crate) url: String,
    /// For about how long.
    pub(crate) seconds: f64,
}

pub(crate) struct Options {
    only: Vec<String>,
    pub(crate) rounds: usize,
    pub(crate) seconds: f64,
    pub(crate) python: Option<PathBuf>,
    pub(crate) write: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            only: Vec::new(),
            rounds: ROUNDS,
            seconds: SECONDS,
            python: None,
            write: false,
        }
    }
}

impl Options {
    pub(crate) fn wants(&self, row: &Row) -> bool {
        match self.only.as_slice() {
            [] => row.runs != Runs::WhenNamed,
            names => names.iter().any(|name| is_of(row.name, name)),
        }
    }
}

impl Task {
    pub(crate) fn is_for_websocket(&self) -> bool {
        self.url.starts_with("ws:")
    }

    /// The case without the number at its end, and that number.
    pub(crate) fn number(&self) -> (&str, usize) {
        let parts = self.case.rsplit_once('-');
        let parts = parts.and_then(|(case, number)| Some((case, number.parse().ok()?)));
        parts.unwrap_or((&self.case, 0))
    }
}

/// Whether the row of that name is meant by a name on the command line: its own, or the beginning
/// of its own where no row is called by it.
fn is_of(row: &str, name: &str) -> bool {
    let rows = || sections().into_iter().flat_map(|it| it.rows);
    let is_group = || rows().all(|row| row.name != name);
    let rest = row.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('-') && is_group()))
}

/// The directory for what the command makes.
pub(crate) fn products() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.with_file_name("compare")
}

pub(crate) fn help(rows: &[&Row]) -> String {
    let line = |row: &&Row| format!("    {:<25}{}\n", row.name, row.title);
    HELP.to_owned() + &rows.iter().map(line).collect::<String>()
}

pub(crate) fn parse() -> Result<Action, lexopt::Error> {
    let mut options = Options::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Long("only") => {
                let names = parser.value()?.string()?;
                options.only.extend(names.split(',').map(str::to_owned));
            }
            Long("rounds") => options.rounds = parser.value()?.parse::<usize>()?.max(1),
            Long("quick") => (options.rounds, options.seconds) = (1, QUICK_SECONDS),
            Long("python") => options.python = Some(parser.value()?.into()),
            Long("write") => options.write = true,
            Long("render") => return Ok(Action::Render),
            Short('h') | Long("help") => return Ok(Action::Help),
            Long("serve") => {
                let core = parser.value()?.parse()?;
                return Ok(Action::Serve { core });
            }
            Long("echo") => return Ok(Action::Echo { upgrading: false }),
            Long("echo-upgraded") => return Ok(Action::Echo { upgrading: true }),
            Long("echo-client") => {
                let [_, port, _] = three(&mut parser)?;
                let port = port.parse().map_err(|_| "not a port")?;
                return Ok(Action::EchoClient { port });
            }
            Long("embedded") => {
                let arguments = three(&mut parser)?.into();
                return Ok(Action::Embedded { arguments });
            }
            Long("load") => {
                let task = task(&mut parser)?;
                let pid = parser.value()?.parse()?;
                return Ok(Action::Load { task, pid });
            }
            Long("plain") => return task(&mut parser).map(Action::Plain),
            Long("engine") => return task(&mut parser).map(Action::Engine),
            // Cargo's.
            Long("bench") => {}
            other => return Err(other.unexpected()),
        }
    }
    check_names(&options.only)?;
    Ok(Action::Compare(options))
}

fn check_names(only: &[String]) -> Result<(), lexopt::Error> {
    let rows: Vec<_> = sections().into_iter().flat_map(|it| it.rows).collect();
    match only
        .iter()
        .find(|name| rows.iter().all(|row| !is_of(row.name, name)))
    {
        Some(unknown) => Err(format!("there is no row {unknown:?}").into()),
        None => Ok(()),
    }
}

fn three(parser: &mut lexopt::Parser) -> Result<[String; 3], lexopt::Error> {
    let mut next = || parser.value()?.string();
    Ok([next()?, next()?, next()?])
}

fn task(parser: &mut lexopt::Parser) -> Result<Task, lexopt::Error> {
    Ok(Task {
        case: parser.value()?.string()?,
        url: parser.value()?.string()?,
        seconds: parser.value()?.parse()?,
    })
}
