//! `connect`: its arguments, and the way to a connection.
//!
//! The class itself is Python (`python/websockets/asyncio/client.py`): it keeps what a script may
//! change between attempts, and hands it over at each.

mod redirects;
mod route;

use std::fmt;
use std::sync::Arc;

use runtime_bridge::{Coroutine, block_on, with_vm};
use rustpython_vm::{
    FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyDictRef, PyStrRef, PyType},
    class::{PySubclass, StaticType},
    function::OptionalArg,
    pyclass,
    types::Constructor,
};

use super::base_connection::BaseConnection;
use super::client_connection::ClientConnection;
use super::convert::handshake_fields;
use super::exceptions::{invalid_uri, of_connect};
use super::log;
use super::options::{SharedArgs, optional_str};
use super::sync;
use super::transcript::{self, From};
use crate::engine::net::Socket;
use crate::engine::tls::TlsConfig;
use crate::engine::ws::extensions::ClientExtension;
use crate::engine::ws::{Connect, Limits, Options, WebSocketUri};
use crate::modules::convert::{seconds, utf8};

use redirects::Hook;
pub(super) use redirects::{RedirectTarget, TargetArgs, redirect_target};
use route::{Ready, RouteArgs};

/// Header fields as the engine takes them.
type Fields = Vec<(String, Vec<u8>)>;

#[derive(FromArgs)]
pub(super) struct ConnectArgs {
    #[pyarg(positional)]
    uri: PyStrRef,
    #[pyarg(positional)]
    kwargs: PyDictRef,
    #[pyarg(named, optional)]
    origin: OptionalArg<Option<PyStrRef>>,
    #[pyarg(flatten)]
    shared: SharedArgs,
}

/// What stays the same from one attempt to the next, checked.
#[pyclass(module = "_websockets", name = "ConnectOptions")]
#[derive(PyPayload)]
pub(super) struct ConnectOptions {
    origin: Option<String>,
    subprotocols: Vec<String>,
    extensions: Vec<Arc<dyn ClientExtension>>,
    limits: Limits,
    options: Options,
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectOptions")
    }
}

impl Constructor for ConnectOptions {
    type Args = ConnectArgs;

    fn py_new(_class: &Py<PyType>, args: ConnectArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let uri = WebSocketUri::parse(utf8(&args.uri, vm)?);
        let uri = uri.map_err(|invalid| invalid_uri(&invalid, vm))?;
        route::check(&args.kwargs, uri.secure, vm)?;
        let shared = args.shared.parse(vm)?;
        Ok(Self {
            origin: optional_str(args.origin, None, vm)?,
            subprotocols: shared.subprotocols,
            extensions: shared.extensions.client(vm)?,
            limits: shared.limits,
            options: shared.options,
        })
    }
}

/// What a script may change from one attempt to the next.
#[derive(FromArgs)]
struct AttemptArgs {
    #[pyarg(positional)]
    uri: PyStrRef,
    #[pyarg(positional)]
    kwargs: PyDictRef,
    #[pyarg(named)]
    additional_headers: PyObjectRef,
    #[pyarg(named)]
    user_agent_header: Option<PyStrRef>,
    #[pyarg(named)]
    proxy: PyObjectRef,
    #[pyarg(named)]
    open_timeout: PyObjectRef,
    #[pyarg(named)]
    max_redirects: usize,
    #[pyarg(named)]
    redirect: PyObjectRef,
    #[pyarg(named)]
    logger: PyObjectRef,
    /// What the script's `create_connection` made.
    #[pyarg(named)]
    connection: PyObjectRef,
}

/// An attempt to be made.
struct Attempt {
    uri: String,
    connect: Connect,
    tls: TlsConfig,
    /// The socket that the script gave, to be taken over when the attempt begins.
    sock: Option<PyObjectRef>,
    /// The object that becomes the open connection.
    connection: PyRef<BaseConnection>,
}

impl ConnectOptions {
    /// Reads the arguments of an attempt; `connection` makes an object if the script has not.
    fn attempt<C>(
        &self,
        args: AttemptArgs,
        connection: impl FnOnce() -> C,
        vm: &VirtualMachine,
    ) -> PyResult<Attempt>
    where
        C: PySubclass<Base: fmt::Debug> + StaticType + fmt::Debug,
    {
        let uri = utf8(&args.uri, vm)?.to_owned();
        let Ready { route, tls, sock } =
            RouteArgs::new(&args.kwargs, &args.proxy).parse(&uri, vm)?;
        let redirects = match vm.is_none(&args.redirect) {
            true => None,
            false => Some(Hook::boxed(args.redirect)),
        };
        let user_agent = args.user_agent_header.as_deref();
        let connection = connection_object(args.connection, connection, args.logger, vm)?;
        let options = connection.take_behaviour();
        let connect = Connect {
            headers: fields(&args.additional_headers, vm)?,
            origin: self.origin.clone(),
            user_agent: user_agent
                .map(|text| utf8(text, vm).map(str::to_owned))
                .transpose()?,
            subprotocols: self.subprotocols.clone(),
            extensions: self.extensions.clone(),
            route,
            max_redirects: args.max_redirects,
            redirects,
            open_timeout: seconds(&args.open_timeout, "open_timeout", vm)?,
            limits: self.limits,
            options: options.unwrap_or_else(|| self.options.clone()),
        };
        Ok(Attempt {
            uri,
            connect,
            tls: TlsConfig::new(tls),
            sock,
            connection,
        })
    }
}

/// The object that becomes the open connection: the script's own, or a new one.
fn connection_object<C>(
    made: PyObjectRef,
    make: impl FnOnce() -> C,
    logger: PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<PyRef<BaseConnection>>
where
    C: PySubclass<Base: fmt::Debug> + StaticType + fmt::Debug,
{
    let connection: PyRef<C> = match vm.is_none(&made) {
        true => make().into_ref(&vm.ctx),
        false => made.downcast().map_err(|made| {
            let class = made.class();
            let text = format!("create_connection must return a ClientConnection, not {class}");
            vm.new_type_error(text)
        })?,
    };
    let connection: PyRef<BaseConnection> = connection.upcast();
    if !vm.is_none(&logger) {
        connection.set_logger(log::Source::Given(logger));
    }
    Ok(connection)
}

/// `additional_headers=`.
fn fields(headers: &PyObject, vm: &VirtualMachine) -> PyResult<Fields> {
    if vm.is_none(headers) {
        return Ok(Fields::new());
    }
    let list = handshake_fields(headers, vm)?;
    let field = |(name, value): (&[u8], &[u8])| {
        (String::from_utf8_lossy(name).into_owned(), value.to_vec())
    };
    let fields = list.fields().map(|it| field((it.raw_name, it.value)));
    Ok(fields.collect())
}

#[pyclass(with(Constructor))]
impl ConnectOptions {
    /// Connects; await it.
    #[pymethod]
    fn connect(zelf: PyRef<Self>, args: AttemptArgs, vm: &VirtualMachine) -> PyResult<Coroutine> {
        let attempt = zelf.attempt(args, ClientConnection::unopened, vm)?;
        Ok(Coroutine::new("connect", attempt.make()))
    }

    /// Connects, and waits for it.
    #[pymethod]
    fn connect_blocking(zelf: &Py<Self>, args: AttemptArgs, vm: &VirtualMachine) -> PyResult {
        let mut attempt = zelf.attempt(args, sync::ClientConnection::unopened, vm)?;
        sync::drive_in_background(&mut attempt.connect.options, vm)?;
        block_on(vm, attempt.make())
    }
}

impl Attempt {
    async fn make(mut self) -> PyResult {
        if let Some(sock) = self.sock.take() {
            self.connect.route.socket = Some(take_over(&sock)?);
        }
        let result = self.connect.to(&self.uri, &self.tls).await;
        let connection = self.connection;
        match result {
            Ok(established) => {
                with_vm(|vm| {
                    transcript::request(&connection, From::Here, &established.request, vm);
                    transcript::response(&connection, From::There, &established.response, vm);
                });
                connection.open(established);
                Ok(connection.into())
            }
            Err(error) => {
                connection.refuse();
                if let Some(response) = error.response() {
                    with_vm(|vm| transcript::response(&connection, From::There, response, vm));
                }
                Err(with_vm(|vm| of_connect(error, vm)))
            }
        }
    }
}

/// The socket object gives its descriptor away, and is closed from then on: nobody closes it twice.
fn take_over(sock: &PyObject) -> PyResult<Socket> {
    let descriptor = with_vm(|vm| route::detach(sock, vm))?;
    Socket::from_descriptor(descriptor).map_err(|error| {
        with_vm(|vm| {
            let text = format!("the socket cannot be used: {error}");
            super::exceptions::os_error(&error, &text, vm)
        })
    })
}
