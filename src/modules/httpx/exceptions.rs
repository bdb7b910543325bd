//! httpx's exception tree, and the one place that maps the engine's errors to it.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::io;
use std::sync::OnceLock;

use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseException, PyBaseExceptionRef, PyModule, PyType, PyTypeRef},
    function::{FuncArgs, PySetterValue},
    types::PyTypeFlags,
};

use super::request::Request;
use super::response::Response;
use crate::engine::{self, Kind};
use crate::modules::convert::new_str;
use crate::modules::raised::Raised;

/// Name, base and docstring; bases come before the classes that derive from them.
const TREE: &[(&str, &str, &str)] = &[
    (
        "HTTPError",
        "Exception",
        "Base class of what a request, or raise_for_status(), can raise.",
    ),
    (
        "RequestError",
        "HTTPError",
        "Anything that went wrong while a request was made.",
    ),
    (
        "TransportError",
        "RequestError",
        "Anything that went wrong on the way to the server and back.",
    ),
    (
        "TimeoutException",
        "TransportError",
        "An operation took longer than its timeout.",
    ),
    (
        "ConnectTimeout",
        "TimeoutException",
        "Connecting to the host took too long.",
    ),
    (
        "ReadTimeout",
        "TimeoutException",
        "No data of the response came in time.",
    ),
    (
        "WriteTimeout",
        "TimeoutException",
        "The server did not take data of the request in time.",
    ),
    (
        "PoolTimeout",
        "TimeoutException",
        "No connection of the pool became free in time.",
    ),
    ("NetworkError", "TransportError", "The network failed."),
    (
        "ConnectError",
        "NetworkError",
        "No connection could be made.",
    ),
    ("ReadError", "NetworkError", "Data could not be received."),
    ("WriteError", "NetworkError", "Data could not be sent."),
    (
        "CloseError",
        "NetworkError",
        "A connection could not be closed.",
    ),
    (
        "ProxyError",
        "TransportError",
        "The proxy refused or failed.",
    ),
    (
        "UnsupportedProtocol",
        "TransportError",
        "The URL's scheme is none that the client speaks.",
    ),
    (
        "ProtocolError",
        "TransportError",
        "Somebody broke the protocol.",
    ),
    (
        "LocalProtocolError",
        "ProtocolError",
        "The request would break the protocol.",
    ),
    (
        "RemoteProtocolError",
        "ProtocolError",
        "The server broke the protocol.",
    ),
    (
        "DecodingError",
        "RequestError",
        "The body is not encoded as its Content-Encoding says.",
    ),
    (
        "TooManyRedirects",
        "RequestError",
        "There were more redirects than max_redirects.",
    ),
    (
        "HTTPStatusError",
        "HTTPError",
        "The response's status is not a success.",
    ),
    ("InvalidURL", "Exception", "The text is no URL."),
    (
        "CookieConflict",
        "Exception",
        "Several cookies of that name exist.",
    ),
    (
        "StreamError",
        "RuntimeError",
        "The stream was used in a way that it does not allow.",
    ),
    (
        "StreamConsumed",
        "StreamError",
        "The content was streamed already, and cannot be had again.",
    ),
    (
        "StreamClosed",
        "StreamError",
        "The stream was closed before it was read.",
    ),
    (
        "ResponseNotRead",
        "StreamError",
        "The content of a streamed response was not read yet.",
    ),
    (
        "RequestNotRead",
        "StreamError",
        "The content of a streamed request was not read yet.",
    ),
];

/// As classes written in Python have them.
const WEAK_REFERENCES: PyTypeFlags =
    PyTypeFlags::from_slice(&[PyTypeFlags::HAS_WEAKREF, PyTypeFlags::MANAGED_WEAKREF]);

static CLASSES: OnceLock<HashMap<&'static str, PyTypeRef>> = OnceLock::new();

/// Makes the classes and puts them, and httpx.TimeoutError, into the module.
pub(super) fn register(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let classes = CLASSES.get_or_init(|| make_classes(vm));
    for (name, class) in classes {
        module.set_attr(*name, class.clone(), vm)?;
    }
    module.set_attr("TimeoutError", class("TimeoutException").to_owned(), vm)
}

fn make_classes(vm: &VirtualMachine) -> HashMap<&'static str, PyTypeRef> {
    let mut classes: HashMap<&'static str, PyTypeRef> = HashMap::with_capacity(TREE.len());
    for &(name, base, doc) in TREE {
        let base = match base {
            "Exception" => vm.ctx.exceptions.exception_type.to_owned(),
            "RuntimeError" => vm.ctx.exceptions.runtime_error.to_owned(),
            base => classes[base].clone(),
        };
        let class = vm.ctx.new_exception_type("httpx", name, Some(vec![base]));
        class
            .slots
            .flags
            .replace_masked(WEAK_REFERENCES, WEAK_REFERENCES);
        class.set_attr(vm.ctx.intern_str("__doc__"), vm.ctx.new_str(doc).into());
        classes.insert(name, class);
    }
    classes
}

/// Gives the classes their constructors, and HTTPError its `request` property. Once the classes
/// live for ever.
pub(super) fn add_members(vm: &VirtualMachine) -> PyResult<()> {
    let base: &'static Py<PyType> = class("HTTPError");
    let request = vm.ctx.new_getset("request", base, get_request, set_request);
    base.set_attr(vm.ctx.intern_str("request"), request.into());
    let http_error = vm.new_method("__init__", base, init);
    let stream_error = vm.new_method("__init__", class("StreamError"), init_stream_error);
    // Through the object: only so does the interpreter call it for new exceptions.
    base.as_object().set_attr("__init__", http_error, vm)?;
    class("StreamError")
        .as_object()
        .set_attr("__init__", stream_error, vm)
}

/// What the errors of a stream say when nobody says anything else.
fn stream_message(name: &str) -> &'static str {
    match name {
        "StreamConsumed" => {
            "Attempted to read or stream some content, but the content has already been streamed, \
             or is being read by another task."
        }
        "StreamClosed" => "Attempted to read or stream content, but the stream has been closed.",
        "RequestNotRead" => {
            "Attempted to access streaming request content, without having called `read()`."
        }
        _ => "Attempted to access streaming response content, without having called `read()`.",
    }
}

/// The error of a stream, with its usual message.
pub(super) fn stream_error(name: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    new(name, stream_message(name), vm)
}

/// `StreamError(message)`, and its subclasses without arguments.
fn init_stream_error(
    zelf: PyRef<PyBaseException>,
    args: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let class = zelf.class();
    if args.is_empty() && !class.is(self::class("StreamError")) {
        let message = new_str(stream_message(&class.name()), vm);
        let args = vm.ctx.new_tuple(vec![message.into()]);
        zelf.as_object().set_attr("args", args, vm)?;
    }
    Ok(())
}

/// The class of that name.
///
/// # Panics
/// When the module was not imported, or for a name that is not in the tree.
pub(super) fn class(name: &str) -> &'static Py<PyType> {
    CLASSES
        .get()
        .and_then(|classes| classes.get(name))
        .unwrap_or_else(|| panic!("httpx has no exception {name}, or was not imported"))
}

/// `HTTPError(message)`, `RequestError(message, *, request=None)`, and
/// `HTTPStatusError(message, *, request, response)`.
fn init(zelf: PyRef<PyBaseException>, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    let class = zelf.class();
    let is_status_error = class.fast_issubclass(self::class("HTTPStatusError"));
    let takes_request = is_status_error || class.fast_issubclass(self::class("RequestError"));
    let wrong = |what: &str, name: &str| {
        vm.new_type_error(format!("{}() {what} argument: '{name}'", class.name()))
    };
    if args.args.is_empty() {
        return Err(wrong("missing a required", "message"));
    }
    let request = takes_request
        .then(|| args.take_keyword("request"))
        .flatten();
    let response = is_status_error
        .then(|| args.take_keyword("response"))
        .flatten();
    if let Some(name) = args.kwargs.keys().next() {
        return Err(wrong("got an unexpected keyword", &name.to_string()));
    }
    let zelf = zelf.as_object();
    if is_status_error {
        let missing = |name| wrong("missing a required keyword-only", name);
        if request.is_none() {
            return Err(missing("request"));
        }
        zelf.set_attr("response", response.ok_or_else(|| missing("response"))?, vm)?;
    }
    zelf.set_attr("_request", request.unwrap_or_else(|| vm.ctx.none()), vm)
}

fn get_request(zelf: PyRef<PyBaseException>, vm: &VirtualMachine) -> PyResult {
    let request = vm.get_attribute_opt(zelf.as_object(), "_request")?;
    request
        .filter(|it| !vm.is_none(it))
        .ok_or_else(|| vm.new_runtime_error("The .request property has not been set."))
}

fn set_request(
    zelf: PyRef<PyBaseException>,
    value: PySetterValue,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let value = match value {
        PySetterValue::Assign(value) => value,
        PySetterValue::Delete => vm.ctx.none(),
    };
    zelf.as_object().set_attr("_request", value, vm)
}

fn class_name(kind: Kind) -> &'static str {
    match kind {
        Kind::ConnectTimeout => "ConnectTimeout",
        Kind::ReadTimeout => "ReadTimeout",
        Kind::WriteTimeout => "WriteTimeout",
        Kind::PoolTimeout => "PoolTimeout",
        Kind::Connect => "ConnectError",
        Kind::Read => "ReadError",
        Kind::Write => "WriteError",
        Kind::Close => "CloseError",
        Kind::LocalProtocol => "LocalProtocolError",
        Kind::RemoteProtocol => "RemoteProtocolError",
        Kind::Proxy => "ProxyError",
        Kind::UnsupportedProtocol => "UnsupportedProtocol",
        Kind::Decoding => "DecodingError",
        Kind::TooManyRedirects => "TooManyRedirects",
        Kind::InvalidUrl => "InvalidURL",
        Kind::StreamConsumed => "StreamConsumed",
        Kind::StreamClosed => "StreamClosed",
        // Taken out by `to_exception`, as it is no exception of httpx.
        Kind::NotImplemented => "HTTPError",
        // Only when user code failed with something that is no exception.
        Kind::User => "RequestError",
    }
}

/// An engine error as the exception that a script sees, its causes chained. What the script's own
/// code raised comes out as it is.
pub(super) fn to_exception(
    error: engine::Error,
    request: Option<PyRef<Request>>,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let error = match Raised::out_of(error) {
        Ok(exception) => return attach(exception, request, vm),
        Err(error) => error,
    };
    let error = nested(error);
    let exception = match error.kind() {
        Kind::NotImplemented => vm.new_not_implemented_error(error.to_string()),
        kind => new(class_name(kind), &error.to_string(), vm),
    };
    if let Some(request) = request {
        // InvalidURL takes it too, and does not show it, as in httpx.
        let _ = exception.as_object().set_attr("_request", request, vm);
    }
    if let Some(cause) = error.source() {
        exception.set_cause(Some(cause_exception(cause, vm)));
    }
    exception
}

/// Tells an exception of the script's code which request it concerns, as httpx does.
fn attach(
    exception: PyBaseExceptionRef,
    request: Option<PyRef<Request>>,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    if let Some(request) = request
        && exception.fast_isinstance(class("RequestError"))
    {
        let _ = exception.as_object().set_attr("_request", request, vm);
    }
    exception
}

/// The engine's own error, if it came through one of its traits.
fn nested(error: engine::Error) -> engine::Error {
    match error
        .into_user()
        .map(|user| user.downcast::<engine::Error>())
    {
        Ok(Ok(own)) => *own,
        Ok(Err(user)) => engine::Error::user(user),
        Err(error) => error,
    }
}

fn cause_exception(cause: &(dyn StdError + 'static), vm: &VirtualMachine) -> PyBaseExceptionRef {
    let errno = cause
        .downcast_ref::<io::Error>()
        .and_then(io::Error::raw_os_error);
    let exception = match errno {
        Some(errno) => vm.new_errno_error(errno, cause.to_string()).upcast(),
        None => {
            let class = vm.ctx.exceptions.exception_type.to_owned();
            vm.new_exception_msg(class, cause.to_string().into())
        }
    };
    if let Some(cause) = cause.source() {
        exception.set_cause(Some(cause_exception(cause, vm)));
    }
    exception
}

/// An exception of the tree by its name.
pub(super) fn new(name: &str, message: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_exception_msg(class(name).to_owned(), message.into())
}

/// The exception of `raise_for_status`.
pub(super) fn status_error(
    message: &str,
    request: PyObjectRef,
    response: PyRef<Response>,
    vm: &VirtualMachine,
) -> PyResult<PyBaseExceptionRef> {
    let exception = new("HTTPStatusError", message, vm);
    let object = exception.as_object();
    object.set_attr("_request", request, vm)?;
    object.set_attr("response", response, vm)?;
    Ok(exception)
}
