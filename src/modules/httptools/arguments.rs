//! Arguments that may be given by name.

use rustpython_vm::{FromArgs, PyObjectRef};

/// `data`.
#[derive(FromArgs)]
pub(crate) struct DataArg {
    #[pyarg(any)]
    pub(super) data: PyObjectRef,
}

/// `url`.
#[derive(FromArgs)]
pub(crate) struct UrlArg {
    #[pyarg(any)]
    pub(super) url: PyObjectRef,
}

/// `protocol`.
#[derive(FromArgs)]
pub(crate) struct ProtocolArg {
    #[pyarg(any)]
    pub(super) protocol: PyObjectRef,
}
