//! Pickling that works for subclasses too, whatever their `__init__` takes: it is not called.

use rustpython_vm::{
    PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyDict, PyDictRef, PyStr},
};

/// What `__reduce__` returns for a class with `__getstate__` and `__setstate__`.
pub(super) fn reduce(object: &PyObject, vm: &VirtualMachine) -> PyResult {
    let new = vm.import("copyreg", 0)?.get_attr("__newobj__", vm)?;
    let class = vm.ctx.new_tuple(vec![object.class().to_owned().into()]);
    let state = vm.call_method(object, "__getstate__", ())?;
    Ok(vm.ctx.new_tuple(vec![new, class.into(), state]).into())
}

/// A state that begins with the attributes that a script gave the object.
pub(super) fn state_of(object: &PyObject, vm: &VirtualMachine) -> PyDictRef {
    match object.dict() {
        Some(dict) => dict.copy().into_ref(&vm.ctx),
        None => vm.ctx.new_dict(),
    }
}

/// The names and values of a state.
///
/// # Errors
/// TypeError for what is no dict with names.
pub(super) fn items(state: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<(String, PyObjectRef)>> {
    let dict = state.try_downcast_ref::<PyDict>(vm)?;
    let mut items = Vec::new();
    for (name, value) in dict {
        let name = name.try_downcast_ref::<PyStr>(vm)?;
        items.push((name.to_string_lossy().into_owned(), value));
    }
    Ok(items)
}
