//! Whether a flow is still the one that came with its class.

use std::sync::OnceLock;

use rustpython_vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyPayload, VirtualMachine,
    builtins::{PyStrInterned, PyType},
};

use super::{Auth, BasicAuth, DigestAuth};

/// What makes up a flow. The last is a step of DigestAuth's.
const FLOW: [&str; 6] = [
    "auth_flow",
    "sync_auth_flow",
    "async_auth_flow",
    "requires_request_body",
    "requires_response_body",
    "_get_client_nonce",
];

/// A class as it was when the module was imported.
struct Original {
    class: &'static Py<PyType>,
    attributes: Vec<(&'static PyStrInterned, Option<PyObjectRef>)>,
}

static ORIGINALS: OnceLock<[Original; 3]> = OnceLock::new();

/// Notes what the classes are like, before a script can change them.
pub(in crate::modules::httpx) fn remember(ctx: &Context) {
    let original = |class: &'static Py<PyType>| Original {
        class,
        attributes: FLOW
            .map(|name| ctx.intern_str(name))
            .map(|name| (name, class.get_attr(name)))
            .into(),
    };
    ORIGINALS.get_or_init(|| {
        [
            original(Auth::class(ctx)),
            original(BasicAuth::class(ctx)),
            original(DigestAuth::class(ctx)),
        ]
    });
}

/// Whether an object of `class`, or of a subclass, has another flow than `class` came with.
pub(super) fn has_own_flow(
    auth: &PyObject,
    class: &'static Py<PyType>,
    vm: &VirtualMachine,
) -> bool {
    let originals = ORIGINALS.get().into_iter().flatten();
    let Some(original) = originals.into_iter().find(|it| it.class.is(class)) else {
        return true;
    };
    let own = auth.dict();
    original.attributes.iter().any(|(name, value)| {
        let is_same = match (auth.class().get_attr(name), value) {
            (Some(now), Some(before)) => now.is(before),
            (now, before) => now.is_none() && before.is_none(),
        };
        let is_shadowed = || own.as_ref().is_some_and(|own| own.contains_key(*name, vm));
        !is_same || is_shadowed()
    })
}
