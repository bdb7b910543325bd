//! `event_hooks`: a script's functions around each hop.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use rustpython_vm::{
    PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyDict, PyDictRef, PyList},
};

use super::request::Request;
use super::response::{Reception, Response};
use super::with_vm;
use crate::engine::Error;
use crate::engine::http::{Answer, Request as EngineRequest, flow};
use crate::modules::raised::Raised;

/// The hooks of one request, as they were when it was made.
pub(super) struct Hooks {
    reception: Reception,
    request: Vec<PyObjectRef>,
    response: Vec<PyObjectRef>,
}

impl Hooks {
    /// The hooks in a client's `event_hooks`; `None` when there are none.
    pub(super) fn of(
        hooks: &PyDictRef,
        reception: &Reception,
        vm: &VirtualMachine,
    ) -> PyResult<Option<Self>> {
        let request = functions(hooks, "request", vm)?;
        let response = functions(hooks, "response", vm)?;
        if request.is_empty() && response.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            reception: reception.clone(),
            request,
            response,
        }))
    }

    async fn before(&self, request: EngineRequest) -> PyResult<EngineRequest> {
        if self.request.is_empty() {
            return Ok(request);
        }
        let timeouts = request.timeouts;
        let object = with_vm(|vm| Request::from_engine(request, vm))?;
        for hook in &self.request {
            self.reception.mode().call(hook, (object.clone(),)).await?;
        }
        // A hook may have changed anything of it.
        with_vm(|vm| Request::to_engine(&object, timeouts, vm))
    }

    async fn after(&self, answer: &Arc<Answer>) -> PyResult<()> {
        if self.response.is_empty() {
            return Ok(());
        }
        let object = with_vm(|vm| Response::from_answer(answer, &self.reception, vm));
        for hook in &self.response {
            self.reception.mode().call(hook, (object.clone(),)).await?;
        }
        Ok(())
    }
}

impl flow::Hooks for Hooks {
    fn on_request(&self, request: EngineRequest) -> BoxFuture<'_, Result<EngineRequest, Error>> {
        Box::pin(async { self.before(request).await.map_err(Raised::error) })
    }

    fn on_response<'a>(&'a self, answer: &'a Arc<Answer>) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async { self.after(answer).await.map_err(Raised::error) })
    }
}

/// The functions under one key.
fn functions(hooks: &PyDictRef, key: &str, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    match hooks.get_item_opt(key, vm)? {
        Some(list) => match list.downcast_ref::<PyList>() {
            Some(list) => Ok(list.borrow_vec().to_vec()),
            None => list.try_to_value(vm),
        },
        None => Ok(Vec::new()),
    }
}

/// What a client's `event_hooks` becomes: both keys, each with a list of its own.
///
/// # Errors
/// What the mapping, or a sequence in it, raises.
pub(super) fn parse(value: &PyObject, vm: &VirtualMachine) -> PyResult<PyDictRef> {
    let hooks = empty(vm)?;
    if vm.is_none(value) {
        return Ok(hooks);
    }
    for key in KEYS {
        let found = match value.downcast_ref::<PyDict>() {
            Some(dict) => dict.get_item_opt(key, vm)?,
            None => Some(vm.call_method(value, "get", (key, vm.ctx.new_list(Vec::new())))?),
        };
        if let Some(found) = found {
            let functions: Vec<PyObjectRef> = found.try_to_value(vm)?;
            hooks.set_item(key, vm.ctx.new_list(functions).into(), vm)?;
        }
    }
    Ok(hooks)
}

const KEYS: [&str; 2] = ["request", "response"];

/// `event_hooks` without a hook.
pub(super) fn empty(vm: &VirtualMachine) -> PyResult<PyDictRef> {
    let hooks: PyRef<PyDict> = vm.ctx.new_dict();
    for key in KEYS {
        hooks.set_item(key, vm.ctx.new_list(Vec::new()).into(), vm)?;
    }
    Ok(hooks)
}
