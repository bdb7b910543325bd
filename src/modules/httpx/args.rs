//! The arguments that requests and clients take, each parsed in one place.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Method, header};
use rustpython_vm::{
    FromArgs, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBytes, PyStr, PyStrRef, PyTuple},
    function::OptionalArg,
};

use super::exceptions::to_exception;
use super::{config, multipart, query, tls};
use crate::engine::http::auth::BasicAuth;
use crate::engine::http::{Body, TransportConfig};
use crate::modules::convert::{bytes_like, given, str_or_bytes, utf8};
use crate::modules::json;

/// What every request takes.
#[derive(FromArgs)]
pub(super) struct RequestOptions {
    #[pyarg(named, optional)]
    pub(super) params: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) headers: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) auth: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) timeout: OptionalArg<PyObjectRef>,
}

/// What a request with a body takes besides.
#[derive(FromArgs, Default)]
pub(super) struct BodyOptions {
    #[pyarg(named, optional)]
    content: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    data: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    json: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    files: OptionalArg<PyObjectRef>,
}

/// get, head, options, delete.
#[derive(FromArgs)]
pub(super) struct UrlArgs {
    #[pyarg(any)]
    pub(super) url: PyObjectRef,
    #[pyarg(flatten)]
    pub(super) options: RequestOptions,
}

/// post, put, patch.
#[derive(FromArgs)]
pub(super) struct UrlBodyArgs {
    #[pyarg(any)]
    pub(super) url: PyObjectRef,
    #[pyarg(flatten)]
    pub(super) body: BodyOptions,
    #[pyarg(flatten)]
    pub(super) options: RequestOptions,
}

/// request, stream.
#[derive(FromArgs)]
pub(super) struct MethodArgs {
    #[pyarg(any)]
    pub(super) method: PyStrRef,
    #[pyarg(any)]
    pub(super) url: PyObjectRef,
    #[pyarg(flatten)]
    pub(super) body: BodyOptions,
    #[pyarg(flatten)]
    pub(super) options: RequestOptions,
}

/// What the functions of the module take besides, for the client that they make.
#[derive(FromArgs)]
pub(super) struct TransportOptions {
    #[pyarg(named, optional)]
    pub(super) verify: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) cert: OptionalArg<PyObjectRef>,
    #[pyarg(named, default = true)]
    pub(super) trust_env: bool,
}

/// What a client takes.
#[derive(FromArgs)]
pub(super) struct ClientOptions {
    #[pyarg(flatten)]
    pub(super) defaults: RequestOptions,
    #[pyarg(flatten)]
    pub(super) transport: TransportOptions,
    #[pyarg(named, optional)]
    pub(super) limits: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) base_url: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) default_encoding: OptionalArg<PyStrRef>,
}

impl TransportOptions {
    pub(super) fn config(
        self,
        limits: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<TransportConfig> {
        let limits = match limits {
            None => crate::engine::http::Limits::default(),
            Some(limits) => match limits.downcast_ref::<config::Limits>() {
                Some(limits) => limits.engine(),
                None => return Err(wrong_type("limits", "an httpx.Limits", &limits, vm)),
            },
        };
        let (verify, cert) = (self.verify.into_option(), self.cert.into_option());
        let tls = tls::parse(verify.as_deref(), cert.as_deref(), self.trust_env, vm)?;
        Ok(TransportConfig {
            limits,
            tls,
            ..TransportConfig::default()
        })
    }
}

/// A TypeError that says what an argument has to be.
pub(super) fn wrong_type(
    name: &str,
    expected: &str,
    value: &PyObject,
    vm: &VirtualMachine,
) -> rustpython_vm::builtins::PyBaseExceptionRef {
    let class = value.class();
    vm.new_type_error(format!("{name} must be {expected}, not {}", class.name()))
}

/// The method of a request, in upper case.
pub(super) fn parse_method(method: &PyStr, vm: &VirtualMachine) -> PyResult<Method> {
    let text = utf8(method, vm)?.to_ascii_uppercase();
    Method::from_bytes(text.as_bytes()).map_err(|_| {
        let message = format!(
            "Illegal method '{}': it has to be a token.",
            text.escape_debug()
        );
        super::exceptions::new("LocalProtocolError", &message, vm)
    })
}

/// `auth=`: a pair of user name and password.
pub(super) fn parse_auth(auth: &PyObject, vm: &VirtualMachine) -> PyResult<BasicAuth> {
    let expected = "a tuple of a user name and a password";
    let Some(pair) = auth.downcast_ref::<PyTuple>() else {
        return Err(wrong_type("auth", expected, auth, vm));
    };
    let [username, password] = pair.as_slice() else {
        return Err(vm.new_type_error(format!("auth must be {expected}")));
    };
    let username = str_or_bytes(username, "the user name", vm)?;
    let password = str_or_bytes(password, "the password", vm)?;
    Ok(BasicAuth::new(&username, &password))
}

/// A body and the Content-Type that it has by itself.
type Encoded = (Body, Option<Cow<'static, str>>);

impl BodyOptions {
    /// In httpx's order: raw data=, content=, files= or data= with something in it, json=.
    /// `content_type` is what the request's header fields say already.
    pub(super) fn encode(
        self,
        content_type: Option<&HeaderValue>,
        vm: &VirtualMachine,
    ) -> PyResult<Encoded> {
        let data = given(self.data, vm);
        let is_raw = |data: &PyObjectRef| {
            data.downcast_ref::<PyStr>().is_some() || data.downcast_ref::<PyBytes>().is_some()
        };
        if let Some(raw) = data.as_ref().filter(|data| is_raw(data)) {
            let message = "Use 'content=<...>' to upload raw bytes/text content.";
            let category = vm.ctx.exceptions.deprecation_warning;
            rustpython_vm::warn::warn(
                vm.ctx.new_str(message).into(),
                Some(category.to_owned()),
                1,
                None,
                vm,
            )?;
            return encode_content(raw, vm);
        }
        if let Some(content) = given(self.content, vm) {
            return encode_content(&content, vm);
        }
        if let Some(files) = given(self.files, vm)
            && files.clone().try_to_bool(vm)?
        {
            let given = content_type.map(HeaderValue::as_bytes);
            let form = multipart::parse(data.as_deref(), &files, given, vm)?;
            return Ok((form.body(), Some(form.content_type().into())));
        }
        if let Some(data) = data
            && data.clone().try_to_bool(vm)?
        {
            let form = query::encode_form(&data, vm)?;
            let content_type = "application/x-www-form-urlencoded";
            return Ok((Body::Bytes(form.into()), Some(content_type.into())));
        }
        if let Some(value) = given(self.json, vm) {
            let body = json::dumps(&value, vm)?;
            return Ok((Body::Bytes(body.into()), Some("application/json".into())));
        }
        Ok((Body::Empty, None))
    }
}

fn encode_content(content: &PyObject, vm: &VirtualMachine) -> PyResult<Encoded> {
    if let Some(text) = content.downcast_ref::<PyStr>() {
        let body = Bytes::copy_from_slice(utf8(text, vm)?.as_bytes());
        return Ok((Body::Bytes(body), None));
    }
    match bytes_like(content, vm) {
        Some(bytes) => Ok((Body::Bytes(bytes.into()), None)),
        None => Err(wrong_type("content", "str or bytes", content, vm)),
    }
}

/// Adds a Content-Type to header fields that have none.
pub(super) fn default_content_type(
    headers: &mut http::HeaderMap,
    value: Option<Cow<'static, str>>,
) {
    let value = value.and_then(|value| HeaderValue::try_from(&*value).ok());
    if let Some(value) = value {
        headers.entry(header::CONTENT_TYPE).or_insert(value);
    }
}

/// Header fields that a script gave, checked.
pub(super) fn check_headers(
    list: &crate::engine::http::headers::HeaderList,
    vm: &VirtualMachine,
) -> PyResult<http::HeaderMap> {
    list.to_map().map_err(|error| to_exception(error, None, vm))
}
