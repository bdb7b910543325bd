//! A CPython to compare with. `benches/compare` of the workspace shares this file.

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

    /// A virtual environment of this Python in `directory`, made if need be. Returns its binary.
    pub(crate) fn environment(&self, directory: &Path) -> Option<PathBuf> {
        let binary = directory.join("bin/python");
        let has_pip = ["-m", "pip", "--version"];
        if !succeeds(&binary, &has_pip) {
            succeeds(&self.binary, &["-m", "venv", directory.to_str()?]);
        }
        succeeds(&binary, &has_pip).then_some(binary)
    }
}

/// Whether the command runs and ends well. Shows nothing of what it prints.
pub(crate) fn succeeds(command: &Path, args: &[&str]) -> bool {
    let output = Command::new(command).args(args).output();
    output.is_ok_and(|output| output.status.success())
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
