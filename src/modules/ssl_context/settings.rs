//! From a context to the engine's settings.

use rustpython_vm::{AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyStr};

use super::loading::path_of;
use super::record::{Recorded, recorded};
use crate::engine::tls::{Roots, TlsSettings, Verify, Version};

/// The constants of `ssl` that are read here; they are OpenSSL's, and public.
mod constant {
    pub(super) const CERT_NONE: i64 = 0;
    pub(super) const MINIMUM_SUPPORTED: i64 = -2;
    pub(super) const MAXIMUM_SUPPORTED: i64 = -1;
    pub(super) const TLS_1_2: i64 = 0x0303;
    pub(super) const TLS_1_3: i64 = 0x0304;
    pub(super) const OP_NO_TLS_1_2: i64 = 0x0800_0000;
    pub(super) const OP_NO_TLS_1_3: i64 = 0x2000_0000;
    /// `VERIFY_CRL_CHECK_LEAF`, which is a bit of `VERIFY_CRL_CHECK_CHAIN` too.
    pub(super) const CRL_CHECK: i64 = 0x4;
}

/// Whether `value` is an `ssl.SSLContext`. Imports nothing: a script that has a context has
/// imported `ssl`.
///
/// Told by the base class, since packages such as truststore put another class in the place of
/// `ssl.SSLContext`.
pub(crate) fn is_context(value: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    match modules.get_item("_ssl", vm) {
        Ok(module) => value.is_instance(&*module.get_attr("_SSLContext", vm)?, vm),
        Err(_) => Ok(false),
    }
}

/// What an `ssl.SSLContext` asks for, as it is now. See the module's page for what cannot be
/// carried over.
///
/// # Errors
/// ValueError or TypeError for a context that the settings would not do justice.
pub(crate) fn settings_of(context: &PyObject, vm: &VirtualMachine) -> PyResult<TlsSettings> {
    if let Some(inner) = truststore(context, vm)? {
        let roots = Roots::of_system();
        return settings_with(&inner, |record| record.roots.extend(&roots), vm);
    }
    refuse_overrides(context, vm)?;
    settings_with(context, |_| {}, vm)
}

fn settings_with(
    context: &PyObject,
    change: impl FnOnce(&mut Recorded),
    vm: &VirtualMachine,
) -> PyResult<TlsSettings> {
    let mut record = recorded(context, vm)?;
    change(&mut record);
    refuse_revocation_checks(context, vm)?;
    let (minimum_version, maximum_version) = versions(context, vm)?;
    let key_log = context.get_attr("keylog_filename", vm)?;
    Ok(TlsSettings {
        verify: match number(context, "verify_mode", vm)? {
            constant::CERT_NONE => Verify::Disabled,
            _ => Verify::Roots(record.roots),
        },
        check_hostname: context.get_attr("check_hostname", vm)?.try_to_bool(vm)?,
        identity: record
            .identity
            .transpose()
            .map_err(|reason| vm.new_value_error(format!("the context's key: {reason}")))?,
        minimum_version,
        maximum_version,
        cipher_suites: match record.chose_ciphers {
            true => Some(cipher_suites(context, vm)?),
            false => None,
        },
        alpn: record.alpn,
        key_log: match vm.is_none(&key_log) {
            true => None,
            false => Some(path_of(&key_log, vm)?),
        },
        // The context is all there is to say; it read the environment when it was made.
        trust_env: false,
    })
}

fn number(context: &PyObject, name: &'static str, vm: &VirtualMachine) -> PyResult<i64> {
    let value = context.get_attr(name, vm)?;
    value.try_int(vm)?.try_to_primitive(vm)
}

/// The context inside of a `truststore.SSLContext`, whose one purpose is to trust what the system
/// trusts. It does so by overriding how sockets are wrapped.
fn truststore(context: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let module = context.class().as_object().get_attr("__module__", vm)?;
    let module = module.str(vm)?;
    match module.to_string_lossy().split('.').next() {
        Some("truststore") => vm.get_attribute_opt(context, "_ctx"),
        _ => Ok(None),
    }
}

/// A subclass that wraps sockets in its own way expects to be called for it.
fn refuse_overrides(context: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    let class = context.class();
    for name in ["wrap_socket", "wrap_bio"] {
        let method = class.as_object().get_attr(name, vm)?;
        let module = vm.get_attribute_opt(&method, "__module__")?;
        if module.is_none_or(|module| !is_str(&module, "ssl")) {
            let class = class.name();
            return Err(vm.new_type_error(format!(
                "{class} overrides {name}, which is not called here: \
                 set up an ssl.SSLContext without overriding it"
            )));
        }
    }
    Ok(())
}

fn is_str(value: &PyObject, expected: &str) -> bool {
    let text = value.downcast_ref::<PyStr>().and_then(|text| text.to_str());
    text == Some(expected)
}

fn refuse_revocation_checks(context: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
    if number(context, "verify_flags", vm)? & constant::CRL_CHECK == 0 {
        return Ok(());
    }
    Err(vm.new_value_error(
        "the context asks for revocation lists to be checked (VERIFY_CRL_CHECK_LEAF or \
         VERIFY_CRL_CHECK_CHAIN), which is not done here",
    ))
}

fn versions(context: &PyObject, vm: &VirtualMachine) -> PyResult<(Version, Version)> {
    let minimum = match number(context, "minimum_version", vm)? {
        constant::MINIMUM_SUPPORTED => constant::TLS_1_2,
        constant::MAXIMUM_SUPPORTED => constant::TLS_1_3,
        version => version,
    };
    let maximum = match number(context, "maximum_version", vm)? {
        constant::MINIMUM_SUPPORTED => constant::TLS_1_2,
        constant::MAXIMUM_SUPPORTED => constant::TLS_1_3,
        version => version,
    };
    let options = number(context, "options", vm)?;
    let allows =
        |version, forbidden| (minimum..=maximum).contains(&version) && options & forbidden == 0;
    let (tls12, tls13) = (
        allows(constant::TLS_1_2, constant::OP_NO_TLS_1_2),
        allows(constant::TLS_1_3, constant::OP_NO_TLS_1_3),
    );
    match (tls12, tls13) {
        (true, true) => Ok((Version::Tls12, Version::Tls13)),
        (true, false) => Ok((Version::Tls12, Version::Tls12)),
        (false, true) => Ok((Version::Tls13, Version::Tls13)),
        (false, false) => Err(vm.new_value_error(
            "the context allows neither TLS 1.2 nor TLS 1.3, and nothing older is spoken here",
        )),
    }
}

/// The numbers at IANA: the lower half of OpenSSL's.
fn cipher_suites(context: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<u16>> {
    let listed = vm.call_method(context, "get_ciphers", ())?;
    let listed: Vec<PyObjectRef> = listed.try_to_value(vm)?;
    let mut suites = Vec::with_capacity(listed.len());
    for cipher in listed {
        let id: u32 = cipher.get_item("id", vm)?.try_to_value(vm)?;
        suites.push((id & 0xffff) as u16);
    }
    Ok(suites)
}
