//! Certificates and keys that a script names, and what is raised when they are no good.

use std::path::PathBuf;

use rustpython_vm::convert::IntoPyException as _;
use rustpython_vm::{
    AsObject, PyObject, PyResult, VirtualMachine, builtins::PyBaseExceptionRef, function::FsPath,
};

use crate::engine::tls::{Identity, IdentityFiles, LoadError};
use crate::modules::convert::str_or_bytes;

/// A certificate chain and its key, from the arguments of `SSLContext.load_cert_chain`. A password
/// that is a callable is asked only for a key that is encrypted.
pub(crate) fn load_identity(
    chain: &PyObject,
    key: Option<&PyObject>,
    password: Option<&PyObject>,
    vm: &VirtualMachine,
) -> PyResult<Identity> {
    let chain = path_of(chain, vm)?;
    let key = key.map(|key| path_of(key, vm)).transpose()?;
    let files = IdentityFiles::read(&chain, key.as_deref());
    let files = files.map_err(|error| load_error(error, vm))?;
    let password = match password.filter(|_| files.needs_password()) {
        Some(password) => Some(ask(password, vm)?),
        None => None,
    };
    let opened = files.open(password.as_deref());
    opened.map_err(|error| load_error(error, vm))
}

/// A password, or what the callable returns that gives it.
pub(super) fn ask(password: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    match password.is_callable() {
        true => str_or_bytes(&*password.call((), vm)?, "the password", vm),
        false => str_or_bytes(password, "the password", vm),
    }
}

/// A str, bytes or path-like object as a path.
pub(crate) fn path_of(path: &PyObject, vm: &VirtualMachine) -> PyResult<PathBuf> {
    FsPath::try_from_path_like(path.to_owned(), true, vm)?.to_path_buf(vm)
}

/// An OSError that names the file, or an `ssl.SSLError`, as `ssl` itself raises them.
pub(crate) fn load_error(error: LoadError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let message = match error {
        LoadError::Read { path, source } => {
            let exception = source.into_pyexception(vm);
            let path = vm.ctx.new_str(path.to_string_lossy().as_ref());
            return match exception.as_object().set_attr("filename", path, vm) {
                Ok(()) => exception,
                Err(error) => error,
            };
        }
        LoadError::Content(message) | LoadError::Password(message) => message,
    };
    let raised = vm
        .import("ssl", 0)
        .and_then(|ssl| ssl.get_attr("SSLError", vm))
        .and_then(|class| class.call((message,), vm));
    match raised.map(|error| error.downcast()) {
        Ok(Ok(exception)) => exception,
        Ok(Err(other)) => {
            vm.new_type_error(format!("ssl.SSLError made a {}", other.class().name()))
        }
        Err(error) => error,
    }
}
