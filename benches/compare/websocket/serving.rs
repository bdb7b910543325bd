//! Servers of the contenders', each in a process of its own, and what is asked of them.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use crate::contender::{Contenders, Program, own, script};
use crate::cost::{self, Cost};
use crate::pinning;
use crate::process::printed_cost;
use crate::row::Place;

/// Work for a server of a contender's.
#[derive(Clone, Copy)]
pub(crate) enum Served {
    /// A case of `load`'s.
    Load(&'static str),
    /// A case of `load`'s, for a server that compresses.
    CompressedLoad(&'static str),
    /// A case of the same contender's client, with compression on both sides.
    OwnClient(&'static str),
}

/// What an operation costs the server, which takes about so many seconds to find out. The CPU
/// time and the memory are the server's.
///
/// # Errors
/// What went wrong, in a few words.
pub(crate) fn measure(
    contenders: &Contenders,
    program: Program,
    work: Served,
    place: Place,
    seconds: f64,
) -> Result<Cost, String> {
    let core = match place {
        Place::OtherCore | Place::Free => contenders.cores.server,
        Place::SameCore => contenders.cores.client,
    };
    let kind = match work {
        Served::Load(_) => "echo",
        Served::CompressedLoad(_) | Served::OwnClient(_) => "deflate",
    };
    let server = Server::start(serving(contenders, program, kind), core)?;
    let (pid, seconds) = (server.process.id(), seconds.to_string());
    let cost = match work {
        Served::Load(case) | Served::CompressedLoad(case) => {
            let mut command = own("--load");
            printed_cost(command.args([case, &server.url, &seconds, &pid.to_string()]))
        }
        Served::OwnClient(case) => {
            printed_cost(&mut contenders.command(program, [case, &server.url, &seconds]))
        }
    };
    let peak = cost::peak(pid);
    cost.map(|cost| Cost { peak, ..cost })
}

fn serving(contenders: &Contenders, program: Program, kind: &str) -> Command {
    match program {
        Program::Upgrading => own("--echo-upgraded"),
        Program::Tauraro(package, event_loop) | Program::Peer(package, event_loop) => {
            let mut command = Command::new(contenders.binary(program));
            command.args([&script("serve.py"), package, kind, event_loop.name()]);
            command
        }
        _ => own("--echo"),
    }
}

/// A server's process, which ends when this is dropped.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(mut command: Command, core: usize) -> Result<Self, String> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        // SAFETY: only system calls between fork and exec.
        unsafe {
            command.pre_exec(move || {
                pinning::pin_to(&[core]);
                end_with_parent();
                Ok(())
            })
        };
        let mut process = command
            .spawn()
            .map_err(|error| format!("does not start: {error}"))?;
        let output = process.stdout.take().expect("a pipe");
        let mut server = Self {
            process,
            url: String::new(),
        };
        let mut port = String::new();
        let read = BufReader::new(output).read_line(&mut port);
        match (read, port.trim().parse::<u16>()) {
            (Ok(_), Ok(port)) => server.url = format!("ws://127.0.0.1:{port}/"),
            _ => return Err(format!("the server printed {port:?}")),
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Nobody else would end a server that a killed comparison leaves.
fn end_with_parent() {
    #[cfg(target_os = "linux")]
    // SAFETY: sets a flag of this process.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
}

/// Lets this process have as many descriptors as it may: ten thousand connections are more than
/// the usual limit.
pub(crate) fn raise_descriptors() {
    // SAFETY: both calls work on the struct.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
    }
}
