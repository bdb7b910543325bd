//! How the process ends: CPython's exit statuses.

use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::{AsObject, Interpreter, PyResult, VirtualMachine};
use std::process::ExitCode;

/// What the program came to.
enum Ending {
    Status(u32),
    /// A KeyboardInterrupt that nobody caught.
    Interrupted,
}

/// Reports the exception that the program ended with, if any, shuts the interpreter down and
/// gives the exit status: the program's own, or 120 if standard output could not be flushed.
///
/// The interpreter's own shutdown would report the exception too, but kill the process by a
/// KeyboardInterrupt before threads are joined and atexit handlers have run.
pub(super) fn end(interpreter: Interpreter, outcome: PyResult<()>) -> ExitCode {
    let ending = interpreter.enter(|vm| {
        let ending = report(vm, outcome);
        spare_threading(vm);
        ending
    });
    let shutdown = interpreter.finalize(None);
    match ending {
        Ending::Status(0) => exit_code(shutdown),
        Ending::Status(status) => exit_code(status),
        Ending::Interrupted => die_of_interrupt(),
    }
}

fn report(vm: &VirtualMachine, outcome: PyResult<()>) -> Ending {
    let Err(exception) = outcome else {
        return Ending::Status(0);
    };
    flush_stdout(vm);
    if is_interrupt(vm, &exception) {
        vm.print_exception(&exception);
        return Ending::Interrupted;
    }
    Ending::Status(vm.handle_exit_exception(exception))
}

fn is_interrupt(vm: &VirtualMachine, exception: &PyBaseExceptionRef) -> bool {
    exception.fast_isinstance(vm.ctx.exceptions.keyboard_interrupt)
}

/// So that output and traceback come in order where both go to one place. A failure is met again,
/// and counted, when the interpreter shuts down.
fn flush_stdout(vm: &VirtualMachine) {
    if let Ok(stdout) = vm.sys_module.get_attr("stdout", vm) {
        let _ = vm.call_method(&stdout, "flush", ());
    }
}

/// Shutting down, the interpreter calls `threading._shutdown`, and imports `threading` for that if
/// nothing has: a tenth of a short script's time, to wait for threads that cannot be. So it finds
/// a stand-in, which goes as soon as it is called: atexit handlers may import the real one.
fn spare_threading(vm: &VirtualMachine) {
    let Ok(modules) = vm.sys_module.get_attr("modules", vm) else {
        return;
    };
    if modules.get_item("threading", vm).is_ok() {
        return;
    }
    let stand_in = vm.new_module("threading", vm.ctx.new_dict(), None);
    let shutdown = vm.new_function("_shutdown", |vm: &VirtualMachine| -> PyResult<()> {
        let modules = vm.sys_module.get_attr("modules", vm)?;
        modules.del_item("threading", vm)
    });
    if stand_in.set_attr("_shutdown", shutdown, vm).is_ok() {
        let _ = modules.set_item("threading", stand_in.into(), vm);
    }
}

/// Only the low eight bits of a status reach the parent, on Unix.
fn exit_code(status: u32) -> ExitCode {
    rustpython_vm::host_env::os::exit_code(status)
}

#[cfg(unix)]
fn die_of_interrupt() -> ExitCode {
    // SAFETY: both take plain numbers; restoring the default action runs no code of ours.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::raise(libc::SIGINT);
    }
    // Reached only if the signal is blocked: what a shell reports for it.
    exit_code(128 + 2)
}

#[cfg(not(unix))]
fn die_of_interrupt() -> ExitCode {
    const STATUS_CONTROL_C_EXIT: u32 = 0xC000_013A;
    exit_code(STATUS_CONTROL_C_EXIT)
}
