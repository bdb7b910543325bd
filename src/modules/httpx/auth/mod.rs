//! The authentication classes, and what `auth=` means to the engine.
//!
//! `auth=("user", "password")`, BasicAuth and DigestAuth as they come are carried out by the
//! engine. A subclass, a class or object on which a flow was replaced, a function, and NetRCAuth
//! have a flow in Python, which the client drives.

mod basic;
mod classes;
mod digest;
mod replaced;

pub(super) use basic::BasicAuth;
pub(super) use classes::{Auth, FunctionAuth, NetRcAuth};
pub(super) use digest::DigestAuth;
pub(super) use replaced::remember;

use rustpython_vm::{
    PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine, builtins::PyTuple,
};

use crate::engine::http::auth as engine;

/// How a request gets its credentials.
#[derive(Clone, Debug)]
pub(super) enum AuthFlow {
    /// Not at all.
    None,
    /// From the Basic scheme.
    Basic(engine::BasicAuth),
    /// From the Digest scheme; its state is shared with the Python object.
    Digest(engine::DigestAuth),
    /// From the `sync_auth_flow` or `async_auth_flow` of this object.
    User(PyObjectRef),
}

/// The authentication object that `auth=` gives, as a client's `auth` shows it; `None` for None.
///
/// # Errors
/// TypeError for what is no tuple, no Auth and not callable.
pub(super) fn build(auth: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    if vm.is_none(auth) {
        return Ok(None);
    }
    if let Some(pair) = auth.downcast_ref::<PyTuple>() {
        let [username, password, ..] = pair.as_slice() else {
            let message = "auth must be a tuple of a user name and a password";
            return Err(vm.new_index_error(message));
        };
        return basic::new(username, password, vm).map(Some);
    }
    if auth.downcastable::<Auth>() {
        return Ok(Some(auth.to_owned()));
    }
    if auth.is_callable() {
        return classes::of_function(auth, vm).map(Some);
    }
    let shown = auth.repr(vm)?;
    Err(vm.new_type_error(format!("Invalid \"auth\" argument: {shown}")))
}

/// How an object that [`build`] gave authenticates now: asked for each request, as a script may
/// replace a flow at any time.
pub(super) fn flow_of(auth: &PyObject, vm: &VirtualMachine) -> PyResult<AuthFlow> {
    let user = || AuthFlow::User(auth.to_owned());
    if let Some(basic) = auth.downcast_ref::<BasicAuth>() {
        if replaced::has_own_flow(auth, BasicAuth::class(&vm.ctx), vm) {
            return Ok(user());
        }
        return Ok(basic::engine(basic, vm)?.map_or_else(user, AuthFlow::Basic));
    }
    if let Some(digest) = auth.downcast_ref::<DigestAuth>() {
        if replaced::has_own_flow(auth, DigestAuth::class(&vm.ctx), vm) {
            return Ok(user());
        }
        return Ok(digest.engine_or_none().map_or_else(user, AuthFlow::Digest));
    }
    let is_plain = !auth.downcastable::<FunctionAuth>()
        && !auth.downcastable::<NetRcAuth>()
        && auth.downcastable::<Auth>()
        && !replaced::has_own_flow(auth, Auth::class(&vm.ctx), vm);
    Ok(if is_plain { AuthFlow::None } else { user() })
}

/// How a request with that `auth=` authenticates.
///
/// # Errors
/// As [`build`].
pub(super) fn parse(auth: &PyObject, vm: &VirtualMachine) -> PyResult<AuthFlow> {
    match build(auth, vm)? {
        Some(auth) => flow_of(&auth, vm),
        None => Ok(AuthFlow::None),
    }
}
