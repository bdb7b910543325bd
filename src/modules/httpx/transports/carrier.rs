//! The transports of a client, and the way that each hop takes.

use std::sync::OnceLock;

use rustpython_vm::{Context, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine};

use rustpython_vm::object::{Traverse, TraverseFn};

use super::http::{AsyncHttpTransport, HttpTransport};
use super::script::ScriptTransport;
use crate::engine::http::flow::Route;
use crate::engine::http::mounts::Mounts;
use crate::engine::http::{self as engine, Url};
use crate::modules::httpx::mode::Mode;
use crate::modules::httpx::response::Reception;
use crate::modules::overrides::Originals;

static BLOCKING: OnceLock<Originals> = OnceLock::new();
static AWAITED: OnceLock<Originals> = OnceLock::new();

/// Notes what our transports are like, before a script can change them.
pub(in crate::modules::httpx) fn remember(ctx: &Context) {
    let of = |class, name| Originals::of(class, &[name], ctx);
    BLOCKING.get_or_init(|| of(HttpTransport::class(ctx), "handle_request"));
    AWAITED.get_or_init(|| of(AsyncHttpTransport::class(ctx), "handle_async_request"));
}

/// A transport object, with the engine's transport inside it if it is one of ours.
#[derive(Clone, Debug)]
pub(in crate::modules::httpx) struct Carrier {
    object: PyObjectRef,
    native: Option<engine::HttpTransport>,
}

impl Carrier {
    pub(in crate::modules::httpx) fn of(object: PyObjectRef, mode: Mode) -> Self {
        let native = match mode {
            Mode::Blocking => object
                .downcast_ref::<HttpTransport>()
                .and_then(|transport| transport.engine()),
            Mode::Awaited => object
                .downcast_ref::<AsyncHttpTransport>()
                .and_then(|transport| transport.engine()),
        };
        Self { object, native }
    }

    pub(in crate::modules::httpx) fn object(&self) -> &PyObject {
        &self.object
    }

    /// Shows the collector the object.
    pub(in crate::modules::httpx) fn visit(&self, visit: &mut TraverseFn<'_>) {
        self.object.traverse(visit);
    }

    fn route(&self, reception: &Reception, vm: &VirtualMachine) -> Route {
        let originals = match reception.mode() {
            Mode::Blocking => &BLOCKING,
            Mode::Awaited => &AWAITED,
        };
        match (&self.native, originals.get()) {
            (Some(native), Some(originals)) if originals.are_those_of(&self.object, vm) => {
                Route::Direct(native.clone())
            }
            _ => Route::Other(Box::new(ScriptTransport::new(
                self.object.clone(),
                reception.clone(),
            ))),
        }
    }

    /// Closes it: close() or aclose().
    pub(in crate::modules::httpx) async fn close(&self, mode: Mode) -> PyResult<()> {
        let name = match mode {
            Mode::Blocking => "close",
            Mode::Awaited => "aclose",
        };
        mode.call_method(&self.object, name, ()).await.map(drop)
    }

    /// Enters its context.
    pub(in crate::modules::httpx) async fn enter(&self, mode: Mode) -> PyResult<()> {
        let name = match mode {
            Mode::Blocking => "__enter__",
            Mode::Awaited => "__aenter__",
        };
        mode.call_method(&self.object, name, ()).await.map(drop)
    }

    /// Leaves its context, with the arguments of `__exit__`.
    pub(in crate::modules::httpx) async fn exit(
        &self,
        mode: Mode,
        args: Vec<PyObjectRef>,
    ) -> PyResult<()> {
        let name = match mode {
            Mode::Blocking => "__exit__",
            Mode::Awaited => "__aexit__",
        };
        mode.call_method(&self.object, name, args).await.map(drop)
    }
}

/// What a client sends its requests through.
#[derive(Debug)]
pub(in crate::modules::httpx) struct Transports {
    pub(in crate::modules::httpx) default: Carrier,
    /// By pattern; `None` stands for the default one.
    pub(in crate::modules::httpx) mounts: Mounts<Option<Carrier>>,
}

impl Transports {
    /// The transport for `url`.
    pub(in crate::modules::httpx) fn find(&self, url: &Url) -> &Carrier {
        let mounted = self.mounts.find(url).and_then(Option::as_ref);
        mounted.unwrap_or(&self.default)
    }

    pub(in crate::modules::httpx) fn route(
        &self,
        url: &Url,
        reception: &Reception,
        vm: &VirtualMachine,
    ) -> Route {
        self.find(url).route(reception, vm)
    }

    /// The default transport, then the mounted ones.
    pub(in crate::modules::httpx) fn all(&self) -> impl Iterator<Item = &Carrier> {
        let mounted = self
            .mounts
            .iter()
            .filter_map(|(_, carrier)| carrier.as_ref());
        std::iter::once(&self.default).chain(mounted)
    }
}
