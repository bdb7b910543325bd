//! `httpx.USE_CLIENT_DEFAULT`.

use std::sync::OnceLock;

use rustpython_vm::{
    Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, builtins::PyType,
    function::FuncArgs, pyclass, types::Constructor,
};

use crate::modules::class::make_mutable;

/// The class of USE_CLIENT_DEFAULT, which stands for an argument that was not given where None
/// means something else: `auth=None` turns the client's credentials off.
#[pyclass(module = "httpx._client", name = "UseClientDefault")]
#[derive(Debug, PyPayload)]
pub(super) struct UseClientDefault;

/// USE_CLIENT_DEFAULT.
static OBJECT: OnceLock<PyRef<UseClientDefault>> = OnceLock::new();

/// USE_CLIENT_DEFAULT, the one object.
pub(super) fn object(vm: &VirtualMachine) -> PyObjectRef {
    let object = OBJECT.get_or_init(|| UseClientDefault.into_ref(&vm.ctx));
    object.clone().into()
}

impl UseClientDefault {
    /// Whether an argument says to use what the client has.
    pub(super) fn is_meant_by(value: &PyObject) -> bool {
        value.downcast_ref::<Self>().is_some()
    }
}

impl Constructor for UseClientDefault {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self)
    }
}

#[pyclass(with(Constructor), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl UseClientDefault {
    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}
