//! The logger `httpx`: a line for each response.

use std::sync::OnceLock;

use rustpython_vm::{
    AsObject, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyDict, PyInt, PyStrInterned},
};

use super::response::Response;
use super::with_vm;
use crate::engine::Error;
use crate::engine::http::{Answer, flow};
use crate::modules::raised::Raised;

/// `logging.INFO`.
const INFO: i32 = 20;

/// The logger, when somebody listens.
pub(super) struct Log(PyObjectRef);

/// `logging.getLogger("httpx")`, which is the same object for ever.
static LOGGER: OnceLock<PyObjectRef> = OnceLock::new();

impl Log {
    /// The logger, if the script has imported `logging` and INFO is on for it. Imports nothing.
    pub(super) fn if_on(vm: &VirtualMachine) -> PyResult<Option<Self>> {
        let logger = match LOGGER.get() {
            Some(logger) => logger.clone(),
            None => match find(vm)? {
                Some(logger) => LOGGER.get_or_init(|| logger).clone(),
                None => return Ok(None),
            },
        };
        Ok(is_on(&logger, vm)?.then_some(Self(logger)))
    }
}

/// The logger, if the script has imported `logging`.
fn find(vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let Some(logging) = imported(vm)? else {
        return Ok(None);
    };
    // Missing while `logging` itself is being imported.
    let get_logger = vm.get_attribute_opt(&logging, "getLogger")?;
    get_logger.map(|get| get.call(("httpx",), vm)).transpose()
}

/// The module `logging`, if it is there. Asked for each request until it is.
fn imported(vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    static NAMES: OnceLock<[&'static PyStrInterned; 2]> = OnceLock::new();
    let [modules, logging] = NAMES.get_or_init(|| {
        let intern = |name| vm.ctx.intern_str(name);
        [intern("modules"), intern("logging")]
    });
    let modules = vm.sys_module.dict().get_item_opt(*modules, vm)?;
    match modules.as_ref().and_then(|it| it.downcast_ref::<PyDict>()) {
        Some(modules) => modules.get_item_opt(*logging, vm),
        None => Ok(None),
    }
}

/// `logger.isEnabledFor(INFO)`, looked up in the logger's own cache when it is there.
fn is_on(logger: &PyObjectRef, vm: &VirtualMachine) -> PyResult<bool> {
    let disabled = logger.get_attr("disabled", vm)?;
    if disabled.try_to_bool(vm)? {
        return Ok(false);
    }
    let cache = vm.get_attribute_opt(logger, "_cache")?;
    let cache = cache.as_ref().and_then(|it| it.downcast_ref::<PyDict>());
    let level = vm.ctx.new_int(INFO);
    if let Some(cache) = cache
        && let Some(cached) = cache.get_item_opt(level.as_object(), vm)?
    {
        return cached.try_to_bool(vm);
    }
    vm.call_method(logger, "isEnabledFor", (INFO,))?
        .try_to_bool(vm)
}

impl Log {
    fn info(&self, answer: &Answer, vm: &VirtualMachine) -> PyResult<()> {
        let head = &answer.request.head;
        let status: PyRef<PyInt> = vm.ctx.new_int(i32::from(answer.status.as_u16()));
        let (version, reason) = Response::status_line(answer, vm)?;
        let args = (
            "HTTP Request: %s %s \"%s %d %s\"",
            head.method.as_str().to_owned(),
            head.url.redacted().to_string(),
            version,
            status,
            reason,
        );
        vm.call_method(&self.0, "info", args).map(drop)
    }
}

impl flow::Log for Log {
    /// What comes out of it is a filter's, or an interrupt: `logging` itself reports a handler that
    /// fails.
    fn answered(&self, answer: &Answer) -> Result<(), Error> {
        with_vm(|vm| self.info(answer, vm)).map_err(Raised::error)
    }
}
