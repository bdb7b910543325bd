//! The keyword arguments that say how to get to the server: those of a loop's `create_connection`
//! and of `create_unix_connection`, as far as they mean anything here.

use std::net::IpAddr;
use std::os::fd::{FromRawFd as _, OwnedFd, RawFd};
use std::time::Duration;

use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyDict, PyDictRef, PyStr, PyTuple},
};

use crate::engine::net::{Family, SocketSettings};
use crate::engine::tls::TlsSettings;
use crate::engine::ws::{ProxyChoice, ProxySettings, Route, WebSocketUri};
use crate::modules::convert::{seconds, utf8, wrong_type};
use crate::modules::ssl_context::{is_context, path_of, settings_of};

/// Those that mean something here.
const KNOWN: &[&str] = &[
    "family",
    "happy_eyeballs_delay",
    "host",
    "local_addr",
    "path",
    "port",
    "proxy_server_hostname",
    "proxy_ssl",
    "server_hostname",
    "sock",
    "ssl",
    "unix",
];

/// Those that are taken and that change nothing: a TLS handshake is bounded by `open_timeout` and a
/// goodbye by `close_timeout`.
const IGNORED: &[&str] = &[
    "all_errors",
    "flags",
    "interleave",
    "proto",
    "proxy_ssl_handshake_timeout",
    "proxy_ssl_shutdown_timeout",
    "ssl_handshake_timeout",
    "ssl_shutdown_timeout",
];

/// Refuses unknown arguments, and TLS settings for a URI without TLS.
pub(super) fn check(kwargs: &PyDictRef, secure: bool, vm: &VirtualMachine) -> PyResult<()> {
    for (name, _) in &**kwargs {
        let name = name.str(vm)?;
        let name = name.to_string_lossy();
        if !KNOWN.contains(&&*name) && !IGNORED.contains(&&*name) {
            let text = format!("connect() got an unexpected keyword argument '{name}'");
            return Err(vm.new_type_error(text));
        }
    }
    if !secure && given(kwargs, "ssl", vm)?.is_some() {
        return Err(vm.new_value_error("ssl argument is incompatible with a ws:// URI"));
    }
    Ok(())
}

fn item(kwargs: &Py<PyDict>, name: &str, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    kwargs.get_item_opt(name, vm)
}

/// The argument unless it is missing or None.
fn given(kwargs: &Py<PyDict>, name: &str, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let value = item(kwargs, name, vm)?;
    Ok(value.filter(|value| !vm.is_none(value)))
}

fn text(kwargs: &Py<PyDict>, name: &str, vm: &VirtualMachine) -> PyResult<Option<String>> {
    let Some(value) = given(kwargs, name, vm)? else {
        return Ok(None);
    };
    match value.downcast_ref::<PyStr>() {
        Some(text) => Ok(Some(utf8(text, vm)?.to_owned())),
        None => Err(wrong_type(name, "str or None", &value, vm)),
    }
}

/// The arguments of an attempt that say how to get to the server.
pub(super) struct RouteArgs<'a> {
    kwargs: &'a Py<PyDict>,
    proxy: &'a PyObject,
}

/// What they come to.
pub(super) struct Ready {
    pub(super) route: Route,
    pub(super) tls: TlsSettings,
    /// The socket that the script gave.
    pub(super) sock: Option<PyObjectRef>,
}

impl<'a> RouteArgs<'a> {
    pub(super) fn new(kwargs: &'a Py<PyDict>, proxy: &'a PyObject) -> Self {
        Self { kwargs, proxy }
    }

    pub(super) fn parse(self, uri: &str, vm: &VirtualMachine) -> PyResult<Ready> {
        let Self { kwargs, proxy } = self;
        // What is wrong with the URI is told by the attempt.
        let secure = WebSocketUri::parse(uri).is_ok_and(|uri| uri.secure);
        let sock = given(kwargs, "sock", vm)?;
        let (host, port) = (text(kwargs, "host", vm)?, port(kwargs, vm)?);
        if sock.is_some() && (host.is_some() || port.is_some()) {
            let text = "host/port and sock can not be specified at the same time";
            return Err(vm.new_value_error(text));
        }
        let proxy = proxy_choice(proxy, vm)?;
        let route = Route {
            sockets: sockets(kwargs, sock.is_some(), vm)?,
            host,
            port,
            server_name: text(kwargs, "server_hostname", vm)?,
            proxy_settings: proxy_settings(kwargs, &proxy, vm)?,
            proxy,
            ..Route::default()
        };
        let tls = match tls(kwargs, "ssl", vm)? {
            Tls::None if secure => {
                let text = "ssl=None is incompatible with a wss:// URI";
                return Err(vm.new_value_error(text));
            }
            tls => tls.settings(),
        };
        Ok(Ready { route, tls, sock })
    }
}

/// `ssl=` or `proxy_ssl=`.
enum Tls {
    Missing,
    None,
    Settings(Box<TlsSettings>),
}

impl Tls {
    fn settings(self) -> TlsSettings {
        match self {
            Self::Missing | Self::None => TlsSettings::default(),
            Self::Settings(settings) => *settings,
        }
    }
}

fn tls(kwargs: &Py<PyDict>, name: &str, vm: &VirtualMachine) -> PyResult<Tls> {
    let Some(value) = item(kwargs, name, vm)? else {
        return Ok(Tls::Missing);
    };
    if vm.is_none(&value) {
        return Ok(Tls::None);
    }
    if value.is(&vm.ctx.true_value) {
        return Ok(Tls::Settings(Box::default()));
    }
    if is_context(&value, vm)? {
        return Ok(Tls::Settings(Box::new(settings_of(&value, vm)?)));
    }
    let expected = "an ssl.SSLContext, True or None";
    Err(wrong_type(name, expected, &value, vm))
}

fn proxy_choice(proxy: &PyObject, vm: &VirtualMachine) -> PyResult<ProxyChoice> {
    if vm.is_none(proxy) {
        return Ok(ProxyChoice::Direct);
    }
    if proxy.is(&vm.ctx.true_value) {
        return Ok(ProxyChoice::Environment);
    }
    match proxy.downcast_ref::<PyStr>() {
        Some(url) => Ok(ProxyChoice::Url(utf8(url, vm)?.to_owned())),
        None => Err(wrong_type("proxy", "a URL, True or None", proxy, vm)),
    }
}

fn proxy_settings(
    kwargs: &Py<PyDict>,
    proxy: &ProxyChoice,
    vm: &VirtualMachine,
) -> PyResult<ProxySettings> {
    let tls = tls(kwargs, "proxy_ssl", vm)?;
    let fault = match (proxy, &tls) {
        (ProxyChoice::Url(url), Tls::None) if url.starts_with("https:") => {
            Some("proxy_ssl=None is incompatible with an https:// proxy")
        }
        (ProxyChoice::Url(url), Tls::Settings(_)) if url.starts_with("http:") => {
            Some("proxy_ssl argument is incompatible with an http:// proxy")
        }
        _ => None,
    };
    match fault {
        Some(fault) => Err(vm.new_value_error(fault)),
        None => Ok(ProxySettings {
            tls: tls.settings(),
            server_name: text(kwargs, "proxy_server_hostname", vm)?,
        }),
    }
}

fn port(kwargs: &Py<PyDict>, vm: &VirtualMachine) -> PyResult<Option<u16>> {
    let Some(value) = given(kwargs, "port", vm)? else {
        return Ok(None);
    };
    let number = value
        .downcast_ref::<PyStr>()
        .map(|text| text.to_string_lossy().parse().ok());
    match number {
        Some(Some(port)) => Ok(Some(port)),
        Some(None) => Err(vm.new_value_error("port is no number between 0 and 65535")),
        None => value.try_to_value(vm).map(Some),
    }
}

fn sockets(kwargs: &Py<PyDict>, has_sock: bool, vm: &VirtualMachine) -> PyResult<SocketSettings> {
    let mut settings = SocketSettings {
        family: family(kwargs, vm)?,
        attempt_delay: delay(kwargs, vm)?,
        ..SocketSettings::default()
    };
    if let Some(address) = given(kwargs, "local_addr", vm)? {
        (settings.local_address, settings.local_port) = local_address(&address, vm)?;
    }
    let is_unix = match given(kwargs, "unix", vm)? {
        Some(value) => value.try_to_bool(vm)?,
        None => false,
    };
    let path = given(kwargs, "path", vm)?;
    match path {
        Some(_) if has_sock => {
            Err(vm.new_value_error("path and sock can not be specified at the same time"))
        }
        None if is_unix && !has_sock => Err(vm.new_value_error("no path and sock were specified")),
        Some(path) if is_unix => {
            settings.uds = Some(path_of(&path, vm)?);
            Ok(settings)
        }
        _ => Ok(settings),
    }
}

fn delay(kwargs: &Py<PyDict>, vm: &VirtualMachine) -> PyResult<Option<Duration>> {
    match given(kwargs, "happy_eyeballs_delay", vm)? {
        Some(delay) => seconds(&delay, "happy_eyeballs_delay", vm),
        None => Ok(None),
    }
}

/// `socket.AF_UNSPEC` and 0 leave it open.
fn family(kwargs: &Py<PyDict>, vm: &VirtualMachine) -> PyResult<Option<Family>> {
    let Some(value) = given(kwargs, "family", vm)? else {
        return Ok(None);
    };
    let number: i32 = value.try_int(vm)?.try_to_primitive(vm)?;
    match number {
        libc::AF_UNSPEC => Ok(None),
        libc::AF_INET => Ok(Some(Family::Ipv4)),
        libc::AF_INET6 => Ok(Some(Family::Ipv6)),
        _ => Err(vm.new_value_error("family is neither AF_INET nor AF_INET6")),
    }
}

/// `local_addr=`: an IP address and a port.
fn local_address(value: &PyObject, vm: &VirtualMachine) -> PyResult<(Option<IpAddr>, u16)> {
    let parts = value.downcast_ref::<PyTuple>().map(|it| it.as_slice());
    let Some([host, port, ..]) = parts else {
        return Err(wrong_type(
            "local_addr",
            "a tuple of host and port",
            value,
            vm,
        ));
    };
    let host = host.str(vm)?;
    let host = utf8(&host, vm)?;
    let address = match host {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        host => host.parse(),
    };
    let address = address
        .map_err(|_| vm.new_value_error(format!("local_addr: {host:?} is no IP address")))?;
    Ok((Some(address), port.try_to_value(vm)?))
}

/// Takes the descriptor out of a socket object.
pub(super) fn detach(sock: &PyObject, vm: &VirtualMachine) -> PyResult<OwnedFd> {
    let is_tls = vm.get_attribute_opt(sock, "do_handshake")?.is_some();
    if is_tls {
        return Err(vm.new_type_error("Socket cannot be of type SSLSocket"));
    }
    let descriptor = vm.call_method(sock, "detach", ())?;
    let descriptor: RawFd = descriptor.try_to_value(vm)?;
    if descriptor < 0 {
        return Err(vm.new_value_error("the socket is closed, or was given to connect() before"));
    }
    // SAFETY: detach() has given the descriptor away, and says that nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}
