//! Runs the binary in a folder of its own, without the PYTHON* variables of whoever runs the tests.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

/// Only a guard against hanging for ever.
const DEADLINE: Duration = Duration::from_secs(120);

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_tauraro");

/// A temporary working directory.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary directory"))
    }

    /// With symbolic links resolved, as the interpreter shows paths.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().canonicalize().expect("the directory exists")
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        let parent = path.parent().expect("a file is in a folder");
        std::fs::create_dir_all(parent).expect("the folder can be made");
        std::fs::write(&path, content).expect("the file can be written");
        path
    }

    /// `tauraro` with these arguments, in this folder.
    pub(crate) fn tauraro<I>(&self, args: I) -> Command
    where
        I: IntoIterator<Item: AsRef<OsStr>>,
    {
        self.program(Path::new(BINARY), args)
    }

    /// Another program, in this folder.
    pub(crate) fn program<I>(&self, program: &Path, args: I) -> Command
    where
        I: IntoIterator<Item: AsRef<OsStr>>,
    {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.path());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PYTHON") {
                command.env_remove(name);
            }
        }
        command.env("HOME", self.path());
        command
    }

    /// Runs `tauraro` with these arguments and an empty standard input.
    pub(crate) fn run<I>(&self, args: I) -> Outcome
    where
        I: IntoIterator<Item: AsRef<OsStr>>,
    {
        finish(self.tauraro(args), "")
    }
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    /// The output of a run that must have succeeded, without the last line break.
    #[track_caller]
    pub(crate) fn output(&self) -> &str {
        assert!(self.status.success(), "the run failed: {self:?}");
        self.stdout.trim_end()
    }
}

/// Runs `tauraro -c code` in an empty folder.
pub(crate) fn run_code(code: &str) -> Outcome {
    Folder::new().run(["-c", code])
}

/// Runs a command with this standard input to its end.
pub(crate) fn finish(mut command: Command, input: &str) -> Outcome {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("piped");
    // A program that ends without reading all of it closes the pipe: no concern of the test.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    wait(child)
}

/// Waits for a child, and kills one that takes too long.
pub(crate) fn wait(child: Child) -> Outcome {
    let id = child.id().cast_signed();
    let (done, waited) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let output = waited.recv_timeout(DEADLINE).unwrap_or_else(|_| {
        // SAFETY: takes plain numbers; the child was not waited for, so the number is still its own.
        unsafe { libc::kill(id, libc::SIGKILL) };
        panic!("the run did not end within {DEADLINE:?}");
    });
    let output = output.expect("the child can be waited for");
    Outcome {
        status: output.status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
