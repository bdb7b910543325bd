//! What Client and AsyncClient share: defaults, preparing a request, and the engine future.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use http::{Method, header};
use rustpython_vm::{
    PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, common::lock::PyRwLock,
    function::OptionalArg,
};

use super::args::{
    BodyOptions, ClientOptions, RequestOptions, check_headers, default_content_type, parse_auth,
};
use super::config::parse_timeout;
use super::exceptions::to_exception;
use super::headers::{self, Headers};
use super::request::Request;
use super::response::{Reception, Response};
use super::streams::StreamKind;
use super::use_client_default::UseClientDefault;
use super::{USER_AGENT, query, url, with_vm};
use crate::engine::http::auth::{self, BasicAuth, Choice};
use crate::engine::http::flow::Failed;
use crate::engine::http::headers::HeaderList;
use crate::engine::http::params::Params;
use crate::engine::http::{self as engine_http, Answer, HttpTransport, Timeouts, Url};
use crate::modules::convert::given;

/// The state of one client.
#[derive(Debug)]
pub(super) struct Session {
    transport: HttpTransport,
    pub(super) headers: PyRef<Headers>,
    defaults: PyRwLock<Arc<Defaults>>,
    state: AtomicU8,
}

/// What a request gets that does not say otherwise.
#[derive(Clone, Debug)]
pub(super) struct Defaults {
    pub(super) auth: Option<BasicAuth>,
    pub(super) timeouts: Timeouts,
    pub(super) base_url: Url,
    params: Option<Params>,
    encoding: Option<Arc<str>>,
}

const UNOPENED: u8 = 0;
const OPENED: u8 = 1;
const CLOSED: u8 = 2;

impl Session {
    pub(super) fn new(options: ClientOptions, vm: &VirtualMachine) -> PyResult<Self> {
        let ClientOptions {
            defaults,
            transport,
            limits,
            base_url,
            default_encoding,
        } = options;
        let config = transport.config(limits.into_option(), vm)?;
        let mut fields = default_headers();
        if let Some(extra) = given(defaults.headers, vm) {
            fields.update(&headers::parse(&extra, vm)?);
        }
        let auth = given(defaults.auth, vm);
        let params = given(defaults.params, vm);
        let encoding = default_encoding.into_option();
        let defaults = Defaults {
            auth: auth.map(|auth| parse_auth(&auth, vm)).transpose()?,
            timeouts: match defaults.timeout {
                OptionalArg::Present(it) => parse_timeout(&it, Timeouts::default(), vm)?,
                OptionalArg::Missing => Timeouts::default(),
            },
            base_url: match base_url {
                OptionalArg::Present(base_url) => url::parse_base(&base_url, vm)?,
                OptionalArg::Missing => url::parse_str("", vm)?,
            },
            params: params
                .map(|params| query::parse_params(&params, vm))
                .transpose()?,
            encoding: encoding.map(|it| it.to_string_lossy().as_ref().into()),
        };
        Ok(Self {
            transport: HttpTransport::new(config),
            headers: Headers::from(fields).into_ref(&vm.ctx),
            defaults: PyRwLock::new(Arc::new(defaults)),
            state: AtomicU8::new(UNOPENED),
        })
    }

    /// Enters the client's context, once.
    pub(super) fn open(&self, vm: &VirtualMachine) -> PyResult<()> {
        let opened =
            self.state
                .compare_exchange(UNOPENED, OPENED, Ordering::Relaxed, Ordering::Relaxed);
        opened.map(drop).map_err(|state| {
            vm.new_runtime_error(if state == CLOSED {
                "Cannot reopen a client instance, once it has been closed."
            } else {
                "Cannot open a client instance more than once."
            })
        })
    }

    /// What requests get now. A copy, as scripts' code must not run under the lock.
    pub(super) fn defaults(&self) -> Arc<Defaults> {
        self.defaults.read().clone()
    }

    pub(super) fn change_defaults(&self, change: impl FnOnce(&mut Defaults)) {
        change(Arc::make_mut(&mut self.defaults.write()));
    }

    pub(super) fn close(&self) {
        self.state.store(CLOSED, Ordering::Relaxed);
        self.transport.close();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.load(Ordering::Relaxed) == CLOSED
    }

    /// A request with everything that the client adds to it, ready to be sent.
    pub(super) fn prepare(
        &self,
        method: Method,
        url: &PyObject,
        body: BodyOptions,
        options: RequestOptions,
        vm: &VirtualMachine,
    ) -> PyResult<Exchange> {
        if self.is_closed() {
            let message = "Cannot send a request, as the client has been closed.";
            return Err(vm.new_runtime_error(message));
        }
        self.state.fetch_max(OPENED, Ordering::Relaxed);
        let defaults = self.defaults();
        let url = self.target(&defaults, url, given(options.params, vm), vm)?;
        let mut fields = self.headers.to_list();
        if let Some(extra) = given(options.headers, vm) {
            fields.update(&headers::parse(&extra, vm)?);
        }
        let mut headers = check_headers(&fields, vm)?;
        let (body, content_type) = body.encode(headers.get(header::CONTENT_TYPE), vm)?;
        default_content_type(&mut headers, content_type);
        let choice = parse_choice(options.auth, vm)?;
        if let Some(auth) = auth::choose(choice, defaults.auth.as_ref(), &url) {
            headers.insert(header::AUTHORIZATION, auth.header());
        }
        let timeouts = match options.timeout {
            OptionalArg::Present(it) if UseClientDefault::is_meant_by(&it) => defaults.timeouts,
            OptionalArg::Present(it) => parse_timeout(&it, Timeouts::default(), vm)?,
            OptionalArg::Missing => defaults.timeouts,
        };
        let mut request = engine_http::Request::of(engine_http::Head {
            method,
            url,
            headers: HeaderList::from(&headers),
        });
        request.body = body;
        request.timeouts = timeouts;
        let encoding = defaults.encoding.as_deref();
        Ok(Exchange {
            transport: self.transport.clone(),
            request,
            reception: Reception {
                kind: StreamKind::BOTH,
                default_encoding: encoding.map(|it| vm.ctx.new_str(it).into()),
            },
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
        let url = url::parse(url, vm)?;
        let url = defaults
            .base_url
            .merge(&url)
            .map_err(|error| to_exception(error, None, vm))?;
        let own = params
            .map(|params| query::parse_params(&params, vm))
            .transpose()?;
        let params = match (&defaults.params, own) {
            (None, None) => return Ok(url),
            (Some(default), Some(own)) => default.merge(&own),
            (Some(only), None) => only.clone(),
            (None, Some(only)) => only,
        };
        let query = Some(params.encode()).filter(|query| !query.is_empty());
        Ok(url.with_query(query.as_deref()))
    }
}

/// What every client sends unless told otherwise.
pub(super) fn default_headers() -> HeaderList {
    let mut fields = HeaderList::default();
    fields.append(b"Accept", b"*/*");
    fields.append(b"Connection", b"keep-alive");
    fields.append(b"User-Agent", USER_AGENT.as_bytes());
    fields
}

fn parse_choice(auth: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<Choice> {
    match auth {
        OptionalArg::Missing => Ok(Choice::Default),
        OptionalArg::Present(auth) if UseClientDefault::is_meant_by(&auth) => Ok(Choice::Default),
        OptionalArg::Present(auth) if vm.is_none(&auth) => Ok(Choice::Off),
        OptionalArg::Present(auth) => parse_auth(&auth, vm).map(Choice::Own),
    }
}

/// A prepared request and the client that is to send it.
pub(super) struct Exchange {
    transport: HttpTransport,
    request: engine_http::Request,
    reception: Reception,
}

impl Exchange {
    async fn run(&mut self) -> PyResult<Arc<Answer>> {
        let flow = engine_http::Flow {
            policy: self.transport.clone(),
            auth: engine_http::flow::Auth::None,
            follow_redirects: false,
            max_redirects: 20,
        };
        let nothing = engine_http::Request::new(Method::GET, self.request.head.url.clone());
        let request = std::mem::replace(&mut self.request, nothing);
        flow.run(request).await.map_err(raised)
    }

    /// Sends the request and waits for the head: the response is still to be read.
    pub(super) async fn open(mut self) -> PyResult<PyRef<Response>> {
        let answer = self.run().await?;
        Ok(with_vm(|vm| {
            Response::from_last(&answer, &self.reception, vm)
        }))
    }

    /// Sends the request and reads the whole response.
    pub(super) async fn fetch(mut self) -> PyResult<PyRef<Response>> {
        let answer = self.run().await?;
        answer.read().await.map_err(raised)?;
        Ok(with_vm(|vm| {
            Response::from_last(&answer, &self.reception, vm)
        }))
    }
}

fn raised(failed: Failed) -> rustpython_vm::builtins::PyBaseExceptionRef {
    with_vm(|vm| {
        let request = failed.request.map(|sent| Request::from_sent(&sent, vm));
        to_exception(failed.error, request, vm)
    })
}
