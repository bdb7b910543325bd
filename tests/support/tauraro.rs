//! Runs the built command on a script, with a deadline that kills it if it hangs.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Variables that would send a script past the test servers.
const PROXIES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

/// A run of the command that is being set up.
pub struct Tauraro {
    command: Command,
    deadline: Duration,
}

impl Tauraro {
    /// Runs a script file.
    pub fn script(path: impl AsRef<Path>) -> Self {
        Self::new([path.as_ref()])
    }

    /// Runs a program given as text, as `-c` does.
    pub fn code(program: &str) -> Self {
        Self::new(["-c", program])
    }

    /// Runs a module with these arguments, as `-m` does.
    pub fn module(name: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().copied();
        Self::new(["-m", name].into_iter().chain(arguments))
    }

    fn new(arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tauraro"));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for proxy in PROXIES {
            command.env_remove(proxy);
        }
        Self {
            command,
            deadline: Duration::from_secs(60),
        }
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in this folder.
    pub fn current_dir(mut self, path: impl AsRef<Path>) -> Self {
        self.command.current_dir(path);
        self
    }

    /// The program's standard input; empty unless told.
    pub fn stdin(mut self, input: impl Into<Stdio>) -> Self {
        self.command.stdin(input);
        self
    }

    /// After this long the run counts as hung and is killed; 60 s unless told.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Runs to the end.
    pub fn run(self) -> Output {
        self.spawn().finish()
    }

    /// Starts, to be talked to while it runs.
    pub fn spawn(mut self) -> Running {
        let mut child = self.command.spawn().expect("start tauraro");
        let (sender, events) = channel();
        watch(child.stdout.take(), Event::Stdout, &sender);
        watch(child.stderr.take(), Event::Stderr, &sender);
        Running {
            child,
            events,
            stdout: String::new(),
            stderr: String::new(),
            deadline: Instant::now() + self.deadline,
        }
    }
}

/// What a run wrote and how it ended.
#[derive(Debug)]
pub struct Output {
    /// The exit code or the signal.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The deadline passed, and the run was killed.
    pub hung: bool,
}

/// A line of output, or (for either stream) its end.
enum Event {
    Stdout(String),
    Stderr(String),
}

/// A run that has started. Dropping it kills it.
pub struct Running {
    child: Child,
    events: Receiver<Event>,
    stdout: String,
    stderr: String,
    deadline: Instant,
}

impl Running {
    /// Waits until the script prints `line`; panics if it ends or hangs first.
    pub fn wait_for_line(&mut self, line: &str) {
        while !self.stdout.lines().any(|printed| printed == line) {
            if let Err(error) = self.read_event() {
                panic!(
                    "expected the script to print {line:?}, but: {error}\n{}\n{}",
                    self.stdout, self.stderr
                );
            }
        }
    }

    /// Waits until the script prints a line that starts like this, and returns it; panics if it
    /// ends or hangs first.
    pub fn wait_for_prefix(&mut self, prefix: &str) -> String {
        loop {
            let found = self.stdout.lines().find(|line| line.starts_with(prefix));
            if let Some(line) = found {
                return line.to_owned();
            }
            if let Err(error) = self.read_event() {
                panic!(
                    "expected the script to print {prefix:?}..., but: {error}\n{}\n{}",
                    self.stdout, self.stderr
                );
            }
        }
    }

    /// Sends SIGINT, as Ctrl-C does.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        let pid = i32::try_from(self.child.id()).expect("a pid fits");
        // SAFETY: kill takes no pointers, and the pid is our child's, which is not reaped yet.
        let sent = unsafe { libc::kill(pid, libc::SIGINT) };
        assert_eq!(sent, 0, "send SIGINT: {}", std::io::Error::last_os_error());
    }

    /// Waits for the end.
    pub fn finish(mut self) -> Output {
        let hung = loop {
            match self.read_event() {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break true,
                Err(RecvTimeoutError::Disconnected) => break !self.exited_in_time(),
            }
        };
        if hung {
            self.child.kill().expect("kill the hung run");
            self.read_the_rest();
        }
        Output {
            status: self.child.wait().expect("wait for tauraro"),
            stdout: std::mem::take(&mut self.stdout),
            stderr: std::mem::take(&mut self.stderr),
            hung,
        }
    }

    fn read_event(&mut self) -> Result<(), RecvTimeoutError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self.events.recv_timeout(left)? {
            Event::Stdout(line) => self.stdout.push_str(&line),
            Event::Stderr(line) => self.stderr.push_str(&line),
        }
        Ok(())
    }

    /// What a killed run had written, as far as it comes at once: a process that the script left
    /// behind may hold the streams open.
    fn read_the_rest(&mut self) {
        self.deadline = Instant::now() + Duration::from_secs(2);
        while self.read_event().is_ok() {}
    }

    /// Both streams are at their end, but the process may outlive them.
    fn exited_in_time(&mut self) -> bool {
        while self.child.try_wait().expect("look at tauraro").is_none() {
            if Instant::now() >= self.deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        true
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail if it has ended already, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a stream line by line on a thread of its own, until its end. The thread is not joined: a
/// process that the script left behind may hold the stream open.
fn watch<R: Read + Send + 'static>(
    stream: Option<R>,
    event: fn(String) -> Event,
    events: &Sender<Event>,
) {
    let mut stream = BufReader::new(stream.expect("the stream is piped"));
    let events = events.clone();
    std::thread::spawn(move || {
        let mut line = Vec::new();
        while stream
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            let text = String::from_utf8_lossy(&line).into_owned();
            if events.send(event(text)).is_err() {
                return;
            }
            line.clear();
        }
    });
}
