//! The arguments of `serve`, checked: what a server does with each client.

use std::sync::Arc;

use rustpython_vm::{
    FromArgs, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyList, PyStr, PyStrRef},
    function::{KwArgs, OptionalArg},
    object::{Traverse, TraverseFn},
};

use super::tls::Tls;
use crate::engine::ws::Accept;
use crate::modules::convert::{given, seconds, utf8};
use crate::modules::websockets::USER_AGENT;
use crate::modules::websockets::log::Source;
use crate::modules::websockets::options::{SharedArgs, optional_str};

/// The keyword arguments of `serve` that are about connections.
#[derive(FromArgs)]
pub(in crate::modules::websockets) struct ServeArgs {
    #[pyarg(named, optional)]
    origins: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    select_subprotocol: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    process_request: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    process_response: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    server_header: OptionalArg<Option<PyStrRef>>,
    #[pyarg(named, optional)]
    logger: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    create_connection: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    ssl: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    ssl_handshake_timeout: OptionalArg<PyObjectRef>,
    #[pyarg(flatten)]
    shared: SharedArgs,
}

/// An acceptable origin.
pub(super) enum Origin {
    /// A browser did not say.
    Missing,
    /// This one.
    Exactly(String),
    /// What a compiled regular expression matches as a whole.
    Matching(PyObjectRef),
}

/// What a server does with each client.
pub(in crate::modules::websockets) struct Policy {
    pub(super) accept: Accept,
    pub(super) tls: Option<Tls>,
    /// `None` for any.
    pub(super) origins: Option<Vec<Origin>>,
    pub(super) subprotocols: Vec<String>,
    pub(super) select_subprotocol: Option<PyObjectRef>,
    pub(super) process_request: Option<PyObjectRef>,
    pub(super) process_response: Option<PyObjectRef>,
    /// The script's factory of connections.
    pub(in crate::modules::websockets) create_connection: Option<PyObjectRef>,
    /// What the factory is told.
    pub(in crate::modules::websockets) keywords: KwArgs,
    pub(in crate::modules::websockets) logger: Source,
}

// SAFETY: each object is visited once.
unsafe impl Traverse for Policy {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.select_subprotocol.traverse(visit);
        self.process_request.traverse(visit);
        self.process_response.traverse(visit);
        self.create_connection.traverse(visit);
        self.logger.traverse(visit);
    }
}

impl Policy {
    /// Checks the arguments.
    ///
    /// # Errors
    /// TypeError and ValueError for those that cannot be.
    pub(in crate::modules::websockets) fn parse(
        args: ServeArgs,
        vm: &VirtualMachine,
    ) -> PyResult<Arc<Self>> {
        let keywords = args.shared.behaviour.keywords(vm);
        let shared = args.shared.parse(vm)?;
        let tls = given(args.ssl, vm).map(|context| Tls::new(context, vm));
        let tls_timeout = match given(args.ssl_handshake_timeout, vm) {
            Some(timeout) => seconds(&timeout, "ssl_handshake_timeout", vm)?,
            None => shared.open_timeout,
        };
        let accept = Accept {
            tls: None,
            tls_timeout,
            extensions: shared.extensions.server(vm)?,
            server_header: optional_str(args.server_header, Some(USER_AGENT), vm)?,
            open_timeout: shared.open_timeout,
            limits: shared.limits,
            options: shared.options,
        };
        let origins = given(args.origins, vm).map(|origins| parse_origins(&origins, vm));
        Ok(Arc::new(Self {
            accept,
            tls: tls.transpose()?,
            origins: origins.transpose()?,
            subprotocols: shared.subprotocols,
            select_subprotocol: given(args.select_subprotocol, vm),
            process_request: given(args.process_request, vm),
            process_response: given(args.process_response, vm),
            create_connection: given(args.create_connection, vm),
            keywords,
            logger: Source::new(given(args.logger, vm), "websockets.server", vm),
        }))
    }
}

fn parse_origins(origins: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Vec<Origin>> {
    if origins.downcast_ref::<PyStr>().is_some() {
        return Err(vm.new_type_error("origins must be a list, not a str"));
    }
    let origins: Vec<PyObjectRef> = match origins.downcast_ref::<PyList>() {
        Some(list) => list.borrow_vec().to_vec(),
        None => origins.try_to_value(vm)?,
    };
    let origin = |origin: PyObjectRef| -> PyResult<Origin> {
        if vm.is_none(&origin) {
            return Ok(Origin::Missing);
        }
        if let Some(text) = origin.downcast_ref::<PyStr>() {
            return Ok(Origin::Exactly(utf8(text, vm)?.to_owned()));
        }
        if vm.get_attribute_opt(&origin, "fullmatch")?.is_some() {
            return Ok(Origin::Matching(origin));
        }
        let class = origin.class().name().to_string();
        let text = format!("an origin must be a str, a compiled pattern or None, not {class}");
        Err(vm.new_type_error(text))
    };
    origins.into_iter().map(origin).collect()
}
