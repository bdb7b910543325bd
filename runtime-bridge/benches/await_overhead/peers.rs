//! uvloop, for comparison.

use std::path::{Path, PathBuf};

use crate::python::{Python, succeeds};

/// A virtual environment of `python` that has uvloop, made if need be in the directory of this
/// crate's build products. None if it cannot be installed.
pub(crate) fn with_uvloop(python: &Python) -> Option<PathBuf> {
    let name = format!("uvloop-{}", python.version);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let binary = python.environment(&directory)?;
    if !imports_uvloop(&binary) {
        succeeds(&binary, &["-m", "pip", "install", "-q", "uvloop"]);
    }
    imports_uvloop(&binary).then_some(binary)
}

fn imports_uvloop(python: &Path) -> bool {
    succeeds(python, &["-c", "import uvloop"])
}
