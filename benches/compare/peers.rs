//! The packages that Tauraro's modules are compared with, on CPython.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::options;
use crate::python::{Python, succeeds};

/// As pip takes them.
const REQUIREMENTS: [&str; 14] = [
    "httpx==0.28.1",
    // For HTTP/2 with httpx.
    "h2",
    "httpx2",
    "requests",
    "aiohttp",
    "uvloop",
    "pyreqwest",
    "primp",
    "pycurl",
    "niquests",
    "websockets",
    "picows",
    "httptools",
    // What pure Python parses with.
    "h11",
];

/// Prints the packages that can be imported, with their versions.
const ASK: &str = "
import importlib, importlib.metadata, sys
for requirement in sys.argv[1:]:
    name = requirement.partition('==')[0]
    try:
        importlib.import_module(name)
        print(name, importlib.metadata.version(name))
    except Exception:
        pass
";

/// A virtual environment with the packages that could be installed.
pub(crate) struct Peers {
    pub(crate) binary: PathBuf,
    /// By package.
    pub(crate) versions: BTreeMap<String, String>,
}

impl Peers {
    /// Installs what is missing. None when `python` cannot make a virtual environment.
    pub(crate) fn install(python: &Python) -> Option<Self> {
        let directory = match std::env::var_os("TAURARO_COMPARE_VENV") {
            Some(directory) => directory.into(),
            None => options::products().join(format!("peers-{}", python.version)),
        };
        let binary = python.environment(&directory)?;
        let present = versions(&binary);
        for requirement in REQUIREMENTS {
            if !present.contains_key(name_of(requirement)) {
                eprintln!("installing {requirement} …");
                install(&binary, requirement);
            }
        }
        let versions = versions(&binary);
        Some(Self { binary, versions })
    }

    /// Those that could not be installed.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let names = REQUIREMENTS.into_iter().map(name_of);
        names
            .filter(|name| !self.versions.contains_key(*name))
            .collect()
    }
}

fn name_of(requirement: &'static str) -> &'static str {
    requirement.split("==").next().unwrap_or(requirement)
}

/// One by one, so that one that fails does not keep the others out. Never from source: that may
/// want a compiler and the headers of libraries.
fn install(binary: &Path, requirement: &str) {
    let pip = ["-m", "pip", "--disable-pip-version-check", "--retries=1"];
    let install = ["install", "-q", "--only-binary=:all:", requirement];
    succeeds(binary, &[&pip[..], &install].concat());
}

fn versions(binary: &Path) -> BTreeMap<String, String> {
    let output = Command::new(binary)
        .args(["-c", ASK])
        .args(REQUIREMENTS)
        .output();
    let output = output.map(|it| it.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output);
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}
