//! The interactive prompt.

use rustpython_vm::scope::Scope;
use rustpython_vm::{InterpreterBuilder, PyResult, VirtualMachine, py_freeze};

const MODULE: &str = "_tauraro_repl";

/// Freezes the prompt's Python part into the interpreter.
pub(super) fn register(builder: InterpreterBuilder) -> InterpreterBuilder {
    builder.add_frozen_modules(py_freeze!(file = "repl.py", module_name = "_tauraro_repl"))
}

/// Whether the prompt introduces itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Banner {
    Shown,
    None,
}

impl Banner {
    /// `-q` hides it.
    pub(super) fn unless_quiet(vm: &VirtualMachine) -> Self {
        if vm.state.config.settings.quiet {
            Self::None
        } else {
            Self::Shown
        }
    }
}

/// Reads and runs statements in `scope` until the end of input or an exit.
///
/// # Errors
/// The SystemExit that ended it.
pub(super) fn run(vm: &VirtualMachine, scope: Scope, banner: Banner) -> PyResult<()> {
    let module = vm.import(MODULE, 0)?;
    let banner = match banner {
        Banner::Shown => vm.ctx.new_str(format!("Tauraro {}", crate::VERSION)).into(),
        Banner::None => vm.ctx.none(),
    };
    vm.call_method(&module, "interact", (scope.globals, banner))?;
    Ok(())
}
