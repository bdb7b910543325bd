//! The ways to run a program, and what comes before and after it.

use super::options::Program;
use super::{program, repl};
use rustpython_vm::scope::Scope;
use rustpython_vm::{PyResult, VirtualMachine};
use std::io::IsTerminal as _;

/// Runs `program` in a fresh `__main__`, and the interactive prompt after it if asked to.
///
/// # Errors
/// The exception that ended the program.
pub(super) fn run(vm: &VirtualMachine, program: &Program, skip_first_line: bool) -> PyResult<()> {
    let scope = vm.new_scope_with_main()?;
    start(vm)?;
    if let Some(directory) = first_search_path(vm, program) {
        vm.insert_sys_path(vm.new_pyobj(directory))?;
    }
    if is_interactive(vm, program) {
        return repl::run(vm, scope, repl::Banner::unless_quiet(vm));
    }
    let outcome = run_program(vm, scope.clone(), program, skip_first_line);
    if !inspect_after(vm) {
        return outcome;
    }
    if let Err(exception) = outcome {
        vm.print_exception(&exception);
    }
    repl::run(vm, scope, repl::Banner::None)
}

/// What CPython imports before a program. `sys.path[0]` is not set yet: `site` would make the
/// empty path absolute.
fn start(vm: &VirtualMachine) -> PyResult<()> {
    let settings = &vm.state.config.settings;
    // The warnings module parses the filters; without any it is not needed.
    if !settings.warnoptions.is_empty() {
        vm.import("warnings", 0)?;
    }
    if settings.import_site {
        vm.import("site", 0)?;
    }
    if settings.faulthandler {
        let faulthandler = vm.import("faulthandler", 0)?;
        vm.call_method(&faulthandler, "enable", ())?;
    }
    Ok(())
}

/// `sys.path[0]`, where it does not depend on the script; see [`program::run_file`] for the rest.
fn first_search_path(vm: &VirtualMachine, program: &Program) -> Option<String> {
    if vm.state.config.settings.safe_path {
        return None;
    }
    match program {
        Program::Script(_) => None,
        Program::Module(_) => program::current_directory(),
        Program::Code(_) | Program::Stdin | Program::Repl => Some(String::new()),
    }
}

fn is_interactive(vm: &VirtualMachine, program: &Program) -> bool {
    match program {
        Program::Repl => true,
        Program::Stdin => vm.state.config.settings.interactive || std::io::stdin().is_terminal(),
        Program::Script(_) | Program::Code(_) | Program::Module(_) => false,
    }
}

/// A program can ask for the prompt itself, by setting PYTHONINSPECT while it runs.
fn inspect_after(vm: &VirtualMachine) -> bool {
    let settings = &vm.state.config.settings;
    let asked = || std::env::var_os("PYTHONINSPECT").is_some_and(|value| !value.is_empty());
    settings.inspect || (!settings.ignore_environment && asked())
}

fn run_program(
    vm: &VirtualMachine,
    scope: Scope,
    program: &Program,
    skip_first_line: bool,
) -> PyResult<()> {
    match program {
        Program::Script(path) => program::run_file(vm, scope, path, skip_first_line),
        Program::Code(code) => program::run_code(vm, scope, code),
        Program::Module(module) => vm.run_module(module),
        Program::Stdin => program::run_stdin(vm, scope, skip_first_line),
        Program::Repl => Ok(()),
    }
}
