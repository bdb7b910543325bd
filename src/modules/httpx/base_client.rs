//! What `httpx.Client` and `httpx.AsyncClient` have in common.

use std::fmt;
use std::sync::Arc;

use http::Method;
use rustpython_vm::{
    FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyDictRef, PyType},
    common::lock::PyRwLock,
    function::PySetterValue,
    pyclass,
};

use rustpython_vm::object::{Traverse, TraverseFn};

use super::config::Timeout;
use super::cookies::Cookies;
use super::headers::{self, Headers};
use super::options::{BuildArgs, MethodArgs};
use super::query_params::QueryParams;
use super::request::{Request, parse_method};
use super::session::{Session, default_headers};
use super::transports::{Carrier, Transports};
use super::url::{self, Url};
use super::{auth, hooks, query};
use crate::engine::http::Request as EngineRequest;
use crate::engine::http::params::Params;

/// Base class of Client and AsyncClient.
#[pyclass(module = "httpx._client", name = "BaseClient", traverse = "manual")]
#[derive(PyPayload, Default)]
pub(super) struct BaseClient {
    /// Made by `__init__`: a subclass's constructor may take other arguments.
    session: PyRwLock<Option<Arc<Session>>>,
}

// SAFETY: each object is visited once, and only while nothing but the client holds the session: a
// request on its way shares it.
unsafe impl Traverse for BaseClient {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        if let Some(session) = self.session.try_read()
            && let Some(session) = session.as_ref().filter(|it| Arc::strong_count(it) == 1)
        {
            session.traverse(visit);
        }
    }
}

impl fmt::Debug for BaseClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BaseClient")
    }
}

impl BaseClient {
    pub(super) fn set_session(&self, session: Session) {
        // The old one is dropped after the lock is gone: its objects may be a script's.
        let before = self.session.write().replace(Arc::new(session));
        drop(before);
    }

    pub(super) fn session(&self, vm: &VirtualMachine) -> PyResult<Arc<Session>> {
        let missing = || vm.new_runtime_error("the client's __init__() was not called");
        self.session.read().clone().ok_or_else(missing)
    }

    /// The request that the arguments of request() or stream() ask for.
    pub(super) fn request_of(
        session: &Session,
        method: Method,
        args: MethodArgs,
        vm: &VirtualMachine,
    ) -> PyResult<EngineRequest> {
        session
            .draft(method, &args.url, args.body, args.options, vm)?
            .into_request(session.mode, vm)
    }
}

fn assigned(value: PySetterValue, vm: &VirtualMachine) -> PyResult {
    match value {
        PySetterValue::Assign(value) => Ok(value),
        PySetterValue::Delete => Err(vm.new_attribute_error("cannot delete attribute")),
    }
}

#[derive(FromArgs)]
struct MergeUrlArgs {
    #[pyarg(any)]
    url: PyObjectRef,
}

#[pyclass(flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl BaseClient {
    /// Builds the request that request() would send: the arguments merged with what the client
    /// has.
    #[pymethod]
    fn build_request(
        zelf: &Py<Self>,
        args: BuildArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Request>> {
        let method = parse_method(&args.method, vm)?;
        zelf.session(vm)?
            .draft(method, &args.url, args.body, args.options, vm)?
            .into_object(vm)
    }

    /// The URL merged with the base URL.
    #[pymethod]
    fn _merge_url(
        zelf: &Py<Self>,
        args: MergeUrlArgs,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Url>> {
        let session = zelf.session(vm)?;
        let url = session.merge_url(&session.defaults(), &args.url, vm)?;
        Ok(Url::from(url).into_ref(&vm.ctx))
    }

    /// Whether the client was closed.
    #[pygetset]
    fn is_closed(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
        Ok(zelf.session(vm)?.is_closed())
    }

    /// Whether the environment is heeded.
    #[pygetset]
    fn trust_env(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
        Ok(zelf.session(vm)?.trust_env)
    }

    /// The authentication that every request gets.
    #[pygetset]
    fn auth(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
        Ok(zelf.session(vm)?.defaults().auth.clone())
    }

    #[pygetset(setter)]
    fn set_auth(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let auth = auth::build(&*assigned(value, vm)?, vm)?;
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.auth = auth);
        Ok(())
    }

    /// The query parameters that every request gets.
    #[pygetset]
    fn params(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<QueryParams>> {
        let params = zelf.session(vm)?.defaults().params.clone();
        Ok(QueryParams::from(params).into_ref(&vm.ctx))
    }

    #[pygetset(setter)]
    fn set_params(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let params = match assigned(value, vm)? {
            none if vm.is_none(&none) => Params::default(),
            value => query::parse_params(&value, vm)?,
        };
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.params = params);
        Ok(())
    }

    /// The header fields that every request gets.
    #[pygetset]
    fn headers(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Headers>> {
        Ok(zelf.session(vm)?.headers())
    }

    #[pygetset(setter)]
    fn set_headers(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let mut fields = default_headers();
        let value = assigned(value, vm)?;
        if !vm.is_none(&value) {
            fields.update(&headers::parse(&value, vm)?);
        }
        let headers = Headers::from(fields).into_ref(&vm.ctx);
        zelf.session(vm)?.set_headers(headers);
        Ok(())
    }

    /// The cookies that are sent, and those that responses have set.
    #[pygetset]
    fn cookies(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Cookies>> {
        Ok(zelf.session(vm)?.cookies())
    }

    #[pygetset(setter)]
    fn set_cookies(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let cookies = Cookies::parse(&*assigned(value, vm)?, vm)?;
        zelf.session(vm)?.set_cookies(cookies.into_ref(&vm.ctx));
        Ok(())
    }

    /// The timeouts that every request gets.
    #[pygetset]
    fn timeout(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Timeout>> {
        Ok(zelf.session(vm)?.defaults().timeout.clone())
    }

    #[pygetset(setter)]
    fn set_timeout(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let value = assigned(value, vm)?;
        let timeout = Timeout::of(&value, vm)?.into_ref(&vm.ctx);
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.timeout = timeout);
        Ok(())
    }

    /// The URL against which relative ones are taken.
    #[pygetset]
    fn base_url(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Url>> {
        let base_url = zelf.session(vm)?.defaults().base_url.clone();
        Ok(Url::from(base_url).into_ref(&vm.ctx))
    }

    #[pygetset(setter)]
    fn set_base_url(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let value = assigned(value, vm)?;
        let base_url = url::parse_base(&value, vm)?;
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.base_url = base_url);
        Ok(())
    }

    /// The functions that are called with each request and each response.
    #[pygetset]
    fn event_hooks(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyDictRef> {
        zelf.session(vm)?.event_hooks(vm)
    }

    #[pygetset(setter)]
    fn set_event_hooks(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let hooks = hooks::parse(&*assigned(value, vm)?, vm)?;
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.event_hooks = Some(hooks));
        Ok(())
    }

    /// Whether requests follow redirects.
    #[pygetset]
    fn follow_redirects(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
        Ok(zelf.session(vm)?.defaults().follow_redirects)
    }

    #[pygetset(setter)]
    fn set_follow_redirects(
        zelf: &Py<Self>,
        value: PySetterValue,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let follow = assigned(value, vm)?.try_to_bool(vm)?;
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.follow_redirects = follow);
        Ok(())
    }

    /// How many redirects are followed.
    #[pygetset]
    fn max_redirects(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<usize> {
        Ok(zelf.session(vm)?.defaults().max_redirects)
    }

    #[pygetset(setter)]
    fn set_max_redirects(
        zelf: &Py<Self>,
        value: PySetterValue,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let max = assigned(value, vm)?.try_into_value(vm)?;
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.max_redirects = max);
        Ok(())
    }

    #[pygetset]
    fn _default_encoding(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let encoding = zelf.session(vm)?.defaults().encoding.clone();
        Ok(encoding.unwrap_or_else(|| vm.ctx.new_str("utf-8").into()))
    }

    #[pygetset(setter)]
    fn set__default_encoding(
        zelf: &Py<Self>,
        value: PySetterValue,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let encoding = Some(assigned(value, vm)?);
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.encoding = encoding);
        Ok(())
    }

    /// The transport of requests that no mount takes.
    #[pygetset]
    fn _transport(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        Ok(zelf.session(vm)?.transports().default.object().to_owned())
    }

    #[pygetset(setter)]
    fn set__transport(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let session = zelf.session(vm)?;
        session.set_transports(Transports {
            default: Carrier::of(assigned(value, vm)?, session.mode),
            mounts: session.transports().mounts.clone(),
        });
        Ok(())
    }

    /// The mounted transports by their patterns, the most specific first.
    #[pygetset]
    fn _mounts(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyDictRef> {
        let mounts = vm.ctx.new_dict();
        for (pattern, carrier) in zelf.session(vm)?.transports().mounts.iter() {
            let transport = match carrier {
                Some(carrier) => carrier.object().to_owned(),
                None => vm.ctx.none(),
            };
            mounts.set_item(pattern.as_str(), transport, vm)?;
        }
        Ok(mounts)
    }

    /// The transport that a request to that URL takes.
    #[pymethod]
    fn _transport_for_url(zelf: &Py<Self>, args: MergeUrlArgs, vm: &VirtualMachine) -> PyResult {
        let url = url::parse(&args.url, vm)?;
        Ok(zelf
            .session(vm)?
            .transports()
            .find(&url)
            .object()
            .to_owned())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
