//! `httpx.Timeout`.

use std::fmt;
use std::time::Duration;

use rustpython_vm::{
    AsObject, FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyDict, PyStr, PyTuple, PyType},
    common::lock::PyRwLock,
    function::{FuncArgs, OptionalArg, PyComparisonValue},
    pyclass,
    types::{Comparable, Constructor, Initializer, PyComparisonOp, Representable},
};

use crate::engine::http::Timeouts;
use crate::modules::class::{make_mutable, reduce, restore};
use crate::modules::convert::{seconds, seconds_object};

const PHASES: [&str; 4] = ["connect", "read", "write", "pool"];

/// Timeout(timeout=..., *, connect=..., read=..., write=..., pool=...)
/// --
///
/// How long to wait, in seconds; None for ever.
///
/// Either a default for all four comes first, or all four are given.
#[pyclass(module = "httpx", name = "Timeout", unhashable = true)]
#[derive(PyPayload, Default)]
pub(super) struct Timeout {
    phases: PyRwLock<Phases>,
}

/// The timeouts, and the objects that gave them: `Timeout(5).read` is 5, not 5.0.
#[derive(Clone, Default)]
struct Phases {
    timeouts: Timeouts,
    given: [Option<PyObjectRef>; 4],
}

impl fmt::Debug for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Timeout")
    }
}

impl From<Phases> for Timeout {
    fn from(phases: Phases) -> Self {
        Self {
            phases: PyRwLock::new(phases),
        }
    }
}

impl Timeout {
    /// What a client's `timeout` becomes.
    ///
    /// # Errors
    /// As [`parse_timeout`].
    pub(super) fn of(value: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        Phases::parse(value, Timeouts::default(), vm).map(Self::from)
    }

    /// What it says now.
    pub(super) fn timeouts(&self) -> Timeouts {
        self.phases.read().timeouts
    }
}

impl From<Timeouts> for Timeout {
    fn from(timeouts: Timeouts) -> Self {
        let given = Default::default();
        Self::from(Phases { timeouts, given })
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

impl Phases {
    fn set(&mut self, phase: usize, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let name = PHASES[phase];
        *field(&mut self.timeouts, name) = seconds(&value, name, vm)?;
        self.given[phase] = Some(value);
        Ok(())
    }

    fn get(&self, phase: usize, vm: &VirtualMachine) -> PyObjectRef {
        let mut timeouts = self.timeouts;
        let duration = *field(&mut timeouts, PHASES[phase]);
        let given = self.given[phase].clone();
        given.unwrap_or_else(|| seconds_object(duration, vm))
    }

    fn parse(value: &PyObject, base: Timeouts, vm: &VirtualMachine) -> PyResult<Self> {
        if let Some(timeout) = value.downcast_ref::<Timeout>() {
            return Ok(timeout.phases.read().clone());
        }
        let mut phases = Self {
            timeouts: base,
            ..Self::default()
        };
        if let Some(dict) = value.downcast_ref::<PyDict>() {
            phases.set_from_dict(dict, vm)?;
        } else if let Some(tuple) = value.downcast_ref::<PyTuple>() {
            phases.timeouts = Timeouts::all(None);
            phases.set_from_tuple(tuple.as_slice(), vm)?;
        } else {
            phases.timeouts = Timeouts::all(seconds(value, "timeout", vm)?);
            phases.given = std::array::from_fn(|_| Some(value.to_owned()));
        }
        Ok(phases)
    }

    fn set_from_dict(&mut self, dict: &Py<PyDict>, vm: &VirtualMachine) -> PyResult<()> {
        for (key, value) in dict {
            let name = key.downcast_ref::<PyStr>().and_then(|key| key.to_str());
            match PHASES.iter().position(|phase| Some(*phase) == name) {
                Some(phase) => self.set(phase, value, vm)?,
                None => {
                    let key = key.repr(vm)?;
                    let message =
                        format!("a timeout dict has connect, read, write and pool, not {key}");
                    return Err(vm.new_value_error(message));
                }
            }
        }
        Ok(())
    }

    fn set_from_tuple(&mut self, items: &[PyObjectRef], vm: &VirtualMachine) -> PyResult<()> {
        if !(2..=4).contains(&items.len()) {
            let message = "a timeout tuple is (connect, read), (connect, read, write) or \
                           (connect, read, write, pool)";
            return Err(vm.new_value_error(message));
        }
        for (phase, item) in items.iter().enumerate() {
            self.set(phase, item.clone(), vm)?;
        }
        Ok(())
    }
}

/// The timeouts that an argument gives: a number, None, a tuple of two to four, a dict with any of
/// connect, read, write and pool (the rest keep `base`), or a Timeout.
pub(super) fn parse_timeout(
    value: &PyObject,
    base: Timeouts,
    vm: &VirtualMachine,
) -> PyResult<Timeouts> {
    Phases::parse(value, base, vm).map(|phases| phases.timeouts)
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
    fn parse(self, vm: &VirtualMachine) -> PyResult<Phases> {
        let given = [self.connect, self.read, self.write, self.pool];
        let mut phases = match self.timeout {
            OptionalArg::Present(timeout) => {
                let is_timeout = timeout.downcast_ref::<Timeout>().is_some();
                if is_timeout && given.iter().any(OptionalArg::is_present) {
                    let message = "a Timeout says all four already".into();
                    let class = vm.ctx.exceptions.assertion_error.to_owned();
                    return Err(vm.new_exception_msg(class, message));
                }
                Phases::parse(&timeout, Timeouts::default(), vm)?
            }
            OptionalArg::Missing if given.iter().all(OptionalArg::is_present) => Phases::default(),
            OptionalArg::Missing => {
                let message = "httpx.Timeout must either include a default, or set all four \
                               parameters explicitly.";
                return Err(vm.new_value_error(message));
            }
        };
        for (phase, value) in given.into_iter().enumerate() {
            if let OptionalArg::Present(value) = value {
                phases.set(phase, value, vm)?;
            }
        }
        Ok(phases)
    }
}

impl Constructor for Timeout {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for Timeout {
    type Args = TimeoutArgs;

    fn init(zelf: &Py<Self>, args: TimeoutArgs, vm: &VirtualMachine) -> PyResult<()> {
        *zelf.phases.write() = args.parse(vm)?;
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
        zelf.phases.read().get(0, vm)
    }

    #[pygetset(setter)]
    fn set_connect(zelf: &Py<Self>, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        zelf.set_phase(0, value, vm)
    }

    /// Seconds of each wait for data of the response.
    #[pygetset]
    fn read(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.phases.read().get(1, vm)
    }

    #[pygetset(setter)]
    fn set_read(zelf: &Py<Self>, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        zelf.set_phase(1, value, vm)
    }

    /// Seconds of each wait for the server to take data.
    #[pygetset]
    fn write(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.phases.read().get(2, vm)
    }

    #[pygetset(setter)]
    fn set_write(zelf: &Py<Self>, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        zelf.set_phase(2, value, vm)
    }

    /// Seconds to wait for a connection of the pool.
    #[pygetset]
    fn pool(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.phases.read().get(3, vm)
    }

    #[pygetset(setter)]
    fn set_pool(zelf: &Py<Self>, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        zelf.set_phase(3, value, vm)
    }

    /// The four as a dict.
    #[pymethod]
    fn as_dict(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let phases = zelf.phases.read().clone();
        let dict = vm.ctx.new_dict();
        for (phase, name) in PHASES.into_iter().enumerate() {
            dict.set_item(name, phases.get(phase, vm), vm)?;
        }
        Ok(dict.into())
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        reduce(zelf.as_object(), vec![Self::as_dict(zelf, vm)?], vm)
    }

    #[pymethod]
    fn __setstate__(zelf: &Py<Self>, state: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let [held] = restore(zelf.as_object(), &state, vm)?;
        *zelf.phases.write() = Phases::parse(&held, Timeouts::default(), vm)?;
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

impl Timeout {
    fn set_phase(&self, phase: usize, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        // Not under the lock: what __float__ of a script's class does is its own affair.
        let mut phases = self.phases.read().clone();
        phases.set(phase, value, vm)?;
        *self.phases.write() = phases;
        Ok(())
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
            let equal =
                other.is_some_and(|it| it.phases.read().timeouts == zelf.phases.read().timeouts);
            Ok(PyComparisonValue::Implemented(equal))
        })
    }
}

impl Representable for Timeout {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let phases = zelf.phases.read().clone();
        let class = zelf.class();
        let class = class.name();
        let connect = phases.timeouts.connect;
        if phases.timeouts == Timeouts::all(connect) {
            let all = phases.get(0, vm).str(vm)?;
            return Ok(format!("{class}(timeout={all})"));
        }
        let mut items = Vec::new();
        for (phase, name) in PHASES.into_iter().enumerate() {
            items.push(format!("{name}={}", phases.get(phase, vm).str(vm)?));
        }
        Ok(format!("{class}({})", items.join(", ")))
    }
}
