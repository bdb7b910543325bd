//! Sending a request: the engine's flow with the client's policy, for sync and async alike.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use rustpython_vm::{Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine};

use super::auth::{self, AuthFlow};
use super::cookies::Cookies;
use super::exceptions::to_exception;
use super::hooks::Hooks;
use super::log::Log;
use super::mode::Mode;
use super::options::SendOptions;
use super::request::{self, Request};
use super::response::{Reception, Response};
use super::script_auth::ScriptAuth;
use super::session::{Defaults, Session};
use super::transports::Transports;
use super::use_client_default::UseClientDefault;
use super::with_vm;
use crate::engine::Error;
use crate::engine::http::auth::BasicAuth;
use crate::engine::http::flow::{self, Auth, Failed, Flow, Policy, Route};
use crate::engine::http::{Request as EngineRequest, Timeouts, Url};
use crate::modules::raised::Raised;

/// A request on its way: what the engine needs to answer it.
pub(super) struct Sending {
    flow: Flow<Handling>,
    request: EngineRequest,
    reception: Reception,
}

impl Session {
    /// Makes `request` ready to be sent.
    ///
    /// # Errors
    /// RuntimeError when the client was closed, TypeError for arguments.
    pub(super) fn sending(
        &self,
        request: EngineRequest,
        options: SendOptions,
        vm: &VirtualMachine,
    ) -> PyResult<Sending> {
        self.engage(vm)?;
        let defaults = self.defaults();
        let reception = self.reception(&defaults);
        let auth = auth_of(
            &request,
            &defaults,
            options.auth.into_option(),
            &reception,
            vm,
        )?;
        let follow_redirects = match options.follow_redirects.into_option() {
            Some(it) if !UseClientDefault::is_meant_by(&it) => it.try_to_bool(vm)?,
            _ => defaults.follow_redirects,
        };
        let hooks = defaults.event_hooks.as_ref();
        let hooks = hooks.map(|hooks| Hooks::of(hooks, &reception, vm));
        let handling = Handling {
            reception: reception.clone(),
            transports: self.transports(),
            cookies: Jar(self.cookies()),
            hooks: hooks.transpose()?.flatten(),
            log: Log::if_on(vm)?,
        };
        Ok(Sending {
            flow: Flow {
                policy: handling,
                auth,
                follow_redirects,
                max_redirects: defaults.max_redirects,
                is_streamed: false,
            },
            request,
            reception,
        })
    }
}

/// Who authenticates: the request's own `auth=`, else the client's, else the URL's credentials.
fn auth_of(
    request: &EngineRequest,
    defaults: &Defaults,
    own: Option<PyObjectRef>,
    reception: &Reception,
    vm: &VirtualMachine,
) -> PyResult<Auth> {
    let chosen = match own {
        Some(own) if !UseClientDefault::is_meant_by(&own) => auth::parse(&own, vm)?,
        _ => match &defaults.auth {
            Some(auth) => auth::flow_of(auth, vm)?,
            None => AuthFlow::None,
        },
    };
    Ok(match chosen {
        AuthFlow::None => BasicAuth::of(&request.head.url).map_or(Auth::None, Auth::Basic),
        AuthFlow::Basic(auth) => Auth::Basic(auth),
        AuthFlow::Digest(auth) => Auth::Digest(auth),
        AuthFlow::User(auth) => Auth::Flow(Box::new(ScriptAuth::new(auth, reception))),
    })
}

impl Sending {
    /// Waits for the head of the final response: its content is still to be read.
    pub(super) async fn open(mut self) -> PyResult<PyRef<Response>> {
        self.flow.is_streamed = true;
        self.receive().await
    }

    async fn receive(self) -> PyResult<PyRef<Response>> {
        match self.flow.run(self.request).await {
            Ok(answer) => with_vm(|vm| Ok(Response::from_last(&answer, &self.reception, vm))),
            Err(Failed { error, request }) => Err(with_vm(|vm| {
                let request = request.map(|sent| Request::from_sent(&sent, vm));
                to_exception(error, request, vm)
            })),
        }
    }

    /// Waits for the whole response.
    pub(super) async fn fetch(self) -> PyResult<PyRef<Response>> {
        let response = self.receive().await?;
        match Response::read_all(&response).await {
            Ok(_) => Ok(response),
            Err(raised) => {
                // What closing raises besides matters less.
                let _ = response.give_up().await;
                Err(raised)
            }
        }
    }
}

/// How a client treats the hops of one request.
struct Handling {
    reception: Reception,
    transports: Arc<Transports>,
    cookies: Jar,
    hooks: Option<Hooks>,
    log: Option<Log>,
}

impl Policy for Handling {
    fn route(&self, url: &Url) -> Result<Route, Error> {
        Ok(with_vm(|vm| {
            self.transports.route(url, &self.reception, vm)
        }))
    }

    fn cookies(&self) -> Option<&dyn flow::Cookies> {
        Some(&self.cookies)
    }

    fn hooks(&self) -> Option<&dyn flow::Hooks> {
        self.hooks.as_ref().map(|hooks| hooks as _)
    }

    fn log(&self) -> Option<&dyn flow::Log> {
        self.log.as_ref().map(|log| log as _)
    }
}

/// The client's cookies.
struct Jar(PyRef<Cookies>);

impl flow::Cookies for Jar {
    fn header(&self, url: &Url) -> Result<Option<HeaderValue>, Error> {
        with_vm(|vm| self.0.header_for(url, vm)).map_err(Raised::error)
    }

    fn extract(&self, url: &Url, headers: &HeaderMap) -> Result<(), Error> {
        if !headers.contains_key(header::SET_COOKIE) {
            return Ok(());
        }
        with_vm(|vm| self.0.extract(url, headers, vm)).map_err(Raised::error)
    }
}

/// Checks that a request's body can be sent by a client of that mode.
///
/// # Errors
/// RuntimeError when it can only be sent by the other kind of client.
pub(super) fn check_mode(request: &Py<Request>, mode: Mode, vm: &VirtualMachine) -> PyResult<()> {
    let kind = request.stream_kind(vm)?;
    match mode {
        Mode::Blocking if !kind.sync => Err(
            vm.new_runtime_error("Attempted to send an async request with a sync Client instance.")
        ),
        Mode::Awaited if !kind.asynchronous => Err(
            vm.new_runtime_error("Attempted to send an sync request with an AsyncClient instance.")
        ),
        _ => Ok(()),
    }
}

/// The request object of a script, to be sent by a client, whose timeouts it gets if it names none.
///
/// # Errors
/// TypeError when it is none, and those of [`check_mode`].
pub(super) fn request_of(
    request: &PyObject,
    session: &Session,
    vm: &VirtualMachine,
) -> PyResult<EngineRequest> {
    if let Some(request) = request.downcast_ref::<Request>() {
        check_mode(request, session.mode, vm)?;
        request::complete(request, session.defaults().timeout.timeouts(), vm)?;
    }
    request::to_engine(request, Timeouts::all(None), vm)
}
