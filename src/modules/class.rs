//! What classes written in Rust need to pass for classes written in Python.

use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyTuple, PyType},
    types::PyTypeFlags,
};

/// Lets a class's attributes be set, as those of a class written in Python can be: tests patch
/// methods and packages replace them.
pub(crate) fn make_mutable(class: &Py<PyType>) {
    class
        .slots
        .flags
        .remove_masked(PyTypeFlags::from_slice(&[PyTypeFlags::IMMUTABLETYPE]));
}

/// What `__reduce__` returns so that pickling and copying work for subclasses too, whatever their
/// `__init__` takes: it is not called, and `__setstate__` gets `held` and the attributes.
pub(crate) fn reduce(object: &PyObject, held: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let new = vm.import("copyreg", 0)?.get_attr("__newobj__", vm)?;
    let attributes = object.dict().map_or_else(|| vm.ctx.none(), Into::into);
    let class = vm.ctx.new_tuple(vec![object.class().to_owned().into()]);
    let state = vm
        .ctx
        .new_tuple(vec![vm.ctx.new_tuple(held).into(), attributes]);
    Ok(vm
        .ctx
        .new_tuple(vec![new, class.into(), state.into()])
        .into())
}

/// The `__setstate__` to [`reduce`]: restores the attributes and returns what was held.
pub(crate) fn restore<const N: usize>(
    object: &PyObject,
    state: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<[PyObjectRef; N]> {
    let wrong = || {
        let class = object.class();
        vm.new_type_error(format!("this is no pickled state of {}", class.name()))
    };
    let items = |tuple: &PyObject| Some(tuple.downcast_ref::<PyTuple>()?.as_slice().to_vec());
    let state = items(state).and_then(|state| <[PyObjectRef; 2]>::try_from(state).ok());
    let [held, attributes] = state.ok_or_else(wrong)?;
    let held = items(&held).and_then(|held| held.try_into().ok());
    let held = held.ok_or_else(wrong)?;
    if let Some(dict) = object.dict().filter(|_| !vm.is_none(&attributes)) {
        vm.call_method(dict.as_object(), "update", (attributes,))?;
    }
    Ok(held)
}
