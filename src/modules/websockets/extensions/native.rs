//! The factories of permessage-deflate, by their attributes.

use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyDict};

use crate::engine::ws::extensions::{
    ClientDeflate, ClientWindowBits, CompressSettings, DeflateParameters, PerMessageDeflate,
    ServerDeflate,
};

pub(super) fn client(factory: &PyObject, vm: &VirtualMachine) -> PyResult<ClientDeflate> {
    let bits = factory.get_attr("client_max_window_bits", vm)?;
    Ok(ClientDeflate {
        server_no_context_takeover: flag(factory, "server_no_context_takeover", vm)?,
        client_no_context_takeover: flag(factory, "client_no_context_takeover", vm)?,
        server_max_window_bits: window_bits(factory, "server_max_window_bits", vm)?,
        client_max_window_bits: match bits.is(&vm.ctx.true_value) {
            true => Some(ClientWindowBits::Supported),
            false => {
                window_bits(factory, "client_max_window_bits", vm)?.map(ClientWindowBits::Limit)
            }
        },
        settings: settings(factory, vm)?,
    })
}

pub(super) fn server(factory: &PyObject, vm: &VirtualMachine) -> PyResult<ServerDeflate> {
    Ok(ServerDeflate {
        server_no_context_takeover: flag(factory, "server_no_context_takeover", vm)?,
        client_no_context_takeover: flag(factory, "client_no_context_takeover", vm)?,
        server_max_window_bits: window_bits(factory, "server_max_window_bits", vm)?,
        client_max_window_bits: window_bits(factory, "client_max_window_bits", vm)?,
        require_client_max_window_bits: flag(factory, "require_client_max_window_bits", vm)?,
        settings: settings(factory, vm)?,
    })
}

/// An object of the class PerMessageDeflate, which a factory has returned.
pub(super) fn extension(object: &PyObject, vm: &VirtualMachine) -> PyResult<PerMessageDeflate> {
    let bits = |name| Ok::<u8, _>(window_bits(object, name, vm)?.unwrap_or(15));
    Ok(PerMessageDeflate::new(DeflateParameters {
        remote_no_context_takeover: flag(object, "remote_no_context_takeover", vm)?,
        local_no_context_takeover: flag(object, "local_no_context_takeover", vm)?,
        remote_max_window_bits: bits("remote_max_window_bits")?,
        local_max_window_bits: bits("local_max_window_bits")?,
        settings: settings(object, vm)?,
    }))
}

fn flag(object: &PyObject, name: &'static str, vm: &VirtualMachine) -> PyResult<bool> {
    object.get_attr(name, vm)?.try_to_bool(vm)
}

/// The factory has checked the exact range; what it holds may have been changed since.
fn window_bits(object: &PyObject, name: &'static str, vm: &VirtualMachine) -> PyResult<Option<u8>> {
    let value = object.get_attr(name, vm)?;
    if vm.is_none(&value) {
        return Ok(None);
    }
    match value.try_to_value::<u8>(vm) {
        Ok(bits @ 8..=15) => Ok(Some(bits)),
        _ => Err(vm.new_value_error(format!("{name} must be between 8 and 15"))),
    }
}

/// `compress_settings`, arguments of `zlib.compressobj`.
fn settings(object: &PyObject, vm: &VirtualMachine) -> PyResult<CompressSettings> {
    let settings = object.get_attr("compress_settings", vm)?;
    if vm.is_none(&settings) {
        return Ok(CompressSettings::default());
    }
    let settings = settings
        .downcast_ref::<PyDict>()
        .ok_or_else(|| vm.new_type_error("compress_settings must be a dict"))?;
    let number = |name: &'static str, default: i32| match settings.get_item_opt(name, vm)? {
        Some(value) => value.try_to_value(vm),
        None => Ok(default),
    };
    check_names(&settings.keys_vec(), vm)?;
    CompressSettings::new(
        number("level", -1)?,
        number("memLevel", 8)?,
        number("strategy", 0)?,
    )
    .ok_or_else(|| vm.new_value_error("compress_settings: Invalid initialization option"))
}

fn check_names(names: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<()> {
    for name in names {
        let name = name.str(vm)?;
        if !["level", "memLevel", "strategy", "method"]
            .iter()
            .any(|it| name.as_bytes() == it.as_bytes())
        {
            let text = format!("compress_settings: {name} is not supported");
            return Err(vm.new_type_error(text));
        }
    }
    Ok(())
}
