//! What a `trace` function is told along with a step.

use http::{HeaderMap, Version};
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine, builtins::PyDictRef};

use crate::engine::http::trace::{Argument, Info, Returned};
use crate::modules::convert::{new_bytes, new_str, seconds_object};
use crate::modules::httpx::exceptions::to_exception;

/// The dict, with httpcore's keys.
pub(super) fn to_dict(info: Info<'_>, vm: &VirtualMachine) -> PyResult<PyDictRef> {
    let dict = vm.ctx.new_dict();
    match info {
        Info::Started(arguments) => {
            for (name, value) in arguments {
                dict.set_item(name, argument(value, vm), vm)?;
            }
        }
        Info::Complete(returned) => {
            dict.set_item("return_value", return_value(returned, vm), vm)?;
        }
        Info::Failed(error) => {
            let exception = to_exception(error.repeat(), None, vm);
            dict.set_item("exception", exception.into(), vm)?;
        }
    }
    Ok(dict)
}

fn argument(value: Argument<'_>, vm: &VirtualMachine) -> PyObjectRef {
    match value {
        Argument::Text(None) => vm.ctx.none(),
        Argument::Text(Some(text)) => new_str(&text, vm).into(),
        Argument::Name(name) => new_str(name, vm).into(),
        Argument::Number(number) => vm.ctx.new_int(number).into(),
        Argument::Limit(limit) => seconds_object(limit, vm),
    }
}

/// Of a head: version, status, reason and fields; of an HTTP/2 one, status and fields.
fn return_value(returned: Returned<'_>, vm: &VirtualMachine) -> PyObjectRef {
    let (version, status, reason, headers) = match returned {
        Returned::Nothing => return vm.ctx.none(),
        Returned::Head {
            version,
            status,
            reason,
            headers,
        } => (version, status, reason, headers),
    };
    let status = vm.ctx.new_int(status.as_u16()).into();
    let fields = fields(headers, vm);
    let version: &[u8] = match version {
        Version::HTTP_2 => return vm.ctx.new_tuple(vec![status, fields]).into(),
        Version::HTTP_10 => b"HTTP/1.0",
        _ => b"HTTP/1.1",
    };
    let version = bytes(version, vm);
    let reason = bytes(reason, vm);
    vm.ctx
        .new_tuple(vec![version, status, reason, fields])
        .into()
}

fn fields(headers: &HeaderMap, vm: &VirtualMachine) -> PyObjectRef {
    let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let pair = vec![bytes(name.as_ref(), vm), bytes(value.as_bytes(), vm)];
        vm.ctx.new_tuple(pair).into()
    };
    vm.ctx.new_list(headers.iter().map(pair).collect()).into()
}

fn bytes(bytes: &[u8], vm: &VirtualMachine) -> PyObjectRef {
    new_bytes(bytes.to_vec(), vm).into()
}
