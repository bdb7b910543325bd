//! `verify=` and `cert=`, and `create_ssl_context`.

use std::sync::Arc;

use rustpython_vm::{
    AsObject, FromArgs, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBytes, PyStr},
    function::{FuncArgs, KwArgs, OptionalArg},
};

use crate::engine::tls::{Identity, TlsSettings, Verify};
use crate::modules::convert::utf8;
use crate::modules::convert::wrong_type;
use crate::modules::ssl_context::{is_context, load_error, load_identity, settings_of};

/// What `verify=<str>` warns of, and does nevertheless.
const VERIFY_PATH: &str = "`verify=<str>` is deprecated. \
     Use `verify=ssl.create_default_context(cafile=...)` \
     or `verify=ssl.create_default_context(capath=...)` instead.";

/// What `cert=` warns of, and does nevertheless.
const CERT: &str = "`cert=...` is deprecated. Use `verify=<ssl_context>` instead,\
     with `.load_cert_chain()` to configure the certificate chain.";

/// The settings of a client. What is named by path is loaded here, so that a mistake is told where
/// it was made; the system's trust is not.
///
/// httpx ignores `cert=` beside a path in `verify=`; here it is honoured.
pub(super) fn parse(
    verify: Option<&PyObject>,
    cert: Option<&PyObject>,
    trust_env: bool,
    vm: &VirtualMachine,
) -> PyResult<TlsSettings> {
    let mut settings = match verify {
        Some(verify) => parse_verify(verify, vm)?,
        None => TlsSettings::default(),
    };
    settings.trust_env &= trust_env;
    if let Some(cert) = cert.map(|cert| given(cert, vm)).transpose()?.flatten() {
        warn(CERT, vm)?;
        settings.identity = Some(Arc::new(parse_cert(cert, vm)?));
    }
    Ok(settings)
}

fn parse_verify(verify: &PyObject, vm: &VirtualMachine) -> PyResult<TlsSettings> {
    let of = |verify| TlsSettings {
        verify,
        ..TlsSettings::default()
    };
    // None is httpcore's default context, which verifies.
    if verify.is(&vm.ctx.true_value) || vm.is_none(verify) {
        return Ok(of(Verify::System));
    }
    if verify.is(&vm.ctx.false_value) {
        return Ok(of(Verify::Disabled));
    }
    if is_context(verify, vm)? {
        return Ok(TlsSettings {
            // The transport offers what it speaks, as httpcore does, whatever the context says.
            alpn: Vec::new(),
            ..settings_of(verify, vm)?
        });
    }
    let path = path_of(verify, vm)?;
    let Some(path) = path.downcast_ref::<PyStr>() else {
        let expected = "a bool, an ssl.SSLContext or a path";
        return Err(wrong_type("verify", expected, verify, vm));
    };
    warn(VERIFY_PATH, vm)?;
    let verify = Verify::from_path(utf8(path, vm)?.into());
    verify.map(of).map_err(|error| load_error(error, vm))
}

/// `cert=`: the path of a file with chain and key, or a pair of paths, or a pair and a password.
fn parse_cert(cert: &PyObject, vm: &VirtualMachine) -> PyResult<Identity> {
    let parts = cert_parts(cert, vm)?;
    let part = |position: usize| {
        let part = parts.get(position).map(|part| &**part);
        part.filter(|part| !vm.is_none(part))
    };
    let Some(chain) = part(0).filter(|_| parts.len() <= 3) else {
        let expected = "a path, or a tuple of a certificate's path, a key's path and a password";
        return Err(wrong_type("cert", expected, cert, vm));
    };
    load_identity(chain, part(1), part(2), vm)
}

fn cert_parts(cert: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    let is_path = |cert: &PyObject| {
        cert.downcast_ref::<PyStr>().is_some() || cert.downcast_ref::<PyBytes>().is_some()
    };
    match is_path(&*path_of(cert, vm)?) {
        true => Ok(vec![cert.to_owned()]),
        false => cert.to_owned().try_into_value(vm),
    }
}

/// A path-like object's path, or anything else unchanged.
fn path_of(value: &PyObject, vm: &VirtualMachine) -> PyResult {
    match vm.get_attribute_opt(value, "__fspath__")? {
        Some(fspath) => fspath.call((), vm),
        None => Ok(value.to_owned()),
    }
}

/// `cert`, unless it is one of the values that httpx takes for none.
fn given<'a>(cert: &'a PyObject, vm: &VirtualMachine) -> PyResult<Option<&'a PyObject>> {
    Ok(cert.to_owned().try_to_bool(vm)?.then_some(cert))
}

fn warn(message: &'static str, vm: &VirtualMachine) -> PyResult<()> {
    let category = vm.ctx.exceptions.deprecation_warning.to_owned();
    rustpython_vm::warn::warn(vm.ctx.new_str(message).into(), Some(category), 1, None, vm)
}

/// The arguments of `create_ssl_context`.
#[derive(FromArgs)]
pub(super) struct ContextArgs {
    #[pyarg(any, optional, py_default = "True")]
    verify: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    cert: OptionalArg<PyObjectRef>,
    #[pyarg(any, default = true)]
    trust_env: bool,
}

/// An `ssl.SSLContext` of the interpreter's, for use with httpx or anything else.
pub(super) fn create_context(args: ContextArgs, vm: &VirtualMachine) -> PyResult {
    let verify = args.verify.unwrap_or_else(|| vm.ctx.new_bool(true).into());
    let context = context_that(&verify, args.trust_env, vm)?;
    let cert = args.cert.into_option();
    if let Some(cert) = cert
        .as_deref()
        .map(|cert| given(cert, vm))
        .transpose()?
        .flatten()
    {
        warn(CERT, vm)?;
        let load = context.get_attr("load_cert_chain", vm)?;
        load.call(FuncArgs::from(cert_parts(cert, vm)?), vm)?;
    }
    Ok(context)
}

fn context_that(verify: &PyObject, trust_env: bool, vm: &VirtualMachine) -> PyResult {
    let ssl = vm.import("ssl", 0)?;
    if verify.is(&vm.ctx.true_value) || vm.is_none(verify) {
        // create_default_context would heed the environment by itself.
        let named = match environment(vm)? {
            Some(_) if !trust_env => Some(("cafile", system_file(&ssl, vm)?)),
            named => named,
        };
        return default_context(&ssl, named, vm);
    }
    if verify.is(&vm.ctx.false_value) {
        let protocol = ssl.get_attr("PROTOCOL_TLS_CLIENT", vm)?;
        let context = ssl.get_attr("SSLContext", vm)?.call((protocol,), vm)?;
        // The name first: with it checked, a mode that verifies nothing is refused.
        context.set_attr("check_hostname", vm.ctx.new_bool(false), vm)?;
        context.set_attr("verify_mode", ssl.get_attr("CERT_NONE", vm)?, vm)?;
        return Ok(context);
    }
    if is_context(verify, vm)? {
        return Ok(verify.to_owned());
    }
    let path = path_of(verify, vm)?;
    let Some(text) = path.downcast_ref::<PyStr>() else {
        let expected = "a bool, an ssl.SSLContext or a path";
        return Err(wrong_type("verify", expected, verify, vm));
    };
    warn(VERIFY_PATH, vm)?;
    let is_folder = std::path::Path::new(utf8(text, vm)?).is_dir();
    let name = if is_folder { "capath" } else { "cafile" };
    default_context(&ssl, Some((name, path)), vm)
}

/// `ssl.create_default_context`, with one argument or none.
fn default_context(
    ssl: &PyObject,
    named: Option<(&'static str, PyObjectRef)>,
    vm: &VirtualMachine,
) -> PyResult {
    let create = ssl.get_attr("create_default_context", vm)?;
    let named = named.map(|(name, value)| (name.to_owned(), value));
    create.call(KwArgs::from_iter(named), vm)
}

/// The system's certificates, in the one file that it keeps them in.
fn system_file(ssl: &PyObject, vm: &VirtualMachine) -> PyResult {
    let paths = vm.call_method(ssl, "get_default_verify_paths", ())?;
    paths.get_attr("openssl_cafile", vm)
}

/// What `SSL_CERT_FILE` or, without it, `SSL_CERT_DIR` says.
fn environment(vm: &VirtualMachine) -> PyResult<Option<(&'static str, PyObjectRef)>> {
    let environ = vm.import("os", 0)?.get_attr("environ", vm)?;
    for (variable, name) in [("SSL_CERT_FILE", "cafile"), ("SSL_CERT_DIR", "capath")] {
        let value = vm.call_method(&environ, "get", (variable,))?;
        if value.clone().try_to_bool(vm)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}
