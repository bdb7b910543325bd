//! `httpx.BasicAuth`.
//!
//! Its state is the attribute `_auth_header`, as in httpx, so that it is pickled, copied and
//! changed like that of any object.

use rustpython_vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyStr, PyStrRef, PyType},
    function::FuncArgs,
    pyclass,
    types::{Constructor, Initializer},
};

use super::classes::{Auth, FlowArgs, start};
use crate::engine::http::auth as engine;
use crate::modules::convert::{header_str, str_or_bytes};

/// The attribute that holds the value of the Authorization field.
const HEADER: &str = "_auth_header";

/// BasicAuth(username, password): the Basic scheme (RFC 7617). Text is encoded as UTF-8.
#[pyclass(module = "httpx", name = "BasicAuth", base = Auth)]
#[derive(Debug, Default)]
#[repr(transparent)]
pub(in crate::modules::httpx) struct BasicAuth(Auth);

/// A BasicAuth of a user name and a password.
pub(super) fn new(username: &PyObject, password: &PyObject, vm: &VirtualMachine) -> PyResult {
    let class = BasicAuth::class(&vm.ctx).as_object();
    class.call((username.to_owned(), password.to_owned()), vm)
}

/// The engine's form; `None` when a script gave the object a header that is none.
pub(super) fn engine(
    auth: &Py<BasicAuth>,
    vm: &VirtualMachine,
) -> PyResult<Option<engine::BasicAuth>> {
    let header = auth.as_object().get_attr(HEADER, vm)?;
    let text = header.downcast_ref::<PyStr>().and_then(|it| it.to_str());
    Ok(text.and_then(engine::BasicAuth::from_header))
}

/// What the Authorization field says for a user name and a password.
pub(super) fn header_text(
    username: &PyObject,
    password: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<PyStrRef> {
    let username = str_or_bytes(username, "the user name", vm)?;
    let password = str_or_bytes(password, "the password", vm)?;
    let header = engine::BasicAuth::new(&username, &password).header();
    Ok(header_str(header.as_bytes(), vm))
}

#[derive(rustpython_vm::FromArgs)]
pub(in crate::modules::httpx) struct CredentialArgs {
    #[pyarg(any)]
    pub(super) username: PyObjectRef,
    #[pyarg(any)]
    pub(super) password: PyObjectRef,
}

impl Constructor for BasicAuth {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for BasicAuth {
    type Args = CredentialArgs;

    fn init(zelf: &Py<Self>, args: CredentialArgs, vm: &VirtualMachine) -> PyResult<()> {
        let CredentialArgs { username, password } = args;
        let header = match zelf.class().is(BasicAuth::class(&vm.ctx)) {
            true => header_text(&username, &password, vm)?.into(),
            // A subclass may build it in its own way.
            false => {
                vm.call_method(zelf.as_object(), "_build_auth_header", (username, password))?
            }
        };
        zelf.as_object().set_attr(HEADER, header, vm)
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl BasicAuth {
    /// Yields the request with its Authorization field.
    #[pymethod]
    fn auth_flow(zelf: PyRef<Self>, args: FlowArgs, vm: &VirtualMachine) -> PyResult {
        start("basic", zelf.as_object(), args, vm)
    }

    #[pymethod]
    fn _build_auth_header(
        _zelf: PyRef<Self>,
        username: PyObjectRef,
        password: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyStrRef> {
        header_text(&username, &password, vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
