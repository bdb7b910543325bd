//! The script that is measured, in a process of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::pinning;

/// Runs a case as often as it is told to.
pub(crate) struct Script {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Script {
    /// Starts it with the server's URL.
    pub(crate) fn start(case: &str, url: &str) -> Self {
        let core = pinning::cores().client;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/hot_paths/script.py");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tauraro"));
        command.args([path, case, url]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // SAFETY: only a system call between fork and exec.
        unsafe {
            command.pre_exec(move || {
                pinning::pin_to(&[core]);
                Ok(())
            })
        };
        let mut process = command.spawn().expect("tauraro starts");
        let input = process.stdin.take().expect("a pipe");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        Self {
            process,
            input,
            output,
        }
    }

    /// How long so many operations take.
    ///
    /// # Panics
    /// When the script has failed; what it says about that is on standard error.
    pub(crate) fn run(&mut self, count: u64) -> Duration {
        writeln!(self.input, "{count}").expect("the script reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the script writes");
        Duration::from_nanos(line.trim().parse().expect("nanoseconds"))
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
