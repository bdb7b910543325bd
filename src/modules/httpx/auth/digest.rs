//! `httpx.DigestAuth`.

use std::fmt;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue};
use rustpython_vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyBytesRef, PyStrRef, PyType},
    common::lock::PyRwLock,
    function::FuncArgs,
    pyclass,
    types::{Constructor, Initializer},
};

use super::basic::CredentialArgs;
use super::classes::{Auth, FlowArgs, start};
use crate::engine::Error;
use crate::engine::http::auth as engine;
use crate::modules::class::{reduce, restore};
use crate::modules::convert::{new_bytes, str_or_bytes};
use crate::modules::httpx::exceptions::to_exception;
use crate::modules::httpx::url;

/// DigestAuth(username, password): the Digest scheme (RFC 7616, 2617 and 2069).
///
/// It answers a challenge with MD5, SHA, SHA-256 or SHA-512, and the requests that follow before
/// they are challenged. It may be shared by threads.
#[pyclass(module = "httpx", name = "DigestAuth", base = Auth)]
#[derive(Default)]
#[repr(C)]
pub(in crate::modules::httpx) struct DigestAuth {
    base: Auth,
    /// Made by `__init__`: a subclass's constructor may take other arguments.
    engine: PyRwLock<Option<engine::DigestAuth>>,
}

impl fmt::Debug for DigestAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestAuth([secure])")
    }
}

impl DigestAuth {
    /// What the engine works with, unless `__init__` was not called.
    pub(super) fn engine_or_none(&self) -> Option<engine::DigestAuth> {
        self.engine.read().clone()
    }

    fn engine(&self, vm: &VirtualMachine) -> PyResult<engine::DigestAuth> {
        let missing = || vm.new_runtime_error("the DigestAuth's __init__() was not called");
        self.engine_or_none().ok_or_else(missing)
    }

    fn set_credentials(
        &self,
        username: &PyObject,
        password: &PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let username = str_or_bytes(username, "the user name", vm)?;
        let password = str_or_bytes(password, "the password", vm)?;
        *self.engine.write() = Some(engine::DigestAuth::new(&username, &password));
        Ok(())
    }
}

/// What a flow needs of a request object.
struct Asked {
    method: PyStrRef,
    target: String,
}

impl Asked {
    fn of(request: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        let url = url::parse(&*request.get_attr("url", vm)?, vm)?;
        Ok(Self {
            method: request.get_attr("method", vm)?.try_into_value(vm)?,
            target: url.raw_path().into_owned(),
        })
    }
}

/// An engine error as the exception about a request.
fn about(error: Error, request: &PyObject, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let exception = to_exception(error, None, vm);
    // NotImplementedError takes it too, and does not show it.
    let _ = exception
        .as_object()
        .set_attr("_request", request.to_owned(), vm);
    exception
}

/// The client's nonce by `_get_client_nonce`, which a test may have replaced.
fn ask_for_nonce(
    auth: &PyObject,
    count: u32,
    nonce: &str,
    vm: &VirtualMachine,
) -> PyResult<String> {
    let count = vm.ctx.new_int(count);
    let nonce = new_bytes(nonce.as_bytes(), vm);
    let made = vm.call_method(auth, "_get_client_nonce", (count, nonce))?;
    let made = str_or_bytes(&made, "the client nonce", vm)?;
    Ok(String::from_utf8_lossy(&made).into_owned())
}

/// Runs `use_nonce` with a source of client nonces, and keeps what the source raised.
fn with_nonces(
    auth: &PyObject,
    request: &PyObject,
    vm: &VirtualMachine,
    use_nonce: impl FnOnce(engine::ClientNonce<'_>) -> Result<Option<String>, Error>,
) -> PyResult<Option<String>> {
    let mut raised = None;
    let text = use_nonce(&mut |count, nonce| {
        ask_for_nonce(auth, count, nonce, vm).map_err(|exception| {
            raised = Some(exception);
            Error::user("the client nonce could not be made")
        })
    });
    text.map_err(|error| raised.unwrap_or_else(|| about(error, request, vm)))
}

fn challenges(response: &PyObject, vm: &VirtualMachine) -> PyResult<HeaderMap> {
    let headers = response.get_attr("headers", vm)?;
    let values = vm.call_method(&headers, "get_list", ("www-authenticate",))?;
    let mut map = HeaderMap::new();
    for value in values.try_to_value::<Vec<PyStrRef>>(vm)? {
        // What no field can have cannot be a challenge either.
        if let Ok(value) = HeaderValue::from_bytes(value.to_string_lossy().as_bytes()) {
            map.append(WWW_AUTHENTICATE, value);
        }
    }
    Ok(map)
}

impl Constructor for DigestAuth {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for DigestAuth {
    type Args = CredentialArgs;

    fn init(zelf: &Py<Self>, args: CredentialArgs, vm: &VirtualMachine) -> PyResult<()> {
        zelf.set_credentials(&args.username, &args.password, vm)
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl DigestAuth {
    /// Yields the request, and once more with credentials if it was challenged.
    #[pymethod]
    fn auth_flow(zelf: PyRef<Self>, args: FlowArgs, vm: &VirtualMachine) -> PyResult {
        start("digest", zelf.as_object(), args, vm)
    }

    /// The Authorization field of a request, if there was a challenge before.
    #[pymethod]
    fn _preempt(
        zelf: PyRef<Self>,
        request: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<Option<String>> {
        let (engine, asked) = (zelf.engine(vm)?, Asked::of(&request, vm)?);
        let method = asked.method.to_string_lossy();
        with_nonces(zelf.as_object(), &request, vm, |nonce| {
            engine.preempt_with(&method, &asked.target, nonce)
        })
    }

    /// The Authorization field that answers a response, if it is a challenge.
    #[pymethod]
    fn _answer(
        zelf: PyRef<Self>,
        request: PyObjectRef,
        response: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<Option<String>> {
        let status: i32 = response.get_attr("status_code", vm)?.try_into_value(vm)?;
        if status != 401 {
            return Ok(None);
        }
        let challenges = challenges(&response, vm)?;
        let (engine, asked) = (zelf.engine(vm)?, Asked::of(&request, vm)?);
        let method = asked.method.to_string_lossy();
        with_nonces(zelf.as_object(), &request, vm, |nonce| {
            engine.answer_with(&method, &asked.target, &challenges, nonce)
        })
    }

    #[pymethod]
    fn _get_client_nonce(
        _zelf: PyRef<Self>,
        _nonce_count: PyObjectRef,
        _nonce: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyBytesRef {
        new_bytes(engine::random_nonce(), vm)
    }

    #[pygetset]
    fn _username(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        Ok(new_bytes(zelf.engine(vm)?.username(), vm))
    }

    #[pygetset]
    fn _password(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        Ok(new_bytes(zelf.engine(vm)?.password(), vm))
    }

    /// The credentials are pickled, the last challenge is not.
    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let (username, password) = (Self::_username(zelf, vm)?, Self::_password(zelf, vm)?);
        reduce(zelf.as_object(), vec![username.into(), password.into()], vm)
    }

    #[pymethod]
    fn __setstate__(zelf: &Py<Self>, state: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let [username, password] = restore(zelf.as_object(), &state, vm)?;
        zelf.set_credentials(&username, &password, vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
