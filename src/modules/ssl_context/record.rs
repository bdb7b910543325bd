//! What was loaded into a context, kept on the context.

use std::sync::Arc;

use rustpython_vm::{
    PyObject, PyPayload, PyRef, PyResult, VirtualMachine, common::lock::PyMutex, pyclass,
};

use crate::engine::tls::{Identity, Roots};

/// The key in the context's `__dict__`. The record lives and dies with the context, and neither
/// can be copied or pickled.
const KEY: &str = "_tauraro_tls_record";

/// What the methods that load were given.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded {
    pub(super) roots: Roots,
    /// A chain that the interpreter took and the engine cannot use is an error when it is needed.
    pub(super) identity: Option<Result<Arc<Identity>, String>>,
    pub(super) alpn: Vec<Vec<u8>>,
    /// `set_ciphers` was called.
    pub(super) chose_ciphers: bool,
}

/// The object that holds it. Scripts have no use for it.
#[pyclass(module = "_ssl", name = "_Record")]
#[derive(Debug, Default, PyPayload)]
pub(super) struct Record(PyMutex<Recorded>);

#[pyclass]
impl Record {}

/// What was loaded into `context` until now.
pub(super) fn recorded(context: &PyObject, vm: &VirtualMachine) -> PyResult<Recorded> {
    match find(context, vm)? {
        Some(record) => Ok(record.0.lock().clone()),
        None => Ok(Recorded::default()),
    }
}

/// Notes something on `context`. An object without a `__dict__`, which is one of the private
/// base class, takes no notes.
pub(super) fn note(
    context: &PyObject,
    change: impl FnOnce(&mut Recorded),
    vm: &VirtualMachine,
) -> PyResult<()> {
    let record = match find(context, vm)? {
        Some(record) => record,
        None => match context.dict() {
            Some(dict) => {
                let record = Record::default().into_ref(&vm.ctx);
                dict.set_item(KEY, record.clone().into(), vm)?;
                record
            }
            None => return Ok(()),
        },
    };
    change(&mut record.0.lock());
    Ok(())
}

fn find(context: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyRef<Record>>> {
    let Some(dict) = context.dict() else {
        return Ok(None);
    };
    let found = dict.get_item_opt(KEY, vm)?;
    Ok(found.and_then(|record| record.downcast::<Record>().ok()))
}
