//! The `params=` and `data=` arguments.

use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBytes, PyDict, PyList, PyStr, PyTuple},
};

use super::query_params::QueryParams;
use crate::engine::http::params::Params;
use crate::modules::convert::utf8;

/// `params=`: QueryParams, a str, bytes, a mapping (whose values may be lists), or pairs.
pub(super) fn parse_params(params: &PyObject, vm: &VirtualMachine) -> PyResult<Params> {
    if let Some(params) = params.downcast_ref::<QueryParams>() {
        return Ok(params.engine());
    }
    if let Some(text) = params.downcast_ref::<PyStr>() {
        return Ok(Params::parse(utf8(text, vm)?));
    }
    if params.downcast_ref::<PyBytes>().is_some() {
        return Ok(Params::parse(&ascii(params, vm)?));
    }
    match sequence(params) {
        Some(pairs) => parse_pairs(&pairs, vm),
        None => parse_mapping(params, vm),
    }
}

/// `data=`: a mapping, whose values may be lists.
pub(super) fn encode_form(data: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    Ok(match sequence(data) {
        Some(pairs) => parse_pairs(&pairs, vm)?,
        None => parse_mapping(data, vm)?,
    }
    .encode())
}

/// The text of bytes that are ASCII; a UnicodeDecodeError for others.
pub(super) fn ascii(bytes: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    let text = vm.call_method(bytes, "decode", ("ascii",))?;
    let text = text.downcast_ref::<PyStr>().map(|text| utf8(text, vm));
    Ok(text.transpose()?.unwrap_or_default().to_owned())
}

/// The items of a list or a tuple.
fn sequence(value: &PyObject) -> Option<Vec<PyObjectRef>> {
    if let Some(list) = value.downcast_ref::<PyList>() {
        return Some(list.borrow_vec().to_vec());
    }
    let tuple = value.downcast_ref::<PyTuple>()?;
    Some(tuple.as_slice().to_vec())
}

fn parse_pairs(pairs: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<Params> {
    let mut params = Params::default();
    for pair in pairs {
        let (name, value) = pair_of(pair, vm)?;
        params.append(str_of(&name, vm)?, primitive(&value, vm)?);
    }
    Ok(params)
}

fn pair_of(pair: &PyObject, vm: &VirtualMachine) -> PyResult<(PyObjectRef, PyObjectRef)> {
    let parts: Vec<PyObjectRef> = pair.to_owned().try_to_value(vm)?;
    match <[PyObjectRef; 2]>::try_from(parts) {
        Ok([name, value]) => Ok((name, value)),
        Err(_) => {
            let message = "expected a mapping or pairs of a name and a value";
            Err(vm.new_value_error(message))
        }
    }
}

fn parse_mapping(mapping: &PyObject, vm: &VirtualMachine) -> PyResult<Params> {
    let mut params = Params::default();
    if let Some(dict) = mapping.downcast_ref::<PyDict>() {
        for (name, value) in dict {
            push(&mut params, &name, &value, vm)?;
        }
        return Ok(params);
    }
    let items: Vec<PyObjectRef> = vm.call_method(mapping, "items", ())?.try_to_value(vm)?;
    for item in items {
        let (name, value) = pair_of(&item, vm)?;
        push(&mut params, &name, &value, vm)?;
    }
    Ok(params)
}

fn push(
    params: &mut Params,
    name: &PyObject,
    value: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let name = str_of(name, vm)?;
    let Some(values) = sequence(value) else {
        params.append(name, primitive(value, vm)?);
        return Ok(());
    };
    params.declare(name.clone());
    for value in values {
        params.append(name.clone(), primitive(&value, vm)?);
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
    str_of(value, vm)
}

/// What str() says.
pub(super) fn str_of(value: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    let text = value.str(vm)?;
    Ok(utf8(&text, vm)?.to_owned())
}
