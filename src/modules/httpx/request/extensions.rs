//! What a request says beyond HTTP, in its `extensions`.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use runtime_bridge::{Homing, await_in_line};
use rustpython_vm::{
    AsObject as _, Py, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyDict, PyDictRef},
    function::PySetterValue,
};

use super::{Request, copied, trace_info};
use crate::engine::BoxError;
use crate::engine::http::trace::{Info, Trace};
use crate::engine::http::{Options, Tag, Timeouts};
use crate::modules::convert::{new_str, seconds, seconds_object, str_or_bytes};
use crate::modules::httpx::{streams, with_vm};
use crate::modules::raised::Raised;

/// The timeouts and options that `extensions` give; `timeouts` are those of a request that names
/// none.
///
/// # Errors
/// TypeError for values of the wrong type.
pub(in crate::modules::httpx) fn parse(
    extensions: &PyObject,
    timeouts: Timeouts,
    vm: &VirtualMachine,
) -> PyResult<(Timeouts, Option<Arc<Options>>)> {
    let get = |name: &'static str| -> PyResult<Option<PyObjectRef>> {
        let value = match extensions.downcast_ref::<PyDict>() {
            Some(dict) if dict.is_empty() => return Ok(None),
            Some(dict) => dict.get_item_opt(name, vm)?,
            None => Some(vm.call_method(extensions, "get", (name,))?),
        };
        Ok(value.filter(|value| !vm.is_none(value)))
    };
    let timeouts = match get("timeout")? {
        Some(timeout) => parse_timeout(&timeout, vm)?,
        None => timeouts,
    };
    let server_name = get("sni_hostname")?
        .map(|name| str_or_bytes(&name, "sni_hostname", vm))
        .transpose()?
        .map(|name| String::from_utf8_lossy(&name).into_owned());
    let target = get("target")?
        .map(|target| str_or_bytes(&target, "target", vm))
        .transpose()?
        .map(Into::into);
    let trace = get("trace")?.map(|function| {
        let function = Homing::new(function);
        Arc::new(PythonTrace { function }) as Arc<dyn Trace>
    });
    let options = (!is_plain(extensions, vm)).then(|| {
        let source: Tag = Arc::new(Homing::new(extensions.to_owned()));
        Arc::new(Options {
            server_name,
            target,
            trace,
            source: Some(source),
        })
    });
    Ok((timeouts, options))
}

/// Whether extensions say nothing, or no more than the timeouts.
fn is_plain(extensions: &PyObject, vm: &VirtualMachine) -> bool {
    extensions.downcast_ref::<PyDict>().is_some_and(|dict| {
        dict.is_empty() || dict.__len__() == 1 && dict.contains_key("timeout", vm)
    })
}

/// A dict of any of connect, read, write and pool; what is missing waits for ever.
fn parse_timeout(timeout: &PyObject, vm: &VirtualMachine) -> PyResult<Timeouts> {
    let phase = |name: &'static str| {
        let value = vm.call_method(timeout, "get", (name,))?;
        seconds(&value, name, vm)
    };
    Ok(Timeouts {
        connect: phase("connect")?,
        read: phase("read")?,
        write: phase("write")?,
        pool: phase("pool")?,
    })
}

/// Names the timeouts in a request's extensions, unless it names its own. The request keeps them:
/// it has the same ones when it is sent again.
///
/// # Errors
/// What extensions that are no dict raise.
pub(in crate::modules::httpx) fn complete(
    request: &Py<Request>,
    timeouts: Timeouts,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let Some(given) = request.fields.lock().extensions.clone() else {
        return Ok(());
    };
    let extensions = copied(Some(given), vm)?;
    if !extensions.contains_key("timeout", vm) {
        let phases = timeout_dict(timeouts, vm)?;
        extensions.set_item("timeout", phases.into(), vm)?;
        request.set(
            |fields| &mut fields.extensions,
            PySetterValue::Assign(extensions.into()),
        );
    }
    Ok(())
}

/// Timeouts as `extensions["timeout"]` has them.
pub(in crate::modules::httpx) fn timeout_dict(
    timeouts: Timeouts,
    vm: &VirtualMachine,
) -> PyResult<PyDictRef> {
    let Timeouts {
        connect,
        read,
        write,
        pool,
    } = timeouts;
    let phases = vm.ctx.new_dict();
    for (name, limit) in [
        ("connect", connect),
        ("read", read),
        ("write", write),
        ("pool", pool),
    ] {
        phases.set_item(name, seconds_object(limit, vm), vm)?;
    }
    Ok(phases)
}

/// The dict that says the same: a copy of the one that was given, if it said more than timeouts.
pub(super) fn shown(
    timeouts: Timeouts,
    options: Option<&Options>,
    vm: &VirtualMachine,
) -> PyResult<PyObjectRef> {
    let source = options.and_then(|options| options.source.as_ref());
    if let Some(source) = source.and_then(|it| it.downcast_ref::<Homing<PyObjectRef>>()) {
        return Ok(copied(Some((**source).clone()), vm)?.into());
    }
    let shown = vm.ctx.new_dict();
    shown.set_item("timeout", timeout_dict(timeouts, vm)?.into(), vm)?;
    Ok(shown.into())
}

/// A script's `trace` function, plain or asynchronous.
struct PythonTrace {
    function: Homing<PyObjectRef>,
}

impl fmt::Debug for PythonTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PythonTrace")
    }
}

impl PythonTrace {
    async fn call(&self, name: &str, info: Info<'_>) -> PyResult<()> {
        let awaitable = with_vm(|vm| {
            let information = trace_info::to_dict(info, vm)?;
            let result = self.function.call((new_str(name, vm), information), vm)?;
            let is_awaitable = streams::has(result.as_object(), "__await__", vm);
            Ok(is_awaitable.then_some(result))
        })?;
        if let Some(awaitable) = awaitable {
            await_in_line(awaitable).await?;
        }
        Ok(())
    }
}

impl Trace for PythonTrace {
    fn step<'a>(&'a self, name: &'a str, info: Info<'a>) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move { self.call(name, info).await.map_err(Raised::boxed) })
    }
}
