//! Pickling objects whose state is native.

use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine};

/// What `__reduce__` returns: the object is made without `__init__`, as a subclass's may take other
/// arguments, and gets `state` and its attributes by `__setstate__`.
pub(super) fn reduce(object: &PyObject, state: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let attributes = object.dict().map_or_else(|| vm.ctx.none(), Into::into);
    let make = vm.import("copyreg", 0)?.get_attr("__newobj__", vm)?;
    let class = vm.ctx.new_tuple(vec![object.class().to_owned().into()]);
    let state = vm.ctx.new_tuple(vec![state, attributes]);
    let parts = vec![make, class.into(), state.into()];
    Ok(vm.ctx.new_tuple(parts).into())
}

/// Gives an object its attributes, and returns its `state`.
///
/// # Errors
/// ValueError for what [`reduce`] did not make.
pub(super) fn restore(object: &PyObject, reduced: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    let parts: Vec<PyObjectRef> = reduced.try_to_value(vm)?;
    let [state, attributes] = &parts[..] else {
        let class = object.class();
        let message = format!("this is no pickled state of {}", class.name());
        return Err(vm.new_value_error(message));
    };
    if let (Some(own), false) = (object.dict(), vm.is_none(attributes)) {
        vm.call_method(own.as_object(), "update", (attributes.clone(),))?;
    }
    Ok(state.clone())
}
