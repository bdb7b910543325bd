//! httptools's exceptions.

use std::sync::OnceLock;

use rustpython_vm::{
    Py, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyModule, PyTypeRef},
};

struct Classes {
    error: PyTypeRef,
    invalid_url: PyTypeRef,
}

static CLASSES: OnceLock<Classes> = OnceLock::new();

fn classes(vm: &VirtualMachine) -> &'static Classes {
    CLASSES.get_or_init(|| {
        let new = |name, base| {
            vm.ctx
                .new_exception_type("httptools", name, Some(vec![base]))
        };
        let error = new(
            "HttpParserError",
            vm.ctx.exceptions.exception_type.to_owned(),
        );
        let invalid_url = new("HttpParserInvalidURLError", error.clone());
        Classes { error, invalid_url }
    })
}

/// Puts the classes into the module.
pub(super) fn register(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let classes = classes(vm);
    module.set_attr("HttpParserError", classes.error.clone(), vm)?;
    module.set_attr("HttpParserInvalidURLError", classes.invalid_url.clone(), vm)
}

/// HttpParserError.
pub(super) fn parser_error(
    error: &dyn std::error::Error,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    vm.new_exception_msg(classes(vm).error.clone(), error.to_string().into())
}

/// HttpParserInvalidURLError.
pub(super) fn invalid_url(
    error: &dyn std::error::Error,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    vm.new_exception_msg(classes(vm).invalid_url.clone(), error.to_string().into())
}
