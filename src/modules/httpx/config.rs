//! `httpx.Timeout` and `httpx.Limits`.

use std::fmt;
use std::time::Duration;

use rustpython_vm::{
    FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyDict, PyStr, PyTuple, PyType},
    common::lock::PyRwLock,
    function::{FuncArgs, OptionalArg, PyComparisonValue},
    pyclass,
    types::{Comparable, Constructor, Initializer, PyComparisonOp, Representable},
};

use crate::engine::http::{Limits as EngineLimits, Timeouts};
use crate::modules::convert::{seconds, seconds_object};

const PHASES: [&str; 4] = ["connect", "read", "write", "pool"];

/// Timeout(timeout, *, connect, read, write, pool): how long to wait, in seconds; None for ever.
///
/// Either a default for all four comes first, or all four are given.
#[pyclass(module = "httpx", name = "Timeout")]
#[derive(PyPayload)]
pub(super) struct Timeout {
    timeouts: PyRwLock<Timeouts>,
}

impl fmt::Debug for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Timeout")
    }
}

impl From<Timeouts> for Timeout {
    fn from(timeouts: Timeouts) -> Self {
        Self {
            timeouts: PyRwLock::new(timeouts),
        }
    }
}

fn field<'a>(timeouts: &'a mut Timeouts, phase: &str) -> &'a mut Option<Duration> {
    match phase {
        "connect" => &mut timeouts.connect,
        "read" => &mut timeouts.read,
        "write" => &mut timeouts.write,
        _ => &mut timeouts.pool,
    }
}

/// The timeouts that an argument gives: a number, None, a tuple of four, a dict with any of
/// connect, read, write and pool (the rest keep `base`), or a Timeout.
pub(super) fn parse_timeout(
    value: &PyObject,
    base: Timeouts,
    vm: &VirtualMachine,
) -> PyResult<Timeouts> {
    if let Some(timeout) = value.downcast_ref::<Timeout>() {
        return Ok(*timeout.timeouts.read());
    }
    if let Some(dict) = value.downcast_ref::<PyDict>() {
        return parse_dict(dict, base, vm);
    }
    if let Some(tuple) = value.downcast_ref::<PyTuple>() {
        return parse_tuple(tuple.as_slice(), vm);
    }
    Ok(Timeouts::all(seconds(value, "timeout", vm)?))
}

fn parse_dict(dict: &Py<PyDict>, base: Timeouts, vm: &VirtualMachine) -> PyResult<Timeouts> {
    let mut timeouts = base;
    for (key, value) in dict {
        let phase = key.downcast_ref::<PyStr>().and_then(|key| key.to_str());
        match phase.filter(|phase| PHASES.contains(phase)) {
            Some(phase) => *field(&mut timeouts, phase) = seconds(&value, phase, vm)?,
            None => {
                let key = key.repr(vm)?;
                let message =
                    format!("a timeout dict has connect, read, write and pool, not {key}");
                return Err(vm.new_value_error(message));
            }
        }
    }
    Ok(timeouts)
}

fn parse_tuple(items: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<Timeouts> {
    if !(2..=4).contains(&items.len()) {
        let message = "a timeout tuple is (connect, read), (connect, read, write) or \
                       (connect, read, write, pool)";
        return Err(vm.new_value_error(message));
    }
    let mut timeouts = Timeouts::all(None);
    for (phase, item) in PHASES.iter().zip(items) {
        *field(&mut timeouts, phase) = seconds(item, phase, vm)?;
    }
    Ok(timeouts)
}

#[derive(FromArgs)]
pub(super) struct TimeoutArgs {
    #[pyarg(any, optional)]
    timeout: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    connect: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    read: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    write: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pool: OptionalArg<PyObjectRef>,
}

impl TimeoutArgs {
    fn parse(self, vm: &VirtualMachine) -> PyResult<Timeouts> {
        let phases = [self.connect, self.read, self.write, self.pool];
        let mut timeouts = match self.timeout {
            OptionalArg::Present(timeout) => parse_timeout(&timeout, Timeouts::default(), vm)?,
            OptionalArg::Missing if phases.iter().all(OptionalArg::is_present) => {
                Timeouts::all(None)
            }
            OptionalArg::Missing => {
                let message = "httpx.Timeout must either include a default, or set all four \
                               parameters explicitly.";
                return Err(vm.new_value_error(message));
            }
        };
        for (phase, value) in PHASES.iter().zip(phases) {
            if let OptionalArg::Present(value) = value {
                *field(&mut timeouts, phase) = seconds(&value, phase, vm)?;
            }
        }
        Ok(timeouts)
    }
}

impl Constructor for Timeout {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Timeouts::default().into())
    }
}

impl Initializer for Timeout {
    type Args = TimeoutArgs;

    fn init(zelf: &Py<Self>, args: TimeoutArgs, vm: &VirtualMachine) -> PyResult<()> {
        *zelf.timeouts.write() = args.parse(vm)?;
        Ok(())
    }
}

#[pyclass(
    with(Comparable, Constructor, Initializer, Representable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Timeout {
    /// Seconds to connect, TLS included.
    #[pygetset]
    fn connect(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        seconds_object(zelf.timeouts.read().connect, vm)
    }

    /// Seconds of each wait for data of the response.
    #[pygetset]
    fn read(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        seconds_object(zelf.timeouts.read().read, vm)
    }

    /// Seconds of each wait for the server to take data.
    #[pygetset]
    fn write(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        seconds_object(zelf.timeouts.read().write, vm)
    }

    /// Seconds to wait for a connection of the pool.
    #[pygetset]
    fn pool(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        seconds_object(zelf.timeouts.read().pool, vm)
    }

    /// The four as a dict.
    #[pymethod]
    fn as_dict(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let mut timeouts = *zelf.timeouts.read();
        let dict = vm.ctx.new_dict();
        for phase in PHASES {
            dict.set_item(phase, seconds_object(*field(&mut timeouts, phase), vm), vm)?;
        }
        Ok(dict.into())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}

impl Comparable for Timeout {
    fn cmp(
        zelf: &Py<Self>,
        other: &PyObject,
        op: PyComparisonOp,
        _vm: &VirtualMachine,
    ) -> PyResult<PyComparisonValue> {
        op.eq_only(|| {
            let other = other.downcast_ref::<Self>();
            let equal = other.is_some_and(|it| *it.timeouts.read() == *zelf.timeouts.read());
            Ok(PyComparisonValue::Implemented(equal))
        })
    }
}

impl Representable for Timeout {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let mut timeouts = *zelf.timeouts.read();
        let connect = timeouts.connect;
        if timeouts == Timeouts::all(connect) {
            let all = seconds_object(connect, vm).repr(vm)?;
            return Ok(format!("Timeout(timeout={all})"));
        }
        let mut items = Vec::new();
        for phase in PHASES {
            let value = seconds_object(*field(&mut timeouts, phase), vm).repr(vm)?;
            items.push(format!("{phase}={value}"));
        }
        Ok(format!("Timeout({})", items.join(", ")))
    }
}

/// Limits(*, max_connections=None, max_keepalive_connections=None, keepalive_expiry=5.0): how many
/// connections a client may have open, and keep open; None for any number.
#[pyclass(module = "httpx", name = "Limits")]
#[derive(PyPayload)]
pub(super) struct Limits {
    limits: PyRwLock<EngineLimits>,
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limits")
    }
}

impl Limits {
    pub(super) fn engine(&self) -> EngineLimits {
        *self.limits.read()
    }
}

const UNLIMITED: EngineLimits = EngineLimits {
    max_connections: None,
    max_keepalive_connections: None,
    keepalive_expiry: Some(Duration::from_secs(5)),
};

#[derive(FromArgs)]
pub(super) struct LimitsArgs {
    #[pyarg(named, default)]
    max_connections: Option<usize>,
    #[pyarg(named, default)]
    max_keepalive_connections: Option<usize>,
    #[pyarg(named, optional)]
    keepalive_expiry: OptionalArg<PyObjectRef>,
}

impl Constructor for Limits {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self {
            limits: PyRwLock::new(UNLIMITED),
        })
    }
}

impl Initializer for Limits {
    type Args = LimitsArgs;

    fn init(zelf: &Py<Self>, args: LimitsArgs, vm: &VirtualMachine) -> PyResult<()> {
        let keepalive_expiry = match args.keepalive_expiry {
            OptionalArg::Present(expiry) => seconds(&expiry, "keepalive_expiry", vm)?,
            OptionalArg::Missing => UNLIMITED.keepalive_expiry,
        };
        *zelf.limits.write() = EngineLimits {
            max_connections: args.max_connections,
            max_keepalive_connections: args.max_keepalive_connections,
            keepalive_expiry,
        };
        Ok(())
    }
}

#[pyclass(
    with(Comparable, Constructor, Initializer, Representable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Limits {
    /// How many connections may be open at once.
    #[pygetset]
    fn max_connections(zelf: &Py<Self>) -> Option<usize> {
        zelf.limits.read().max_connections
    }

    /// How many idle connections are kept.
    #[pygetset]
    fn max_keepalive_connections(zelf: &Py<Self>) -> Option<usize> {
        zelf.limits.read().max_keepalive_connections
    }

    /// Seconds for which an idle connection is kept.
    #[pygetset]
    fn keepalive_expiry(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        seconds_object(zelf.limits.read().keepalive_expiry, vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}

impl Comparable for Limits {
    fn cmp(
        zelf: &Py<Self>,
        other: &PyObject,
        op: PyComparisonOp,
        _vm: &VirtualMachine,
    ) -> PyResult<PyComparisonValue> {
        op.eq_only(|| {
            let other = other.downcast_ref::<Self>();
            let equal = other.is_some_and(|it| *it.limits.read() == *zelf.limits.read());
            Ok(PyComparisonValue::Implemented(equal))
        })
    }
}

impl Representable for Limits {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let limits = zelf.engine();
        let number = |value: Option<usize>| value.map_or("None".to_owned(), |it| it.to_string());
        Ok(format!(
            "Limits(max_connections={}, max_keepalive_connections={}, keepalive_expiry={})",
            number(limits.max_connections),
            number(limits.max_keepalive_connections),
            seconds_object(limits.keepalive_expiry, vm).repr(vm)?,
        ))
    }
}
