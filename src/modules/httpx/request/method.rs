//! The method of a request.

use http::Method;
use rustpython_vm::{PyObject, PyResult, VirtualMachine, builtins::PyStr};

use crate::modules::convert::utf8;
use crate::modules::httpx::exceptions;

/// `method=`: in upper case.
///
/// # Errors
/// TypeError for what is no str, LocalProtocolError for what is no token (RFC 9110, 9.1).
pub(in crate::modules::httpx) fn parse_method(
    method: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<Method> {
    let text = utf8(method.try_downcast_ref::<PyStr>(vm)?, vm)?;
    // The usual ones, as they are.
    if let Ok(method) = Method::from_bytes(text.as_bytes())
        && !text.bytes().any(|byte| byte.is_ascii_lowercase())
    {
        return Ok(method);
    }
    let text = text.to_uppercase();
    Method::from_bytes(text.as_bytes()).map_err(|_| {
        let shown = text.escape_debug();
        let message = format!("Illegal method '{shown}': it has to be a token.");
        exceptions::new("LocalProtocolError", &message, vm)
    })
}
