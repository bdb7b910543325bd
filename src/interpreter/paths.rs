//! Corrects what RustPython 0.6 works out about its own location.

use rustpython_vm::common::rc::PyRc;
use rustpython_vm::vm::Paths;
use rustpython_vm::{VirtualMachine, version};
use std::path::Path;

/// An initialisation hook: it runs before `sys` is filled in from the paths.
pub(super) fn correct(vm: &mut VirtualMachine) {
    let Some(state) = PyRc::get_mut(&mut vm.state) else {
        return;
    };
    let paths = &mut state.config.paths;
    find_executable(paths);
    find_base_executable(paths);
    find_library(paths);
}

/// The name a process was started under may be anything, and then is not found on PATH.
fn find_executable(paths: &mut Paths) {
    if !paths.executable.is_empty() {
        return;
    }
    let Ok(executable) = std::env::current_exe() else {
        return;
    };
    paths.executable = executable.to_string_lossy().into_owned();
    paths.base_executable.clone_from(&paths.executable);
}

/// In a virtual environment RustPython takes for granted that the base interpreter's file has
/// the same name as the link to it, `python`.
fn find_base_executable(paths: &mut Paths) {
    if paths.base_executable == paths.executable || Path::new(&paths.base_executable).exists() {
        return;
    }
    if let Ok(executable) = std::fs::canonicalize(&paths.executable) {
        paths.base_executable = executable.to_string_lossy().into_owned();
    }
}

/// The frozen library names as its directory the one it was compiled from, which exists on the
/// machine that built the binary and need not on the one that runs it.
fn find_library(paths: &mut Paths) {
    if paths
        .stdlib_dir
        .as_deref()
        .is_some_and(|dir| Path::new(dir).is_dir())
    {
        return;
    }
    let (major, minor) = (version::MAJOR, version::MINOR);
    paths.stdlib_dir = Some(format!("{}/lib/python{major}.{minor}", paths.base_prefix));
}
