//! `httpx.Auth`, and the classes whose flow is always Python.

use std::fmt;

use rustpython_vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyStrRef, PyType},
    function::FuncArgs,
    pyclass,
    types::{Constructor, Initializer},
};

use super::basic::header_text;

#[derive(rustpython_vm::FromArgs)]
pub(in crate::modules::httpx) struct FlowArgs {
    #[pyarg(any)]
    request: PyObjectRef,
}

/// A flow of `httpx._auth_flows`, started for an authentication object and a request.
pub(super) fn start(
    name: &'static str,
    auth: &PyObject,
    args: FlowArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let names = vm.ctx.new_tuple(vec![vm.ctx.new_str(name).into()]);
    let flows = vm.import_from("httpx._auth_flows", names, 0)?;
    flows
        .get_attr(name, vm)?
        .call((auth.to_owned(), args.request), vm)
}

/// The base class of all authentication schemes.
///
/// A scheme of your own subclasses it and overrides `auth_flow`, a generator that yields requests
/// and gets the responses to them. One that does I/O by itself overrides `sync_auth_flow` or
/// `async_auth_flow`. With `requires_request_body` or `requires_response_body` set, the bodies are
/// read before the flow sees them.
#[pyclass(module = "httpx", name = "Auth")]
#[derive(PyPayload, Default)]
pub(in crate::modules::httpx) struct Auth;

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth")
    }
}

impl Constructor for Auth {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self)
    }
}

impl Initializer for Auth {
    type Args = ();

    fn init(_zelf: &Py<Self>, (): (), _vm: &VirtualMachine) -> PyResult<()> {
        Ok(())
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl Auth {
    /// The flow: a generator that yields requests and gets the responses to them. The last
    /// response is the client's.
    #[pymethod]
    fn auth_flow(zelf: PyRef<Self>, args: FlowArgs, vm: &VirtualMachine) -> PyResult {
        start("plain", zelf.as_object(), args, vm)
    }

    /// The flow as a Client drives it: `auth_flow`, with the bodies read that it requires.
    #[pymethod]
    fn sync_auth_flow(zelf: PyRef<Self>, args: FlowArgs, vm: &VirtualMachine) -> PyResult {
        start("sync_flow", zelf.as_object(), args, vm)
    }

    /// The flow as an AsyncClient drives it: an asynchronous generator.
    #[pymethod]
    fn async_auth_flow(zelf: PyRef<Self>, args: FlowArgs, vm: &VirtualMachine) -> PyResult {
        start("async_flow", zelf.as_object(), args, vm)
    }

    #[extend_class]
    fn extend_class(ctx: &Context, class: &'static Py<PyType>) {
        for name in ["requires_request_body", "requires_response_body"] {
            class.set_attr(ctx.intern_str(name), ctx.new_bool(false).into());
        }
        crate::modules::class::make_mutable(class);
    }
}

/// FunctionAuth(func): lets a function change each request, or return another one.
#[pyclass(module = "httpx._auth", name = "FunctionAuth", base = Auth)]
#[derive(Debug, Default)]
#[repr(transparent)]
pub(in crate::modules::httpx) struct FunctionAuth(Auth);

/// A FunctionAuth of a function.
pub(super) fn of_function(function: &PyObject, vm: &VirtualMachine) -> PyResult {
    let class = FunctionAuth::class(&vm.ctx).as_object();
    class.call((function.to_owned(),), vm)
}

impl Constructor for FunctionAuth {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

#[derive(rustpython_vm::FromArgs)]
pub(in crate::modules::httpx) struct FunctionArgs {
    #[pyarg(any)]
    func: PyObjectRef,
}

impl Initializer for FunctionAuth {
    type Args = FunctionArgs;

    fn init(zelf: &Py<Self>, args: FunctionArgs, vm: &VirtualMachine) -> PyResult<()> {
        zelf.as_object().set_attr("_func", args.func, vm)
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl FunctionAuth {
    /// Yields what the function makes of the request.
    #[pymethod]
    fn auth_flow(zelf: PyRef<Self>, args: FlowArgs, vm: &VirtualMachine) -> PyResult {
        start("function", zelf.as_object(), args, vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}

/// NetRCAuth(file=None): Basic credentials from a netrc file, by the host of the URL. Without a
/// file it is ~/.netrc.
#[pyclass(module = "httpx", name = "NetRCAuth", base = Auth)]
#[derive(Debug, Default)]
#[repr(transparent)]
pub(in crate::modules::httpx) struct NetRcAuth(Auth);

impl Constructor for NetRcAuth {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

#[derive(rustpython_vm::FromArgs)]
pub(in crate::modules::httpx) struct NetRcArgs {
    #[pyarg(any, default, py_default = "None")]
    file: Option<PyObjectRef>,
}

impl Initializer for NetRcAuth {
    type Args = NetRcArgs;

    fn init(zelf: &Py<Self>, args: NetRcArgs, vm: &VirtualMachine) -> PyResult<()> {
        let parser = vm.import("netrc", 0)?.get_attr("netrc", vm)?;
        let info = parser.call((vm.unwrap_or_none(args.file),), vm)?;
        zelf.as_object().set_attr("_netrc_info", info, vm)
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl NetRcAuth {
    /// Yields the request, with the credentials of its host if the file has some.
    #[pymethod]
    fn auth_flow(zelf: PyRef<Self>, args: FlowArgs, vm: &VirtualMachine) -> PyResult {
        start("netrc", zelf.as_object(), args, vm)
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
