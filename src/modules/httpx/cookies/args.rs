//! The arguments of the methods of `httpx.Cookies`.

use rustpython_vm::{
    PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyStr, PyStrRef},
};

use super::Seen;
use crate::engine::http::cookies::Cookie;
use crate::modules::convert::utf8;

#[derive(rustpython_vm::FromArgs)]
pub(in crate::modules::httpx) struct InitArgs {
    #[pyarg(any, default, py_default = "None")]
    pub(super) cookies: Option<PyObjectRef>,
}

#[derive(rustpython_vm::FromArgs)]
pub(super) struct ResponseArgs {
    #[pyarg(any)]
    pub(super) response: PyObjectRef,
}

#[derive(rustpython_vm::FromArgs)]
pub(super) struct RequestArgs {
    #[pyarg(any)]
    pub(super) request: PyObjectRef,
}

#[derive(rustpython_vm::FromArgs)]
pub(super) struct SetArgs {
    #[pyarg(any)]
    pub(super) name: PyObjectRef,
    #[pyarg(any)]
    pub(super) value: PyObjectRef,
    #[pyarg(any, default = vm.ctx.empty_str.to_owned(), py_default = "''")]
    pub(super) domain: PyStrRef,
    #[pyarg(any, default = vm.ctx.new_str("/"), py_default = "'/'")]
    pub(super) path: PyStrRef,
}

impl SetArgs {
    pub(super) fn cookie(&self, vm: &VirtualMachine) -> PyResult<Cookie> {
        let name = text(&self.name, "name", vm)?;
        let (domain, path) = (utf8(&self.domain, vm)?, utf8(&self.path, vm)?);
        if vm.is_none(&self.value) {
            let mut cookie = Cookie::new(name, "", domain, path);
            cookie.value = None;
            return Ok(cookie);
        }
        Ok(Cookie::new(
            name,
            text(&self.value, "value", vm)?,
            domain,
            path,
        ))
    }
}

fn text<'a>(value: &'a PyObject, what: &str, vm: &VirtualMachine) -> PyResult<&'a str> {
    let Some(text) = value.downcast_ref::<PyStr>() else {
        let class = value.class();
        let message = format!("the {what} of a cookie must be str, not {}", class.name());
        return Err(vm.new_type_error(message));
    };
    utf8(text, vm)
}

/// Which cookies: `None` stands for any domain or path.
#[derive(rustpython_vm::FromArgs)]
pub(super) struct WhichArgs {
    #[pyarg(any)]
    pub(super) name: PyStrRef,
    #[pyarg(any, default, py_default = "None")]
    pub(super) domain: Option<PyStrRef>,
    #[pyarg(any, default, py_default = "None")]
    pub(super) path: Option<PyStrRef>,
}

impl WhichArgs {
    pub(super) fn names(&self, cookie: &Seen) -> bool {
        let is = |wanted: &PyStrRef, value: &str| wanted.to_str() == Some(value);
        is(&self.name, &cookie.name)
            && self.domain.as_ref().is_none_or(|it| is(it, &cookie.domain))
            && self.path.as_ref().is_none_or(|it| is(it, &cookie.path))
    }
}

#[derive(rustpython_vm::FromArgs)]
pub(super) struct GetArgs {
    #[pyarg(any)]
    pub(super) name: PyStrRef,
    #[pyarg(any, default, py_default = "None")]
    pub(super) default: Option<PyObjectRef>,
    #[pyarg(any, default, py_default = "None")]
    pub(super) domain: Option<PyStrRef>,
    #[pyarg(any, default, py_default = "None")]
    pub(super) path: Option<PyStrRef>,
}

#[derive(rustpython_vm::FromArgs)]
pub(super) struct ClearArgs {
    #[pyarg(any, default, py_default = "None")]
    pub(super) domain: Option<PyStrRef>,
    #[pyarg(any, default, py_default = "None")]
    pub(super) path: Option<PyStrRef>,
}
