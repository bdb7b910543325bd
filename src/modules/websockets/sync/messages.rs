//! Iterating over the messages of a connection.

use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    protocol::PyIterReturn,
    pyclass,
    types::{IterNext, Iterable, SelfIter},
};

use crate::modules::websockets::exceptions::is_instance;

/// The messages of a connection, to its end.
#[pyclass(module = "_websockets", name = "Messages")]
#[derive(Debug, PyPayload)]
pub(super) struct Messages {
    connection: PyObjectRef,
}

impl Messages {
    pub(super) fn of(connection: PyObjectRef) -> Self {
        Self { connection }
    }
}

impl SelfIter for Messages {}

impl IterNext for Messages {
    /// Calls `recv` as an attribute: a subclass may have its own.
    fn next(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        match vm.call_method(zelf.connection.as_object(), "recv", ()) {
            Ok(message) => Ok(PyIterReturn::Return(message)),
            Err(error) if is_instance(&error, "ConnectionClosedOK", vm) => {
                Ok(PyIterReturn::StopIteration(None))
            }
            Err(error) => Err(error),
        }
    }
}

#[pyclass(with(IterNext, Iterable), flags(DISALLOW_INSTANTIATION))]
impl Messages {}
