//! The arguments of `connect` and `serve`.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use runtime_bridge::{Coroutine, with_vm};
use rustpython_vm::{
    FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyStr, PyStrRef, PyTuple, PyType},
    function::OptionalArg,
    pyclass,
    types::Constructor,
};

use super::USER_AGENT;
use super::connection::{ClientConnection, Connection};
use super::exceptions::of_connect;
use crate::engine::http::headers::HeaderList;
use crate::engine::tls::TlsConfig;
use crate::engine::ws::handshake::is_token;
use crate::engine::ws::{Accept, Connect, Limits, Options, Watermarks};
use crate::modules::convert::{given, seconds, utf8};
use crate::modules::fields::parse_fields;

/// What both take.
#[derive(FromArgs)]
struct SharedArgs {
    #[pyarg(named, optional)]
    subprotocols: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    open_timeout: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    close_timeout: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    ping_interval: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    ping_timeout: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    max_size: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    max_queue: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    write_limit: OptionalArg<PyObjectRef>,
    /// Accepted for None and "deflate": without the extension a connection is plain, which every
    /// peer has to take (RFC 7692, 5).
    #[pyarg(named, optional)]
    compression: OptionalArg<PyObjectRef>,
}

/// What an argument that both take turned out to be.
struct Shared {
    subprotocols: Vec<String>,
    open_timeout: Option<std::time::Duration>,
    limits: Limits,
    options: Options,
}

const OPEN_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

impl SharedArgs {
    fn parse(self, vm: &VirtualMachine) -> PyResult<Shared> {
        check_compression(self.compression, vm)?;
        let mut options = Options::default();
        duration(
            &mut options.close_timeout,
            self.close_timeout,
            "close_timeout",
            vm,
        )?;
        duration(
            &mut options.ping_interval,
            self.ping_interval,
            "ping_interval",
            vm,
        )?;
        duration(
            &mut options.ping_timeout,
            self.ping_timeout,
            "ping_timeout",
            vm,
        )?;
        if let OptionalArg::Present(max_queue) = self.max_queue {
            options.max_queue = watermarks(&max_queue, "max_queue", vm)?;
        }
        if let OptionalArg::Present(write_limit) = self.write_limit {
            let unlimited = Watermarks::new(usize::MAX);
            options.write_limit = watermarks(&write_limit, "write_limit", vm)?.unwrap_or(unlimited);
        }
        let mut open_timeout = Some(OPEN_TIMEOUT);
        duration(&mut open_timeout, self.open_timeout, "open_timeout", vm)?;
        Ok(Shared {
            subprotocols: subprotocols(self.subprotocols, vm)?,
            open_timeout,
            limits: limits(self.max_size, vm)?,
            options,
        })
    }
}

fn check_compression(compression: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<()> {
    let Some(compression) = given(compression, vm) else {
        return Ok(());
    };
    let name = compression.downcast_ref::<PyStr>();
    if name.is_some_and(|name| name.as_bytes() == b"deflate") {
        return Ok(());
    }
    let shown = compression.repr(vm)?;
    Err(vm.new_value_error(format!("unsupported compression: {shown}")))
}

fn duration(
    target: &mut Option<std::time::Duration>,
    value: OptionalArg<PyObjectRef>,
    name: &str,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if let OptionalArg::Present(value) = value {
        *target = seconds(&value, name, vm)?;
    }
    Ok(())
}

fn size(value: &PyObject, name: &str, vm: &VirtualMachine) -> PyResult<Option<usize>> {
    if vm.is_none(value) {
        return Ok(None);
    }
    value
        .try_to_value(vm)
        .map(Some)
        .map_err(|_| vm.new_type_error(format!("{name} must be a number of at least 0, or None")))
}

/// `(message, fragment)`, or a limit for messages alone.
fn limits(max_size: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<Limits> {
    let OptionalArg::Present(max_size) = max_size else {
        return Ok(Limits::default());
    };
    let (message, fragment) = match max_size.downcast_ref::<PyTuple>().map(|it| it.as_slice()) {
        Some([message, fragment]) => (
            size(message, "max_size", vm)?,
            size(fragment, "max_size", vm)?,
        ),
        _ => (size(&max_size, "max_size", vm)?, None),
    };
    Ok(Limits { message, fragment })
}

/// `(high, low)`, or a high-water mark alone; None for no limit.
fn watermarks(value: &PyObject, name: &str, vm: &VirtualMachine) -> PyResult<Option<Watermarks>> {
    let Some([high, low]) = value.downcast_ref::<PyTuple>().map(|it| it.as_slice()) else {
        return Ok(size(value, name, vm)?.map(Watermarks::new));
    };
    let Some(high) = size(high, name, vm)? else {
        return Ok(None);
    };
    let low = size(low, name, vm)?.unwrap_or(high / 4);
    if low > high {
        return Err(vm.new_value_error(format!("{name}: the low-water mark is above the high one")));
    }
    Ok(Some(Watermarks { high, low }))
}

fn subprotocols(value: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<Vec<String>> {
    let Some(value) = given(value, vm) else {
        return Ok(Vec::new());
    };
    if value.downcast_ref::<PyStr>().is_some() {
        return Err(vm.new_type_error("subprotocols must be a list, not a str"));
    }
    let items: Vec<PyStrRef> = value.try_to_value(vm)?;
    let name = |item: &PyStrRef| match utf8(item, vm)? {
        name if is_token(name) => Ok(name.to_owned()),
        name => Err(vm.new_value_error(format!("invalid subprotocol: {name:?} is no token"))),
    };
    items.iter().map(name).collect()
}

fn optional_str(
    value: OptionalArg<Option<PyStrRef>>,
    default: Option<&str>,
    vm: &VirtualMachine,
) -> PyResult<Option<String>> {
    match value {
        OptionalArg::Missing => Ok(default.map(str::to_owned)),
        OptionalArg::Present(None) => Ok(None),
        OptionalArg::Present(Some(text)) => Ok(Some(utf8(&text, vm)?.to_owned())),
    }
}

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
                    let connection = ClientConnection::from(Connection::new(established));
                    Ok(connection.into_ref(&vm.ctx).into())
                }
                Err(error) => Err(of_connect(&error, vm)),
            })
        }))
    }
}

#[derive(FromArgs)]
pub(super) struct ServeArgs {
    #[pyarg(named, optional)]
    server_header: OptionalArg<Option<PyStrRef>>,
    #[pyarg(flatten)]
    shared: SharedArgs,
}

/// How to serve, checked.
#[pyclass(module = "_websockets", name = "ServeOptions")]
#[derive(PyPayload)]
pub(super) struct ServeOptions {
    accept: Accept,
}

impl fmt::Debug for ServeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServeOptions")
    }
}

impl ServeOptions {
    pub(super) fn accept(&self) -> Accept {
        self.accept.clone()
    }
}

impl Constructor for ServeOptions {
    type Args = ServeArgs;

    fn py_new(_class: &Py<PyType>, args: ServeArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let shared = args.shared.parse(vm)?;
        let accept = Accept {
            subprotocols: shared.subprotocols,
            server_header: optional_str(args.server_header, Some(USER_AGENT), vm)?,
            open_timeout: shared.open_timeout,
            limits: shared.limits,
            options: shared.options,
        };
        Ok(Self { accept })
    }
}

#[pyclass(with(Constructor))]
impl ServeOptions {}
