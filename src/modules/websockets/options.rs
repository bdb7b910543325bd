//! The arguments that `connect` and `serve` share.

use rustpython_vm::{
    FromArgs, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyStr, PyStrRef, PyTuple},
    function::{KwArgs, OptionalArg},
};

use super::extensions::ExtensionArgs;
use crate::engine::ws::handshake::is_token;
use crate::engine::ws::{Limits, Options, Watermarks};
use crate::modules::convert::{given, seconds, utf8};

/// What both take, and the constructors of connections too.
#[derive(FromArgs)]
pub(super) struct BehaviourArgs {
    #[pyarg(named, optional)]
    ping_interval: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    ping_timeout: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    close_timeout: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    max_queue: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    write_limit: OptionalArg<PyObjectRef>,
}

impl BehaviourArgs {
    /// The engine's options.
    pub(super) fn parse(self, vm: &VirtualMachine) -> PyResult<Options> {
        let mut options = Options::default();
        for (target, value, name) in [
            (
                &mut options.ping_interval,
                self.ping_interval,
                "ping_interval",
            ),
            (&mut options.ping_timeout, self.ping_timeout, "ping_timeout"),
            (
                &mut options.close_timeout,
                self.close_timeout,
                "close_timeout",
            ),
        ] {
            duration(target, value, name, vm)?;
        }
        if let OptionalArg::Present(max_queue) = self.max_queue {
            options.max_queue = watermarks(&max_queue, "max_queue", vm)?;
        }
        if let OptionalArg::Present(write_limit) = self.write_limit {
            let unlimited = Watermarks::new(usize::MAX);
            options.write_limit = watermarks(&write_limit, "write_limit", vm)?.unwrap_or(unlimited);
        }
        Ok(options)
    }

    /// The same as keyword arguments, for a script's factory of connections.
    pub(super) fn keywords(&self, vm: &VirtualMachine) -> KwArgs {
        let number = |value: i32| -> PyObjectRef { vm.ctx.new_int(value).into() };
        let all = [
            ("ping_interval", &self.ping_interval, 20),
            ("ping_timeout", &self.ping_timeout, 20),
            ("close_timeout", &self.close_timeout, 10),
            ("max_queue", &self.max_queue, 16),
            ("write_limit", &self.write_limit, 1 << 15),
        ];
        let pairs = all.map(|(name, value, default)| {
            let value = value.clone().into_option();
            (name.to_owned(), value.unwrap_or_else(|| number(default)))
        });
        KwArgs::from_iter(pairs)
    }
}

/// What both take.
#[derive(FromArgs)]
pub(super) struct SharedArgs {
    #[pyarg(named, optional)]
    subprotocols: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    open_timeout: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    max_size: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    compression: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    extensions: OptionalArg<PyObjectRef>,
    #[pyarg(flatten)]
    pub(super) behaviour: BehaviourArgs,
}

/// What an argument that both take turned out to be.
pub(super) struct Shared {
    pub(super) subprotocols: Vec<String>,
    pub(super) open_timeout: Option<std::time::Duration>,
    pub(super) limits: Limits,
    pub(super) options: Options,
    pub(super) extensions: ExtensionArgs,
}

const OPEN_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

impl SharedArgs {
    pub(super) fn parse(self, vm: &VirtualMachine) -> PyResult<Shared> {
        let mut open_timeout = Some(OPEN_TIMEOUT);
        duration(&mut open_timeout, self.open_timeout, "open_timeout", vm)?;
        Ok(Shared {
            subprotocols: subprotocols(self.subprotocols, vm)?,
            open_timeout,
            limits: limits(self.max_size, vm)?,
            extensions: ExtensionArgs::parse(self.compression, self.extensions, vm)?,
            options: self.behaviour.parse(vm)?,
        })
    }
}

fn duration(
    target: &mut Option<std::time::Duration>,
    value: OptionalArg<PyObjectRef>,
    name: &str,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if let OptionalArg::Present(value) = value {
        *target = seconds(&value, name, vm)?;
    }
    Ok(())
}

fn size(value: &PyObject, name: &str, vm: &VirtualMachine) -> PyResult<Option<usize>> {
    if vm.is_none(value) {
        return Ok(None);
    }
    value
        .try_to_value(vm)
        .map(Some)
        .map_err(|_| vm.new_type_error(format!("{name} must be a number of at least 0, or None")))
}

/// `(message, fragment)`, or a limit for messages alone.
fn limits(max_size: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<Limits> {
    let OptionalArg::Present(max_size) = max_size else {
        return Ok(Limits::default());
    };
    let (message, fragment) = match max_size.downcast_ref::<PyTuple>().map(|it| it.as_slice()) {
        Some([message, fragment]) => (
            size(message, "max_size", vm)?,
            size(fragment, "max_size", vm)?,
        ),
        _ => (size(&max_size, "max_size", vm)?, None),
    };
    Ok(Limits { message, fragment })
}

/// `(high, low)`, or a high-water mark alone; None for no limit.
fn watermarks(value: &PyObject, name: &str, vm: &VirtualMachine) -> PyResult<Option<Watermarks>> {
    let Some([high, low]) = value.downcast_ref::<PyTuple>().map(|it| it.as_slice()) else {
        return Ok(size(value, name, vm)?.map(Watermarks::new));
    };
    let Some(high) = size(high, name, vm)? else {
        return Ok(None);
    };
    let low = size(low, name, vm)?.unwrap_or(high / 4);
    if low > high {
        return Err(vm.new_value_error(format!("{name}: the low-water mark is above the high one")));
    }
    Ok(Some(Watermarks { high, low }))
}

fn subprotocols(value: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<Vec<String>> {
    let Some(value) = given(value, vm) else {
        return Ok(Vec::new());
    };
    if value.downcast_ref::<PyStr>().is_some() {
        return Err(vm.new_type_error("subprotocols must be a list, not a str"));
    }
    let items: Vec<PyStrRef> = value.try_to_value(vm)?;
    let name = |item: &PyStrRef| match utf8(item, vm)? {
        name if is_token(name) => Ok(name.to_owned()),
        name => Err(vm.new_value_error(format!("invalid subprotocol: {name:?} is no token"))),
    };
    items.iter().map(name).collect()
}

pub(super) fn optional_str(
    value: OptionalArg<Option<PyStrRef>>,
    default: Option<&str>,
    vm: &VirtualMachine,
) -> PyResult<Option<String>> {
    match value {
        OptionalArg::Missing => Ok(default.map(str::to_owned)),
        OptionalArg::Present(None) => Ok(None),
        OptionalArg::Present(Some(text)) => Ok(Some(utf8(&text, vm)?.to_owned())),
    }
}
