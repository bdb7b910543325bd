//! Redirects, where a script's class decides about them.

use std::fmt;

use runtime_bridge::{Homing, with_vm};
use rustpython_vm::{
    AsObject, FromArgs, Py, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyStrRef},
    pyclass,
};

use super::{Fields, fields};
use crate::engine::ws::handshake::{Headers, Response};
use crate::engine::ws::redirect::{Bound, follow, is_credential, location};
use crate::engine::ws::{ConnectError, Hop, Redirects, WebSocketUri};
use crate::modules::convert::utf8;
use crate::modules::raised::Raised;
use crate::modules::websockets::exceptions::{invalid_uri, of_connect, of_redirect};

/// Asks a callable of the script's: it takes the exception, and returns the URI and the header
/// fields for the next attempt or raises.
pub(super) struct Hook(Homing<PyObjectRef>);

impl Hook {
    pub(super) fn boxed(decide: PyObjectRef) -> Box<dyn Redirects> {
        Box::new(Self(Homing::new(decide)))
    }
}

impl Redirects for Hook {
    fn follow(&mut self, error: ConnectError) -> Result<Hop, ConnectError> {
        let decided = with_vm(|vm| {
            let exception = of_connect(error, vm);
            let next = self.0.call((exception,), vm)?;
            let (uri, headers): (PyStrRef, PyObjectRef) = pair(next, vm)?;
            Ok(Hop {
                uri: utf8(&uri, vm)?.to_owned(),
                headers: fields(&headers, vm)?,
            })
        });
        decided
            .map_err(|exception: PyBaseExceptionRef| ConnectError::User(Raised::boxed(exception)))
    }
}

fn pair(value: PyObjectRef, vm: &VirtualMachine) -> PyResult<(PyStrRef, PyObjectRef)> {
    let items: Vec<PyObjectRef> = value.try_to_value(vm)?;
    match <[PyObjectRef; 2]>::try_from(items) {
        Ok([uri, headers]) => Ok((uri.try_into_value(vm)?, headers)),
        Err(_) => Err(vm.new_type_error("a URI and header fields are expected")),
    }
}

#[derive(FromArgs)]
pub(in crate::modules::websockets) struct TargetArgs {
    #[pyarg(any)]
    uri: PyStrRef,
    #[pyarg(any)]
    status: u16,
    #[pyarg(any)]
    location: PyStrRef,
    #[pyarg(any)]
    to_socket: bool,
    #[pyarg(any)]
    to_unix_socket: bool,
    #[pyarg(any)]
    to_address: bool,
}

/// Where a redirect leads, by the rules of the engine; None when the status is of no redirect.
pub(in crate::modules::websockets) fn redirect_target(
    args: TargetArgs,
    vm: &VirtualMachine,
) -> PyResult<Option<RedirectTarget>> {
    let mut headers = Headers::new();
    let pushed = headers.push("Location", utf8(&args.location, vm)?);
    pushed.map_err(|error| vm.new_value_error(error.to_string()))?;
    let Ok(status) = http::StatusCode::from_u16(args.status) else {
        return Ok(None);
    };
    let Some(location) = location(&Response::new(status, headers, "")) else {
        return Ok(None);
    };
    let from = WebSocketUri::parse(utf8(&args.uri, vm)?);
    let from = from.map_err(|invalid| invalid_uri(&invalid, vm))?;
    let bound = Bound {
        to_socket: args.to_socket,
        to_unix_socket: args.to_unix_socket,
        to_address: args.to_address,
    };
    match follow(&from, &location, bound) {
        Ok(found) => Ok(Some(RedirectTarget {
            uri: found.uri.with_credentials(),
            is_cross_origin: found.is_cross_origin,
        })),
        Err(error) => Err(of_redirect(&error, vm)),
    }
}

/// Where a redirect leads.
#[pyclass(module = "_websockets", name = "RedirectTarget")]
#[derive(PyPayload)]
pub(in crate::modules::websockets) struct RedirectTarget {
    uri: String,
    is_cross_origin: bool,
}

impl fmt::Debug for RedirectTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedirectTarget")
    }
}

#[pyclass(flags(DISALLOW_INSTANTIATION))]
impl RedirectTarget {
    /// The URI to connect to.
    #[pygetset]
    fn uri(zelf: &Py<Self>) -> String {
        zelf.uri.clone()
    }

    /// Whether it is another server's.
    #[pygetset]
    fn is_cross_origin(zelf: &Py<Self>) -> bool {
        zelf.is_cross_origin
    }

    /// Those of the header fields that another server may be told, as pairs.
    #[pymethod]
    fn without_credentials(
        _zelf: &Py<Self>,
        headers: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyObjectRef> {
        let kept = |fields: Fields| fields.into_iter().filter(|(name, _)| !is_credential(name));
        let pairs = kept(fields(&headers, vm)?).map(|(name, value)| {
            let value = crate::modules::convert::header_str(&value, vm).into();
            let pair = vec![vm.ctx.new_str(name).into(), value];
            vm.ctx.new_tuple(pair).into()
        });
        Ok(vm.ctx.new_list(pairs.collect()).as_object().to_owned())
    }
}
