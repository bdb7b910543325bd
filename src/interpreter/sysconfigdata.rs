//! `sysconfig`'s build-time variables, with the one that RustPython 0.6 leaves out: TZPATH, where
//! `zoneinfo` looks for the system's time zones. Nothing is imported until a script asks.

pub(super) use _sysconfigdata::module_def;

/// CPython's default on Unix (PEP 615).
#[cfg(not(windows))]
const TZPATH: &str = "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo";
#[cfg(windows)]
const TZPATH: &str = "";

/// Replaces the interpreter's module of the same name, as a module registered later does.
#[rustpython_vm::pymodule(name = "_sysconfigdata")]
mod _sysconfigdata {
    use super::TZPATH;
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::{AsObject, Py, PyResult, VirtualMachine, stdlib};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        let replaced = stdlib::builtin_module_defs(&vm.ctx)
            .into_iter()
            .find(|def| def.name.as_str() == "_sysconfigdata")
            .and_then(|def| def.slots.exec);
        if let Some(exec) = replaced {
            exec(vm, module)?;
        }
        let variables = module.as_object().get_attr("build_time_vars", vm)?;
        variables.set_item("TZPATH", vm.ctx.new_str(TZPATH).into(), vm)
    }
}
