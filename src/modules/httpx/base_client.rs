//! What `httpx.Client` and `httpx.AsyncClient` have in common.

use std::fmt;
use std::sync::Arc;

use rustpython_vm::{
    Py, PyPayload, PyRef, PyResult, VirtualMachine, builtins::PyType, common::lock::PyRwLock,
    function::PySetterValue, pyclass,
};

use super::config::{Timeout, parse_timeout};
use super::headers::{self, Headers};
use super::session::{Session, default_headers};
use super::url::{self, Url};
use crate::engine::http::Timeouts;

/// Base class of Client and AsyncClient.
#[pyclass(module = "httpx", name = "BaseClient")]
#[derive(PyPayload, Default)]
pub(super) struct BaseClient {
    /// Made by `__init__`: a subclass's constructor may take other arguments.
    session: PyRwLock<Option<Arc<Session>>>,
}

impl fmt::Debug for BaseClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BaseClient")
    }
}

impl BaseClient {
    pub(super) fn set_session(&self, session: Session) {
        *self.session.write() = Some(Arc::new(session));
    }

    pub(super) fn session(&self, vm: &VirtualMachine) -> PyResult<Arc<Session>> {
        let missing = || vm.new_runtime_error("the client's __init__() was not called");
        self.session.read().clone().ok_or_else(missing)
    }
}

fn assigned(value: PySetterValue, vm: &VirtualMachine) -> PyResult {
    match value {
        PySetterValue::Assign(value) => Ok(value),
        PySetterValue::Delete => Err(vm.new_attribute_error("cannot delete attribute")),
    }
}

#[pyclass(flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl BaseClient {
    /// Whether the client was closed.
    #[pygetset]
    fn is_closed(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
        Ok(zelf.session(vm)?.is_closed())
    }

    /// The header fields that every request gets.
    #[pygetset]
    fn headers(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Headers>> {
        Ok(zelf.session(vm)?.headers.clone())
    }

    #[pygetset(setter)]
    fn set_headers(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let mut fields = default_headers();
        let value = assigned(value, vm)?;
        fields.update(&headers::parse(&value, vm)?);
        zelf.session(vm)?.headers.replace(fields);
        Ok(())
    }

    /// The timeouts that every request gets.
    #[pygetset]
    fn timeout(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Timeout>> {
        let timeouts = zelf.session(vm)?.defaults().timeouts;
        Ok(Timeout::from(timeouts).into_ref(&vm.ctx))
    }

    #[pygetset(setter)]
    fn set_timeout(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let value = assigned(value, vm)?;
        let timeouts = parse_timeout(&value, Timeouts::default(), vm)?;
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.timeouts = timeouts);
        Ok(())
    }

    /// The URL against which relative ones are taken.
    #[pygetset]
    fn base_url(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Url>> {
        let base_url = zelf.session(vm)?.defaults().base_url.clone();
        Ok(Url::from(base_url).into_ref(&vm.ctx))
    }

    #[pygetset(setter)]
    fn set_base_url(zelf: &Py<Self>, value: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let value = assigned(value, vm)?;
        let base_url = url::parse_base(&value, vm)?;
        zelf.session(vm)?
            .change_defaults(|defaults| defaults.base_url = base_url);
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
