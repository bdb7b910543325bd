//! This program as an interpreter: `await_overhead -c SOURCE ARGS…`, so that it is started as
//! CPython is.

use rustpython::InterpreterBuilderExt as _;
use rustpython_vm::{InterpreterBuilder, Settings};

/// Runs `source` with `argv` as its `sys.argv`. Returns the exit code.
pub(crate) fn run(source: &str, argv: &[&str]) -> u32 {
    let mut settings = Settings::default();
    settings.argv = argv.iter().map(ToString::to_string).collect();
    let builder = InterpreterBuilder::new().settings(settings).init_stdlib();
    let module = crate::operations::module_def(&builder.ctx);
    let interpreter = runtime_bridge::register(builder.add_native_module(module)).build();
    interpreter.run(|vm| {
        let scope = vm.new_scope_with_main()?;
        vm.run_string(scope, source, "<string>").map(drop)
    })
}
