//! A process for each script: the interpreter keeps signals, its collector's stop flag and the
//! forking state in statics, so two interpreters in one process would disturb each other, and a
//! script that crashes or hangs should fail one test only.

use std::io::{self, BufRead as _, BufReader};
use std::mem::MaybeUninit;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// Tells the copy of this test binary what to run.
const SOURCE_VARIABLE: &str = "RUNTIME_BRIDGE_TEST_SCRIPT";
/// Only a guard against hanging for ever.
const DEADLINE: Duration = Duration::from_secs(60);
/// As much as a main thread has; the test harness gives its threads 2 MiB.
const STACK_SIZE: &str = "8388608";

/// A script that is to run in a process of its own.
pub(crate) struct Script(Command);

impl Script {
    pub(crate) fn new(source: &str) -> Self {
        let binary = std::env::current_exe().expect("the path of this test binary");
        let mut command = Command::new(binary);
        command
            .args(["--exact", "support::process::run_script"])
            .args(["--ignored", "--nocapture", "--quiet"])
            .env(SOURCE_VARIABLE, super::dedent(source))
            .env("RUST_MIN_STACK", STACK_SIZE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // SAFETY: the closure makes one system call and allocates nothing.
        unsafe { command.pre_exec(|| mask_signals(libc::SIG_BLOCK)) };
        Self(command)
    }

    pub(crate) fn start(mut self) -> Running {
        let mut child = self.0.spawn().expect("this test binary runs again");
        let stdout = child.stdout.take().expect("stdout is a pipe");
        let stderr = child.stderr.take().expect("stderr is a pipe");
        Running {
            child,
            lines: read_lines(stdout),
            errors: read_lines(stderr),
        }
    }
}

/// The process of a script. It is killed if the test gives up.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    errors: Receiver<String>,
}

impl Running {
    /// Waits until the script has printed `line`.
    #[track_caller]
    pub(crate) fn wait_for_line(&mut self, line: &str) {
        let deadline = Instant::now() + DEADLINE;
        loop {
            match self
                .lines
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(printed) if printed == line => return,
                Ok(_) => {}
                Err(_) => panic!("the script never printed {line:?}\n{}", self.give_up()),
            }
        }
    }

    /// Sends `signal`, to the process as Ctrl-C or a supervisor does.
    pub(crate) fn signal(&self, signal: libc::c_int) {
        let id = libc::pid_t::try_from(self.child.id()).expect("a process id");
        // SAFETY: the child has not been waited for, so the id is its own.
        let sent = unsafe { libc::kill(id, signal) };
        assert_eq!(sent, 0, "kill: {}", io::Error::last_os_error());
    }

    /// Waits for the end of the script.
    #[track_caller]
    pub(crate) fn finish(mut self) -> Outcome {
        let deadline = Instant::now() + DEADLINE;
        let mut stdout = String::new();
        let mut stderr = String::new();
        let ended =
            drain(&self.lines, &mut stdout, deadline) && drain(&self.errors, &mut stderr, deadline);
        if !ended {
            panic!(
                "the script did not end within {DEADLINE:?}\n{stdout}{stderr}{}",
                self.give_up()
            );
        }
        let status = self.child.wait().expect("the child can be waited for");
        Outcome {
            status,
            stdout,
            stderr,
        }
    }

    #[track_caller]
    pub(crate) fn assert_success(self) {
        let outcome = self.finish();
        assert!(
            outcome.status.success(),
            "the script failed: {}\n{}{}",
            outcome.status,
            outcome.stdout,
            outcome.stderr
        );
    }

    /// Kills the script and returns what it wrote to stderr.
    fn give_up(&mut self) -> String {
        // It may have ended just now.
        let _ = self.child.kill();
        let mut stderr = String::new();
        drain(&self.errors, &mut stderr, Instant::now() + DEADLINE);
        stderr
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a script ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

fn read_lines(pipe: impl io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if sender.send(text).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Collects the rest of the lines; false if the pipe is still open at the deadline.
fn drain(lines: &Receiver<String>, text: &mut String, deadline: Instant) -> bool {
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => text.extend([&line, "\n"]),
            Err(RecvTimeoutError::Disconnected) => return true,
            Err(RecvTimeoutError::Timeout) => return false,
        }
    }
}

/// The harness runs a test on a thread that is not the process's first. Signals are blocked for
/// every other thread, so that they arrive where a program with the interpreter on its first
/// thread would get them.
fn mask_signals(how: libc::c_int) -> io::Result<()> {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the set is initialized by the first call and outlives the others.
    let failed = unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGINT);
        libc::sigaddset(set.as_mut_ptr(), libc::SIGUSR1);
        libc::pthread_sigmask(how, set.as_ptr(), std::ptr::null_mut())
    };
    match failed {
        0 => Ok(()),
        code => Err(io::Error::from_raw_os_error(code)),
    }
}

#[test]
#[ignore = "the process in which another test's script runs"]
fn run_script() {
    let Ok(source) = std::env::var(SOURCE_VARIABLE) else {
        return;
    };
    mask_signals(libc::SIG_UNBLOCK).expect("signals can be unblocked");
    std::process::exit(super::run(&source));
}
