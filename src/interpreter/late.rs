//! Modules of the standard library that are read when they are first used, not when they are
//! imported: `python/_colorize.py`.

use rustpython_vm::frozen::FrozenModule;

/// A module that ours takes the place of, and the name under which it stays reachable.
const COLORIZE: (&str, &str) = ("_colorize", "_tauraro_colorize");

/// The interpreter's own, for ours to read.
pub(super) fn kept() -> Option<(&'static str, FrozenModule)> {
    let (name, kept) = COLORIZE;
    let mut modules = rustpython_pylib::FROZEN_STDLIB.decode();
    let (_, module) = modules.find(|(found, _)| *found == name)?;
    Some((kept, module))
}
