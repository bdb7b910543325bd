//! What a request is made of once the client's defaults are in it, before it is one.

use http::Method;
use rustpython_vm::{
    PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine, builtins::PyDictRef,
    function::OptionalArg,
};

use super::config::parse_timeout;
use super::encode::{Payload, RequestBody};
use super::exceptions::to_exception;
use super::mode::Mode;
use super::multipart::memory::share;
use super::options::RequestOptions;
use super::request::{Request, copied, timeout_dict};
use super::sending::check_mode;
use super::session::{Defaults, Session};
use super::use_client_default::UseClientDefault;
use super::{headers, query, url};
use crate::engine::http::headers::HeaderList;
use crate::engine::http::request::add_automatic_fields;
use crate::engine::http::{Body, Head, Request as EngineRequest, Timeouts, Url};
use crate::modules::convert::given;

/// A request's parts, merged with what its client has.
pub(super) struct Draft {
    head: Head,
    body: RequestBody,
    timeouts: Timeouts,
    extensions: Option<PyDictRef>,
}

impl Session {
    /// Merges what a request says with what the client has.
    pub(super) fn draft(
        &self,
        method: Method,
        url: &PyObject,
        body: RequestBody,
        options: RequestOptions,
        vm: &VirtualMachine,
    ) -> PyResult<Draft> {
        let defaults = self.defaults();
        let url = self.target(&defaults, url, given(options.params, vm), vm)?;
        let mut headers = self.headers().to_request();
        if let Some(extra) = given(options.headers, vm) {
            headers.update(&headers::parse(&extra, vm)?);
        }
        self.add_cookies(&mut headers, &url, given(options.cookies, vm), vm)?;
        let extensions = given(options.extensions, vm).map(|given| copied(Some(given), vm));
        Ok(Draft {
            head: Head {
                method,
                url,
                headers,
            },
            body,
            timeouts: timeouts(&defaults, options.timeout, vm)?,
            extensions: extensions.transpose()?,
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
    /// a script's stream, and extensions.
    ///
    /// # Errors
    /// Those of the body's arguments; RuntimeError for a body that a client of that mode cannot
    /// send.
    pub(super) fn into_request(
        mut self,
        mode: Mode,
        vm: &VirtualMachine,
    ) -> PyResult<EngineRequest> {
        let payload = self.encode(vm)?;
        let timeouts = self.timeouts;
        let content = match payload {
            Payload::Held(content) if self.extensions.is_none() => content,
            payload => {
                let object = self.assemble(payload, vm)?;
                check_mode(&object, mode, vm)?;
                return Request::to_engine(&object, timeouts, vm);
            }
        };
        let mut request = EngineRequest::of(self.head);
        request.timeouts = timeouts;
        if !content.as_bytes().is_empty() {
            request.body = Body::Bytes(share(&content));
        }
        Ok(request)
    }

    /// The request as an object.
    pub(super) fn into_object(mut self, vm: &VirtualMachine) -> PyResult<PyRef<Request>> {
        let payload = self.encode(vm)?;
        self.assemble(payload, vm)
    }

    /// The body, and in the header fields what describes it.
    fn encode(&mut self, vm: &VirtualMachine) -> PyResult<Payload> {
        let Head {
            method,
            url,
            headers,
        } = &mut self.head;
        let body = std::mem::take(&mut self.body);
        let encoded = body.encode(headers.get(b"content-type").as_deref(), vm)?;
        encoded.describe(headers);
        add_automatic_fields(headers, method.as_str(), url);
        Ok(encoded.payload)
    }

    fn assemble(self, payload: Payload, vm: &VirtualMachine) -> PyResult<PyRef<Request>> {
        let extensions = self.extensions.unwrap_or_else(|| vm.ctx.new_dict());
        if extensions.get_item_opt("timeout", vm)?.is_none() {
            let timeout = timeout_dict(self.timeouts, vm)?;
            extensions.set_item("timeout", timeout.into(), vm)?;
        }
        Ok(Request::of_parts(self.head, payload, extensions.into(), vm))
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
        _ => Ok(defaults.timeout.timeouts()),
    }
}
