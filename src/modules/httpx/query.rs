//! The `params=` and `data=` arguments as urlencoded text.

use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBytes, PyDict, PyList, PyStr, PyTuple},
};

use crate::engine::http::params::Params;
use crate::modules::convert::utf8;
use crate::modules::fields::items_of;

/// `params=`: a str, bytes, a mapping (whose values may be lists), or pairs.
pub(super) fn parse_params(params: &PyObject, vm: &VirtualMachine) -> PyResult<Params> {
    if let Some(text) = params.downcast_ref::<PyStr>() {
        return Ok(Params::parse(utf8(text, vm)?));
    }
    if let Some(bytes) = params.downcast_ref::<PyBytes>() {
        return Ok(Params::parse(&String::from_utf8_lossy(bytes.as_bytes())));
    }
    pairs(params, vm)
}

/// `data=`: a mapping, whose values may be lists.
pub(super) fn encode_form(data: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    Ok(pairs(data, vm)?.encode())
}

fn pairs(value: &PyObject, vm: &VirtualMachine) -> PyResult<Params> {
    let mut pairs = Params::default();
    if let Some(dict) = value.downcast_ref::<PyDict>() {
        for (key, value) in dict {
            push(&mut pairs, &key, &value, vm)?;
        }
        return Ok(pairs);
    }
    let items: Vec<PyObjectRef> = items_of(value, vm)?.try_to_value(vm)?;
    for item in items {
        let pair: Vec<PyObjectRef> = item.try_to_value(vm)?;
        let [key, value] = &pair[..] else {
            let message = "expected a mapping or pairs of a name and a value";
            return Err(vm.new_value_error(message));
        };
        push(&mut pairs, key, value, vm)?;
    }
    Ok(pairs)
}

fn push(pairs: &mut Params, key: &PyObject, value: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let name = primitive(key, vm)?;
    if let Some(list) = value.downcast_ref::<PyList>() {
        for value in list.borrow_vec().to_vec() {
            pairs.append(name.clone(), primitive(&value, vm)?);
        }
    } else if let Some(tuple) = value.downcast_ref::<PyTuple>() {
        for value in tuple.as_slice() {
            pairs.append(name.clone(), primitive(value, vm)?);
        }
    } else {
        pairs.append(name, primitive(value, vm)?);
    }
    Ok(())
}

/// None is "", True is "true", everything else is its str().
pub(super) fn primitive(value: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    if vm.is_none(value) {
        return Ok(String::new());
    }
    if value.is(&vm.ctx.true_value) {
        return Ok("true".to_owned());
    }
    if value.is(&vm.ctx.false_value) {
        return Ok("false".to_owned());
    }
    if let Some(bytes) = value.downcast_ref::<PyBytes>() {
        return Ok(String::from_utf8_lossy(bytes.as_bytes()).into_owned());
    }
    let text = value.str(vm)?;
    Ok(utf8(&text, vm)?.to_owned())
}
