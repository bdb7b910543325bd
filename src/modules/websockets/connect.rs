//! `connect`: its arguments, and the way to a connection.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use runtime_bridge::{Coroutine, with_vm};
use rustpython_vm::{
    FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyStrRef, PyType},
    function::OptionalArg,
    pyclass,
    types::Constructor,
};

use super::USER_AGENT;
use super::client_connection::ClientConnection;
use super::exceptions::of_connect;
use super::options::{SharedArgs, optional_str};
use crate::engine::http::headers::HeaderList;
use crate::engine::tls::TlsConfig;
use crate::engine::ws::Connect;
use crate::modules::convert::{given, utf8};
use crate::modules::fields::parse_fields;

#[derive(FromArgs)]
pub(super) struct ConnectArgs {
    #[pyarg(positional)]
    uri: PyStrRef,
    #[pyarg(named, optional)]
    origin: OptionalArg<Option<PyStrRef>>,
    #[pyarg(named, optional)]
    additional_headers: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    user_agent_header: OptionalArg<Option<PyStrRef>>,
    #[pyarg(flatten)]
    shared: SharedArgs,
}

/// A URI and how to connect to it, checked.
#[pyclass(module = "_websockets", name = "ConnectOptions")]
#[derive(PyPayload)]
pub(super) struct ConnectOptions {
    uri: String,
    connect: Mutex<Option<Connect>>,
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectOptions")
    }
}

impl Constructor for ConnectOptions {
    type Args = ConnectArgs;

    fn py_new(_class: &Py<PyType>, args: ConnectArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let shared = args.shared.parse(vm)?;
        let headers = match given(args.additional_headers, vm) {
            Some(headers) => parse_fields(&headers, vm)?,
            None => HeaderList::default(),
        };
        let headers = headers.fields().map(|field| {
            let name = String::from_utf8_lossy(field.raw_name).into_owned();
            (name, field.value.to_vec())
        });
        let connect = Connect {
            headers: headers.collect(),
            origin: optional_str(args.origin, None, vm)?,
            user_agent: optional_str(args.user_agent_header, Some(USER_AGENT), vm)?,
            subprotocols: shared.subprotocols,
            open_timeout: shared.open_timeout,
            limits: shared.limits,
            options: shared.options,
        };
        Ok(Self {
            uri: utf8(&args.uri, vm)?.to_owned(),
            connect: Mutex::new(Some(connect)),
        })
    }
}

impl ConnectOptions {
    /// The URI and how to connect to it. Once.
    pub(super) fn take(&self, vm: &VirtualMachine) -> PyResult<(String, Connect)> {
        let used = || vm.new_runtime_error("connect() was called already");
        let connect = self.connect.lock().take().ok_or_else(used)?;
        Ok((self.uri.clone(), connect))
    }
}

#[pyclass(with(Constructor))]
impl ConnectOptions {
    /// Connects; await it. Once.
    #[pymethod]
    fn connect(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult<Coroutine> {
        let used = || vm.new_runtime_error("connect() was awaited already");
        let connect = zelf.connect.lock().take().ok_or_else(used)?;
        Ok(Coroutine::new("connect", async move {
            let tls = Arc::new(TlsConfig::default());
            let result = connect.to(&zelf.uri, &tls).await;
            with_vm(|vm| match result {
                Ok(established) => {
                    let connection = ClientConnection::unopened();
                    connection.base().open(established);
                    Ok(connection.into_ref(&vm.ctx).into())
                }
                Err(error) => Err(of_connect(&error, vm)),
            })
        }))
    }
}
