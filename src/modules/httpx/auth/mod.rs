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

#[cfg(test)]
mod tests {
    use rustpython_vm::{AsObject, VirtualMachine, scope::Scope};

    use super::*;

    /// What the expression gives is classified, after the statements ran.
    fn kind(scope: &Scope, statements: &str, expression: &str, vm: &VirtualMachine) -> String {
        let run = |source: &str| {
            vm.run_string(scope.clone(), source, "<test>")
                .expect("the statements run")
        };
        run(statements);
        run(&format!("it = {expression}"));
        let auth = scope.globals.get_item("it", vm).expect("it was set");
        match parse(&auth, vm) {
            Ok(AuthFlow::None) => "none".to_owned(),
            Ok(AuthFlow::Basic(_)) => "basic".to_owned(),
            Ok(AuthFlow::Digest(_)) => "digest".to_owned(),
            Ok(AuthFlow::User(_)) => "user".to_owned(),
            Err(error) => {
                let message = error.as_object().str(vm).expect("a message");
                format!("{}: {message}", error.class().name())
            }
        }
    }

    #[test]
    fn only_what_is_as_it_came_is_carried_out_by_the_engine() {
        crate::interpreter(rustpython_vm::Settings::default()).enter(|vm| {
            let scope = vm.new_scope_with_builtins();
            let cases = [
                ("import httpx", "None", "none"),
                ("", "('user', 'pass')", "basic"),
                ("", "httpx.BasicAuth('user', 'pass')", "basic"),
                ("", "httpx.DigestAuth('user', 'pass')", "digest"),
                ("", "httpx.Auth()", "none"),
                ("", "lambda request: request", "user"),
                ("", "httpx._auth.FunctionAuth(print)", "user"),
                (
                    "class Same(httpx.BasicAuth): pass",
                    "Same('a', 'b')",
                    "basic",
                ),
                (
                    "class Mine(httpx.Auth):\n    def auth_flow(self, request): yield request",
                    "Mine()",
                    "user",
                ),
                (
                    "class Slow(httpx.BasicAuth):\n    def sync_auth_flow(self, r): yield r",
                    "Slow('a', 'b')",
                    "user",
                ),
                (
                    "a = httpx.BasicAuth('a', 'b'); a.auth_flow = print",
                    "a",
                    "user",
                ),
                (
                    "d = httpx.DigestAuth('a', 'b'); d._get_client_nonce = print",
                    "d",
                    "user",
                ),
                (
                    "class Reads(httpx.Auth): requires_response_body = True",
                    "Reads()",
                    "user",
                ),
                ("", "5", "TypeError: Invalid \"auth\" argument: 5"),
                (
                    "",
                    "['a', 'b']",
                    "TypeError: Invalid \"auth\" argument: ['a', 'b']",
                ),
                (
                    "was = httpx.BasicAuth.auth_flow; httpx.BasicAuth.auth_flow = print",
                    "('a', 'b')",
                    "user",
                ),
                ("httpx.BasicAuth.auth_flow = was", "('a', 'b')", "basic"),
            ];
            for (statements, expression, expected) in cases {
                let statements = statements.replace("import httpx", "import httpx, httpx._auth");
                assert_eq!(
                    kind(&scope, &statements, expression, vm),
                    expected,
                    "{expression}"
                );
            }
        });
    }
}
