//! What classes written in Rust need to pass for classes written in Python.

use rustpython_vm::{Py, builtins::PyType, types::PyTypeFlags};

/// Lets a class's attributes be set, as those of a class written in Python can be: tests patch
/// methods and packages replace them.
pub(crate) fn make_mutable(class: &Py<PyType>) {
    class
        .slots
        .flags
        .remove_masked(PyTypeFlags::from_slice(&[PyTypeFlags::IMMUTABLETYPE]));
}
