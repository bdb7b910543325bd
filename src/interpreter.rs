//! Builds the interpreter: RustPython with its standard library frozen into the binary, and what
//! is added to it here.

mod distributions;
mod late;
mod paths;
mod sysconfigdata;

use rustpython::InterpreterBuilderExt as _;
use rustpython_vm::{Interpreter, InterpreterBuilder, PyResult, Settings, VirtualMachine};

use crate::modules;

/// The suffix of scripts and modules that are meant for this interpreter; read as Python source.
const SOURCE_SUFFIX: &str = ".tr";

/// An interpreter with every module registered, ready to be entered.
#[must_use]
pub fn interpreter(settings: Settings) -> Interpreter {
    build(builder(settings))
}

/// A builder with the standard library and every module of ours. Finish it with [`build`], not
/// with its own `build`: some of the set-up needs the interpreter's import system, which exists
/// only afterwards.
#[must_use]
pub fn builder(settings: Settings) -> InterpreterBuilder {
    let builder = InterpreterBuilder::new().settings(settings).init_stdlib();
    let sysconfigdata = sysconfigdata::module_def(&builder.ctx);
    let builder = builder
        .add_native_module(sysconfigdata)
        .init_hook(paths::correct);
    let builder = builder.add_frozen_modules(late::kept());
    modules::register(runtime_bridge::register(builder))
}

/// Builds the interpreter of a [`builder`].
#[must_use]
pub fn build(builder: InterpreterBuilder) -> Interpreter {
    let interpreter = builder.build();
    interpreter.enter_and_expect(
        import_our_sources,
        "the import system has no source suffixes",
    );
    interpreter.enter_and_expect(
        distributions::announce,
        "the import system has no finder of frozen modules",
    );
    interpreter
}

/// Makes modules of [`SOURCE_SUFFIX`] importable. Every path finder reads this one list when it
/// is made, so it must grow before the first path is searched: nothing has been imported from a
/// path until `site` is.
fn import_our_sources(vm: &VirtualMachine) -> PyResult<()> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    let import_system = modules.get_item("_frozen_importlib_external", vm)?;
    let suffixes = import_system.get_attr("SOURCE_SUFFIXES", vm)?;
    vm.call_method(&suffixes, "append", (SOURCE_SUFFIX,))?;
    Ok(())
}
