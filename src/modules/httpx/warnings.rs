//! What httpx warns of.

use rustpython_vm::{PyResult, VirtualMachine, warn::warn};

use super::options::RequestOptions;

/// Warns that something is deprecated, at the script's line.
pub(super) fn deprecated(message: &str, vm: &VirtualMachine) -> PyResult<()> {
    let category = vm.ctx.exceptions.deprecation_warning.to_owned();
    let message = vm.ctx.new_str(message).into();
    warn(message, Some(category), 1, None, vm)
}

/// `cookies=` of a single request.
pub(super) fn of_request_cookies(options: &RequestOptions, vm: &VirtualMachine) -> PyResult<()> {
    let given = options.cookies.as_option();
    if given.is_none_or(|cookies| vm.is_none(cookies)) {
        return Ok(());
    }
    deprecated(
        "Setting per-request cookies=<...> is being deprecated, because the expected behaviour on \
         cookie persistence is ambiguous. Set cookies directly on the client instance instead.",
        vm,
    )
}
