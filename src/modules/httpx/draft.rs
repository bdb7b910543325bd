//! What a request is made of once the client's defaults are in it, before it is one.

use http::Method;
use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyDict, PyDictRef},
    function::OptionalArg,
};

use super::config::{Timeout, parse_timeout};
use super::cookies;
use super::exceptions::to_exception;
use super::options::{BodyOptions, RequestOptions};
use super::request::{self, Request};
use super::session::{Defaults, Session};
use super::use_client_default::UseClientDefault;
use super::{headers, query, url};
use crate::engine::http::headers::HeaderList;
use crate::engine::http::{Request as EngineRequest, Timeouts, Url};
use crate::modules::convert::given;

/// A request's parts, merged with what its client has.
pub(super) struct Draft {
    method: Method,
    url: Url,
    headers: HeaderList,
    body: BodyOptions,
    timeouts: Timeouts,
    extensions: Option<PyDictRef>,
}

impl Session {
    /// Merges what a request says with what the client has.
    pub(super) fn draft(
        &self,
        method: Method,
        url: &PyObject,
        body: BodyOptions,
        options: RequestOptions,
        vm: &VirtualMachine,
    ) -> PyResult<Draft> {
        let defaults = self.defaults();
        let url = self.target(&defaults, url, given(options.params, vm), vm)?;
        let mut headers = self.headers.to_list();
        if let Some(extra) = given(options.headers, vm) {
            headers.update(&headers::parse(&extra, vm)?);
        }
        self.add_cookies(&mut headers, &url, given(options.cookies, vm), vm)?;
        let extensions = given(options.extensions, vm)
            .map(|given| copy_dict(&given, vm))
            .transpose()?;
        Ok(Draft {
            method,
            url,
            headers,
            body,
            timeouts: timeouts(&defaults, options.timeout, vm)?,
            extensions,
        })
    }

    /// The URL to ask for: merged with the base URL, its query replaced by `params=`.
    fn target(
        &self,
        defaults: &Defaults,
        url: &PyObject,
        params: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<Url> {
        let url = self.merge_url(defaults, url, vm)?;
        let own = params
            .map(|params| query::parse_params(&params, vm))
            .transpose()?;
        if own.is_none() && defaults.params.is_empty() {
            return Ok(url);
        }
        let merged = match own {
            Some(own) => defaults.params.merge(&own),
            None => defaults.params.clone(),
        };
        let query = Some(merged.encode()).filter(|query| !query.is_empty());
        Ok(url.with_query(query.as_deref()))
    }

    /// `url`, against the base URL if it is relative.
    pub(super) fn merge_url(
        &self,
        defaults: &Defaults,
        url: &PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<Url> {
        let url = url::parse(url, vm)?;
        let merged = defaults.base_url.merge(&url);
        merged.map_err(|error| to_exception(error, None, vm))
    }

    /// The Cookie field: the client's cookies and the request's own.
    fn add_cookies(
        &self,
        headers: &mut HeaderList,
        url: &Url,
        own: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let client = self.cookies();
        let value = match own {
            None => client.header_for(url, vm)?,
            Some(own) => {
                let merged = client.copy(vm)?;
                merged.add(&own, vm)?;
                merged.header_for(url, vm)?
            }
        };
        if let Some(value) = value
            && headers.get(b"Cookie").is_none()
        {
            headers.append(b"Cookie", value.as_bytes());
        }
        Ok(())
    }
}

impl Draft {
    /// The request for the engine. Python objects are made only for what the engine cannot hold:
    /// a streamed body, and extensions.
    pub(super) fn into_request(self, vm: &VirtualMachine) -> PyResult<EngineRequest> {
        if self.extensions.is_some() || !request::is_held(&self.body, vm) {
            let object = self.into_object(vm)?;
            return Request::from_object(object.as_object(), vm);
        }
        let Self {
            method,
            url,
            headers,
            body,
            timeouts,
            ..
        } = self;
        let mut request = request::compose(method, url, headers, body, vm)?;
        request.timeouts = timeouts;
        Ok(request)
    }

    /// The request as an object.
    pub(super) fn into_object(self, vm: &VirtualMachine) -> PyResult<PyRef<Request>> {
        let Self {
            method,
            url,
            headers,
            body,
            timeouts,
            extensions,
        } = self;
        let extensions = extensions.unwrap_or_else(|| vm.ctx.new_dict());
        if extensions.get_item_opt("timeout", vm)?.is_none() {
            let timeout = Timeout::dict_of(timeouts, vm)?;
            extensions.set_item("timeout", timeout.into(), vm)?;
        }
        Request::new(method, url, headers, body, extensions, vm)
    }
}

/// The timeouts of a request: its own, or the client's.
fn timeouts(
    defaults: &Defaults,
    timeout: OptionalArg<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<Timeouts> {
    match timeout.into_option() {
        Some(it) if !UseClientDefault::is_meant_by(&it) => {
            parse_timeout(&it, Timeouts::default(), vm)
        }
        _ => Ok(defaults.timeouts),
    }
}

fn copy_dict(value: &PyObject, vm: &VirtualMachine) -> PyResult<PyDictRef> {
    if let Some(dict) = value.downcast_ref::<PyDict>() {
        return Ok(dict.copy().into_ref(&vm.ctx));
    }
    let dict = vm.ctx.new_dict();
    vm.call_method(dict.as_object(), "update", (value.to_owned(),))?;
    Ok(dict)
}

/// The cookies of an argument, as an object.
pub(super) fn parse_cookies(
    value: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<PyRef<cookies::Cookies>> {
    use rustpython_vm::PyPayload as _;
    Ok(cookies::parse(value, vm)?.into_ref(&vm.ctx))
}
