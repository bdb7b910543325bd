//! CPython and uvloop, for comparison.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Prints the path of the binary, which may be behind a shim, and the version.
const ASK: &str = "
import platform, sys
if sys.implementation.name != 'cpython' or sys.version_info < (3, 11):
    sys.exit('not CPython 3.11 or later')
print(sys.executable, platform.python_version(), sep='\\n')
";

/// A CPython of 3.11 or later.
pub(crate) struct Python {
    pub(crate) binary: PathBuf,
    pub(crate) version: String,
}

impl Python {
    /// Asks `command` for the binary that it stands for. None if it is no fitting CPython.
    pub(crate) fn behind(command: &Path) -> Option<Self> {
        let output = Command::new(command)
            .args(["-I", "-c", ASK])
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let (binary, version) = text.trim().split_once('\n')?;
        Some(Self {
            binary: binary.into(),
            version: version.into(),
        })
    }

    /// The one on the path, or else the newest that pyenv has.
    pub(crate) fn find() -> Option<Self> {
        let on_path = Self::behind("python3".as_ref());
        on_path.or_else(|| pyenv_versions().iter().find_map(|it| Self::behind(it)))
    }

    /// A virtual environment of this Python that has uvloop, made if need be in the directory of
    /// this crate's build products. None if it cannot be installed.
    pub(crate) fn with_uvloop(&self) -> Option<PathBuf> {
        let name = format!("uvloop-{}", self.version);
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let binary = directory.join("bin/python");
        if !imports_uvloop(&binary) {
            let directory = directory.to_str()?;
            succeeds(&self.binary, &["-m", "venv", "--clear", directory]);
            succeeds(&binary, &["-m", "pip", "install", "-q", "uvloop"]);
        }
        imports_uvloop(&binary).then_some(binary)
    }
}

/// Newest first.
fn pyenv_versions() -> Vec<PathBuf> {
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| Some(std::env::home_dir()?.join(".pyenv")));
    let versions = root.and_then(|root| fs::read_dir(root.join("versions")).ok());
    let binary = |entry: fs::DirEntry| entry.path().join("bin/python3");
    let entries = versions.into_iter().flatten().flatten();
    let mut binaries: Vec<_> = entries.map(binary).collect();
    binaries.sort();
    binaries.reverse();
    binaries
}

fn imports_uvloop(python: &Path) -> bool {
    succeeds(python, &["-c", "import uvloop"])
}

fn succeeds(command: &Path, args: &[&str]) -> bool {
    let output = Command::new(command).args(args).output();
    output.is_ok_and(|output| output.status.success())
}
