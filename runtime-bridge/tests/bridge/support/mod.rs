//! Runs Python source in an interpreter that has the bridge and a few native futures to await.

mod from_python;
mod module;
mod operations;
mod process;
mod streams;
mod threads;

use rustpython::InterpreterBuilderExt as _;
use rustpython_vm::{Interpreter, InterpreterBuilder, PyResult, Settings, VirtualMachine};

pub(crate) use process::{Outcome, Running, Script};

/// Helpers that every script finds in its namespace.
const PRELUDE: &str = include_str!("prelude.py");

/// Runs `source` at the top level of a script, and fails with its traceback if it raises.
#[track_caller]
pub(crate) fn script(source: &str) {
    Script::new(source).start().assert_success();
}

/// Runs `body` as the body of a coroutine function under `asyncio.run`.
#[track_caller]
pub(crate) fn in_loop(body: &str) {
    let indented: String = dedent(body)
        .lines()
        .map(|line| format!("    {line}\n"))
        .collect();
    script(&format!(
        "async def main():\n{indented}\nasyncio.run(main())\n"
    ));
}

/// Takes away the margin that the source has from standing inside a Rust function.
fn dedent(source: &str) -> String {
    let margin = |line: &str| line.len() - line.trim_start().len();
    let written = source.lines().filter(|line| !line.trim().is_empty());
    let common = written.map(margin).min().unwrap_or(0);
    let lines = source.lines().map(|line| line.get(common..).unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n")
}

/// The standard library, the bridge and the module `bridge_test`.
fn interpreter() -> Interpreter {
    let mut settings = Settings::default();
    // What was printed before a hang is to be seen.
    settings.buffered_stdio = false;
    let builder = InterpreterBuilder::new().settings(settings).init_stdlib();
    let module = module::module_def(&builder.ctx);
    let from_python = from_python::module_def(&builder.ctx);
    let streams = streams::module_def(&builder.ctx);
    let threads = threads::module_def(&builder.ctx);
    let builder = builder
        .add_native_module(module)
        .add_native_module(from_python)
        .add_native_module(streams)
        .add_native_module(threads);
    runtime_bridge::register(builder).build()
}

/// Runs `source` as `__main__` would run, after the prelude. Returns the exit code.
fn run(source: &str) -> i32 {
    let status = interpreter().run(|vm| run_main(source, vm));
    i32::try_from(status).unwrap_or(i32::MAX)
}

fn run_main(source: &str, vm: &VirtualMachine) -> PyResult<()> {
    let scope = vm.new_scope_with_main()?;
    vm.run_string(scope.clone(), PRELUDE, "<prelude>")?;
    vm.run_string(scope, source, "<test>").map(drop)
}
