//! Header fields that came in a handshake, as long as no script changes them.

use std::fmt;

use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyListRef, PyStrRef},
    pyclass,
};

use crate::engine::ws::handshake::{Headers, latin1};
use crate::modules::convert::{new_str, utf8};

/// What websockets.datastructures.Headers hold in place of a list of pairs, at a tenth of the
/// memory: most handlers look at the path alone, or at one field.
#[pyclass(module = "_websockets", name = "HandshakeFields")]
#[derive(PyPayload)]
pub(super) struct HandshakeFields(Headers);

impl fmt::Debug for HandshakeFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HandshakeFields({:?})", self.0)
    }
}

impl HandshakeFields {
    pub(super) fn new(headers: &Headers) -> Self {
        let mut headers = headers.clone();
        headers.shrink_to_fit();
        Self(headers)
    }
}

/// As the package decodes it, so that whoever knows better can encode it again.
fn value_object(value: &[u8], vm: &VirtualMachine) -> PyObjectRef {
    new_str(&latin1(value), vm).into()
}

#[pyclass(flags(DISALLOW_INSTANTIATION))]
impl HandshakeFields {
    /// Pairs of name and value.
    #[pymethod]
    fn pairs(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        let pairs = zelf.0.iter().map(|(name, value)| {
            let pair = vec![new_str(name, vm).into(), value_object(value, vm)];
            vm.ctx.new_tuple(pair).into()
        });
        vm.ctx.new_list(pairs.collect())
    }

    /// The values of a name, in any case.
    #[pymethod]
    fn get_all(zelf: &Py<Self>, name: PyStrRef, vm: &VirtualMachine) -> PyResult<PyListRef> {
        let values = zelf.0.get_all(utf8(&name, vm)?);
        let values = values.map(|value| value_object(value, vm));
        Ok(vm.ctx.new_list(values.collect()))
    }

    /// A copy, pickled or not, is a list.
    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        let list = vm.ctx.types.list_type.to_owned().into();
        let args = vm.ctx.new_tuple(vec![Self::pairs(zelf, vm).into()]).into();
        vm.ctx.new_tuple(vec![list, args]).into()
    }
}
