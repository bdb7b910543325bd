//! The state of one client: its defaults and its transports.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use rustpython_vm::{
    PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, builtins::PyDictRef,
    common::lock::PyRwLock, function::OptionalArg,
};

use rustpython_vm::object::{Traverse, TraverseFn};

use super::config::Timeout;
use super::cookies::Cookies;
use super::headers::{self, Headers};
use super::mode::Mode;
use super::options::ClientOptions;
use super::response::Reception;
use super::transports::Transports;
use super::{ACCEPT_ENCODING, USER_AGENT, auth, hooks, query, transport_options, url};
use crate::engine::http::headers::HeaderList;
use crate::engine::http::params::Params;
use crate::engine::http::{Timeouts, Url};
use crate::modules::convert::given;

/// What a client is made of.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) mode: Mode,
    headers: PyRwLock<PyRef<Headers>>,
    cookies: PyRwLock<PyRef<Cookies>>,
    defaults: PyRwLock<Arc<Defaults>>,
    transports: PyRwLock<Arc<Transports>>,
    pub(super) trust_env: bool,
    state: AtomicU8,
}

/// What a request gets that does not say otherwise.
#[derive(Clone, Debug)]
pub(super) struct Defaults {
    /// An `httpx.Auth`.
    pub(super) auth: Option<PyObjectRef>,
    pub(super) timeout: PyRef<Timeout>,
    pub(super) base_url: Url,
    pub(super) params: Params,
    /// A str, or a function of the content; `None` is "utf-8".
    pub(super) encoding: Option<PyObjectRef>,
    pub(super) follow_redirects: bool,
    pub(super) max_redirects: usize,
    /// `None` until a script gives or asks for them.
    pub(super) event_hooks: Option<PyDictRef>,
}

// SAFETY: each object is visited once; what a request shares meanwhile is passed over.
unsafe impl Traverse for Session {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        if let Some(headers) = self.headers.try_read() {
            headers.traverse(visit);
        }
        if let Some(cookies) = self.cookies.try_read() {
            cookies.traverse(visit);
        }
        if let Some(defaults) = self.defaults.try_read()
            && Arc::strong_count(&defaults) == 1
        {
            defaults.auth.traverse(visit);
            defaults.encoding.traverse(visit);
            defaults.timeout.traverse(visit);
            defaults.event_hooks.traverse(visit);
        }
        if let Some(transports) = self.transports.try_read()
            && Arc::strong_count(&transports) == 1
        {
            transports.all().for_each(|it| it.visit(visit));
        }
    }
}

const UNOPENED: u8 = 0;
const OPENED: u8 = 1;
const CLOSED: u8 = 2;

impl Session {
    pub(super) fn new(options: ClientOptions, mode: Mode, vm: &VirtualMachine) -> PyResult<Self> {
        let ClientOptions {
            defaults,
            transport,
            trust_env,
        } = options;
        let trust_env = trust_env.into_bool();
        let mut fields = default_headers();
        if let Some(extra) = given(defaults.headers, vm) {
            fields.update(&headers::parse(&extra, vm)?);
        }
        let cookies = match given(defaults.cookies, vm) {
            Some(given) => Cookies::parse(&given, vm)?,
            None => Cookies::default(),
        };
        let auth = given(defaults.auth, vm).map(|auth| auth::build(&auth, vm));
        let params = given(defaults.params, vm).map(|params| query::parse_params(&params, vm));
        let hooks = given(defaults.event_hooks, vm).map(|it| hooks::parse(&it, vm));
        let defaults = Defaults {
            auth: auth.transpose()?.flatten(),
            timeout: match defaults.timeout {
                OptionalArg::Present(it) => Timeout::of(&it, vm)?,
                OptionalArg::Missing => Timeout::from(Timeouts::default()),
            }
            .into_ref(&vm.ctx),
            base_url: match defaults.base_url {
                OptionalArg::Present(base_url) => url::parse_base(&base_url, vm)?,
                OptionalArg::Missing => url::parse_str("", vm)?,
            },
            params: params.transpose()?.unwrap_or_default(),
            encoding: defaults.default_encoding.into_option(),
            follow_redirects: defaults.follow_redirects.into_bool(),
            max_redirects: defaults.max_redirects,
            event_hooks: hooks.transpose()?,
        };
        let transports = transport_options::transports(transport, trust_env, mode, vm)?;
        Ok(Self {
            mode,
            headers: PyRwLock::new(Headers::from(fields).into_ref(&vm.ctx)),
            cookies: PyRwLock::new(cookies.into_ref(&vm.ctx)),
            defaults: PyRwLock::new(Arc::new(defaults)),
            transports: PyRwLock::new(Arc::new(transports)),
            trust_env,
            state: AtomicU8::new(UNOPENED),
        })
    }

    /// Notes that a request is sent.
    ///
    /// # Errors
    /// RuntimeError when the client was closed.
    pub(super) fn engage(&self, vm: &VirtualMachine) -> PyResult<()> {
        if self.is_closed() {
            let message = "Cannot send a request, as the client has been closed.";
            return Err(vm.new_runtime_error(message));
        }
        self.state.fetch_max(OPENED, Ordering::Relaxed);
        Ok(())
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

    /// Closes the transports, the first time.
    pub(super) async fn close(&self) -> PyResult<()> {
        if self.state.swap(CLOSED, Ordering::Relaxed) == CLOSED {
            return Ok(());
        }
        for carrier in self.transports().all() {
            carrier.close(self.mode).await?;
        }
        Ok(())
    }

    /// Enters the transports' contexts.
    pub(super) async fn enter_transports(&self) -> PyResult<()> {
        for carrier in self.transports().all() {
            carrier.enter(self.mode).await?;
        }
        Ok(())
    }

    /// Leaves the transports' contexts with the arguments of `__exit__`, which closes them.
    pub(super) async fn exit_transports(&self, args: Vec<PyObjectRef>) -> PyResult<()> {
        self.state.store(CLOSED, Ordering::Relaxed);
        for carrier in self.transports().all() {
            carrier.exit(self.mode, args.clone()).await?;
        }
        Ok(())
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.load(Ordering::Relaxed) == CLOSED
    }

    /// What requests get now. A copy, as scripts' code must not run under the lock.
    pub(super) fn defaults(&self) -> Arc<Defaults> {
        self.defaults.read().clone()
    }

    pub(super) fn change_defaults(&self, change: impl FnOnce(&mut Defaults)) {
        // What was there before is dropped after the lock is gone: it may be a script's object.
        let before = {
            let mut current = self.defaults.write();
            let mut defaults = current.clone();
            change(Arc::make_mut(&mut defaults));
            std::mem::replace(&mut *current, defaults)
        };
        drop(before);
    }

    /// How responses are handed out.
    pub(super) fn reception(&self, defaults: &Defaults) -> Reception {
        Reception {
            default_encoding: defaults.encoding.clone(),
            ..Reception::of(self.mode)
        }
    }

    pub(super) fn headers(&self) -> PyRef<Headers> {
        self.headers.read().clone()
    }

    pub(super) fn set_headers(&self, headers: PyRef<Headers>) {
        let before = std::mem::replace(&mut *self.headers.write(), headers);
        drop(before);
    }

    pub(super) fn cookies(&self) -> PyRef<Cookies> {
        self.cookies.read().clone()
    }

    pub(super) fn set_cookies(&self, cookies: PyRef<Cookies>) {
        let before = std::mem::replace(&mut *self.cookies.write(), cookies);
        drop(before);
    }

    pub(super) fn transports(&self) -> Arc<Transports> {
        self.transports.read().clone()
    }

    pub(super) fn set_transports(&self, transports: Transports) {
        let before = std::mem::replace(&mut *self.transports.write(), Arc::new(transports));
        drop(before);
    }

    /// The dict of hooks, made when it is asked for.
    pub(super) fn event_hooks(&self, vm: &VirtualMachine) -> PyResult<PyDictRef> {
        if let Some(hooks) = &self.defaults().event_hooks {
            return Ok(hooks.clone());
        }
        let mut hooks = hooks::empty(vm)?;
        self.change_defaults(|defaults| {
            hooks = defaults
                .event_hooks
                .get_or_insert_with(|| hooks.clone())
                .clone();
        });
        Ok(hooks)
    }
}

/// What every client sends unless told otherwise.
pub(super) fn default_headers() -> HeaderList {
    let mut fields = HeaderList::default();
    fields.append(b"Accept", b"*/*");
    fields.append(b"Accept-Encoding", ACCEPT_ENCODING.as_bytes());
    fields.append(b"Connection", b"keep-alive");
    fields.append(b"User-Agent", USER_AGENT.as_bytes());
    fields
}
