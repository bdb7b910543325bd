//! The parameters of transports: HTTPTransport's own, and those that a client hands on.

use std::net::IpAddr;

use http::HeaderMap;
use rustpython_vm::{
    AsObject, FromArgs, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyDict, PyInt, PyStr, PyTuple},
    function::{ArgIntoBool, OptionalArg},
};

use super::config::Limits;
use super::exceptions::to_exception;
use super::mode::Mode;
use super::proxy::Proxy;
use super::transports::{AsyncHttpTransport, Carrier, HttpTransport, Transports};
use super::{headers, tls, url};
use crate::engine::http::proxy::environment;
use crate::engine::http::{self as engine, Mounts, TransportConfig, UrlPattern};
use crate::engine::net::{OptionValue, SocketOption, SocketSettings};
use crate::engine::tls::TlsSettings;
use crate::modules::convert::{bytes_like, given, str_or_bytes, utf8, wrong_type};
use crate::modules::ssl_context;

/// What a client takes for the transports that it makes, or instead of them.
#[derive(FromArgs)]
pub(super) struct TransportArgs {
    #[pyarg(named, optional)]
    verify: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    cert: OptionalArg<PyObjectRef>,
    #[pyarg(named, default = ArgIntoBool::TRUE)]
    http1: ArgIntoBool,
    #[pyarg(named, default = ArgIntoBool::FALSE)]
    http2: ArgIntoBool,
    #[pyarg(named, optional)]
    proxy: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    mounts: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    limits: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    transport: OptionalArg<PyObjectRef>,
}

/// What the functions of the module take for the client that they make.
#[derive(FromArgs)]
pub(super) struct FunctionTransportArgs {
    #[pyarg(named, optional)]
    proxy: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    verify: OptionalArg<PyObjectRef>,
    #[pyarg(named, default = ArgIntoBool::TRUE)]
    trust_env: ArgIntoBool,
}

/// HTTPTransport, AsyncHTTPTransport.
#[derive(FromArgs)]
pub(super) struct HttpTransportArgs {
    #[pyarg(any, optional)]
    verify: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional)]
    cert: OptionalArg<PyObjectRef>,
    #[pyarg(any, default = ArgIntoBool::TRUE)]
    trust_env: ArgIntoBool,
    #[pyarg(any, default = ArgIntoBool::TRUE)]
    http1: ArgIntoBool,
    #[pyarg(any, default = ArgIntoBool::FALSE)]
    http2: ArgIntoBool,
    #[pyarg(any, optional)]
    limits: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional)]
    proxy: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional)]
    uds: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional)]
    local_address: OptionalArg<PyObjectRef>,
    #[pyarg(any, default = 0)]
    retries: u32,
    #[pyarg(any, optional)]
    socket_options: OptionalArg<PyObjectRef>,
}

impl HttpTransportArgs {
    pub(super) fn transport(self, vm: &VirtualMachine) -> PyResult<engine::HttpTransport> {
        let tls = parse_tls(&self.verify, &self.cert, self.trust_env.into_bool(), vm)?;
        let proxy = given(self.proxy, vm).map(|proxy| parse_proxy(&proxy, &tls, vm));
        let uds = given(self.uds, vm).map(|uds| ssl_context::path_of(&uds, vm));
        let address = given(self.local_address, vm).map(|it| parse_address(&it, vm));
        let options = given(self.socket_options, vm).map(|it| parse_socket_options(&it, vm));
        let sockets = SocketSettings {
            uds: uds.transpose()?,
            local_address: address.transpose()?,
            options: options.transpose()?.unwrap_or_default(),
            retries: self.retries,
            ..SocketSettings::default()
        };
        Ok(engine::HttpTransport::new(TransportConfig {
            limits: parse_limits(self.limits, vm)?,
            tls,
            sockets,
            proxy: proxy.transpose()?,
            http1: self.http1.into_bool(),
            http2: self.http2.into_bool(),
        }))
    }
}

impl FunctionTransportArgs {
    /// As the arguments of the client that a function makes: for its transports, and `trust_env`.
    pub(super) fn into_client(self) -> (TransportArgs, ArgIntoBool) {
        let transport = TransportArgs {
            verify: self.verify,
            cert: OptionalArg::Missing,
            http1: ArgIntoBool::TRUE,
            http2: ArgIntoBool::FALSE,
            proxy: self.proxy,
            mounts: OptionalArg::Missing,
            limits: OptionalArg::Missing,
            transport: OptionalArg::Missing,
        };
        (transport, self.trust_env)
    }
}

/// The transports of a client: the default one, those of the proxies, and those mounted.
pub(super) fn transports(
    args: TransportArgs,
    trust_env: bool,
    mode: Mode,
    vm: &VirtualMachine,
) -> PyResult<Transports> {
    let config = TransportConfig {
        limits: parse_limits(args.limits, vm)?,
        tls: parse_tls(&args.verify, &args.cert, trust_env, vm)?,
        http1: args.http1.into_bool(),
        http2: args.http2.into_bool(),
        ..TransportConfig::default()
    };
    let own = given(args.transport, vm);
    let proxy = given(args.proxy, vm);
    let mut mounts = Vec::new();
    if let Some(proxy) = proxy {
        let proxy = parse_proxy(&proxy, &config.tls, vm)?;
        mounts.push(mount(
            "all://",
            Some(through(proxy, &config, mode, vm)),
            vm,
        )?);
    } else if trust_env && own.is_none() {
        for (pattern, proxy) in environment::mounts() {
            let proxy = proxy.map(|proxy| environment_proxy(&proxy, &config.tls, vm));
            let carrier = proxy.transpose()?.map(|it| through(it, &config, mode, vm));
            mounts.push(mount(&pattern, carrier, vm)?);
        }
    }
    if let Some(own) = given(args.mounts, vm) {
        mounts.extend(parse_mounts(&own, mode, vm)?);
    }
    let default = match own {
        Some(own) => Carrier::of(own, mode),
        None => carrier(config, mode, vm),
    };
    Ok(Transports {
        default,
        mounts: Mounts::new(mounts),
    })
}

type Mount = (UrlPattern, Option<Carrier>);

fn mount(pattern: &str, carrier: Option<Carrier>, vm: &VirtualMachine) -> PyResult<Mount> {
    let parsed = UrlPattern::parse(pattern);
    let parsed = parsed.map_err(|error| match error {
        engine::mounts::InvalidPattern::Url(error) => to_exception(error, None, vm),
        other => vm.new_value_error(other.to_string()),
    })?;
    Ok((parsed, carrier))
}

fn parse_mounts(mounts: &PyObject, mode: Mode, vm: &VirtualMachine) -> PyResult<Vec<Mount>> {
    let items = match mounts.downcast_ref::<PyDict>() {
        Some(dict) => dict.into_iter().collect::<Vec<_>>(),
        None => {
            let items = vm.call_method(mounts, "items", ())?;
            let dict = vm.ctx.types.dict_type.as_object().call((items,), vm)?;
            dict.try_downcast_ref::<PyDict>(vm)?.into_iter().collect()
        }
    };
    let parse = |(pattern, transport): (PyObjectRef, PyObjectRef)| {
        let pattern = pattern.try_downcast_ref::<PyStr>(vm)?;
        let carrier = (!vm.is_none(&transport)).then(|| Carrier::of(transport, mode));
        mount(utf8(pattern, vm)?, carrier, vm)
    };
    items.into_iter().map(parse).collect()
}

/// A transport as a client makes it.
fn carrier(config: TransportConfig, mode: Mode, vm: &VirtualMachine) -> Carrier {
    let transport = engine::HttpTransport::new(config);
    let object = match mode {
        Mode::Blocking => HttpTransport::object(transport, vm),
        Mode::Awaited => AsyncHttpTransport::object(transport, vm),
    };
    Carrier::of(object, mode)
}

fn through(
    proxy: engine::Proxy,
    config: &TransportConfig,
    mode: Mode,
    vm: &VirtualMachine,
) -> Carrier {
    let config = TransportConfig {
        proxy: Some(proxy),
        ..config.clone()
    };
    carrier(config, mode, vm)
}

fn environment_proxy(
    proxy: &str,
    tls: &TlsSettings,
    vm: &VirtualMachine,
) -> PyResult<engine::Proxy> {
    let url = url::parse_str(proxy, vm)?;
    let proxy = engine::Proxy::new(&url);
    let proxy = proxy.map_err(|error| vm.new_value_error(error.to_string()))?;
    Ok(proxy.with_tls(tls_of_proxy(tls)))
}

/// `proxy=`: a URL or a Proxy.
fn parse_proxy(
    value: &PyObject,
    tls: &TlsSettings,
    vm: &VirtualMachine,
) -> PyResult<engine::Proxy> {
    let parts = match value.downcast_ref::<Proxy>() {
        Some(proxy) => proxy.parts(),
        None => Proxy::of_url(value, vm)?,
    };
    let url = url::parse(&parts.url, vm)?;
    let proxy = engine::Proxy::new(&url);
    let mut proxy = proxy.map_err(|error| vm.new_value_error(error.to_string()))?;
    if let Some(pair) = parts.auth.downcast_ref::<PyTuple>()
        && let [username, password] = pair.as_slice()
    {
        let username = str_or_bytes(username, "the user name", vm)?;
        let password = str_or_bytes(password, "the password", vm)?;
        proxy = proxy.or_credentials(&username, &password);
    }
    let trust = match vm.is_none(&parts.ssl_context) {
        true => tls_of_proxy(tls),
        false => ssl_context::settings_of(&parts.ssl_context, vm)?,
    };
    Ok(proxy
        .with_headers(header_map(&parts.headers, vm)?)
        .with_tls(trust))
}

/// What a client trusts is what its https proxies are trusted by; its own certificate is not for
/// them.
fn tls_of_proxy(tls: &TlsSettings) -> TlsSettings {
    TlsSettings {
        identity: None,
        ..tls.clone()
    }
}

fn header_map(fields: &PyObject, vm: &VirtualMachine) -> PyResult<HeaderMap> {
    let list = headers::parse(fields, vm)?;
    list.to_map().map_err(|error| to_exception(error, None, vm))
}

fn parse_tls(
    verify: &OptionalArg<PyObjectRef>,
    cert: &OptionalArg<PyObjectRef>,
    trust_env: bool,
    vm: &VirtualMachine,
) -> PyResult<TlsSettings> {
    let verify = verify.as_option().map(|it| &**it);
    let cert = cert.as_option().map(|it| &**it);
    tls::parse(verify, cert, trust_env, vm)
}

fn parse_limits(limits: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<engine::Limits> {
    let Some(limits) = limits.into_option() else {
        return Ok(engine::Limits::default());
    };
    match limits.downcast_ref::<Limits>() {
        Some(limits) => Ok(limits.engine()),
        None => Err(wrong_type("limits", "an httpx.Limits", &limits, vm)),
    }
}

fn parse_address(address: &PyObject, vm: &VirtualMachine) -> PyResult<IpAddr> {
    let text = address.try_downcast_ref::<PyStr>(vm)?;
    let text = utf8(text, vm)?;
    text.parse().map_err(|_| {
        vm.new_value_error(format!("local_address must be an IP address, not '{text}'"))
    })
}

/// Tuples as the arguments of `socket.setsockopt`: (level, option, int or bytes), or
/// (level, option, None, length).
fn parse_socket_options(options: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<SocketOption>> {
    let options: Vec<PyObjectRef> = options.try_to_value(vm)?;
    options
        .iter()
        .map(|it| parse_socket_option(it, vm))
        .collect()
}

fn parse_socket_option(option: &PyObject, vm: &VirtualMachine) -> PyResult<SocketOption> {
    let parts: Vec<PyObjectRef> = option.try_to_value(vm)?;
    let (level, name, value) = match &parts[..] {
        [level, name, value] => (level, name, parse_option_value(value, vm)?),
        [level, name, null, length] if vm.is_none(null) => {
            (level, name, OptionValue::Null(length.try_to_value(vm)?))
        }
        _ => {
            let message =
                "a socket option is (level, option, value), or (level, option, None, length)";
            return Err(vm.new_value_error(message));
        }
    };
    Ok(SocketOption {
        level: level.try_to_value(vm)?,
        name: name.try_to_value(vm)?,
        value,
    })
}

fn parse_option_value(value: &PyObject, vm: &VirtualMachine) -> PyResult<OptionValue> {
    if value.downcast_ref::<PyInt>().is_some() {
        return Ok(OptionValue::Int(value.try_to_value(vm)?));
    }
    match bytes_like(value, vm) {
        Some(bytes) => Ok(OptionValue::Bytes(bytes)),
        None => Err(wrong_type("a socket option", "an int or bytes", value, vm)),
    }
}
