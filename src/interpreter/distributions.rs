//! What `importlib.metadata` says of the modules that are built in.

use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine, function::FuncArgs};

/// Lets the finder of frozen modules find the distributions of ours. It comes before the finder of
/// paths, so an installed package of the same name does not win, as its modules do not.
///
/// The finder is a class of Python and takes the method as an attribute; what it calls is imported
/// at its first call.
pub(super) fn announce(vm: &VirtualMachine) -> PyResult<()> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    let import_system = modules.get_item("_frozen_importlib", vm)?;
    let finder = import_system.get_attr("FrozenImporter", vm)?;
    let find = vm.new_function("find_distributions", find_distributions);
    finder.set_attr("find_distributions", find, vm)
}

/// `find_distributions(context=None)`.
fn find_distributions(args: FuncArgs, vm: &VirtualMachine) -> PyResult<PyObjectRef> {
    let distributions = vm.import("_builtin_distributions", 0)?;
    distributions.get_attr("find", vm)?.call(args, vm)
}
