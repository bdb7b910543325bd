//! `httpx.Limits`.

use std::fmt;
use std::time::Duration;

use rustpython_vm::{
    AsObject, FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::PyType,
    common::lock::PyRwLock,
    function::{FuncArgs, OptionalArg, PyComparisonValue},
    pyclass,
    types::{Comparable, Constructor, Initializer, PyComparisonOp, Representable},
};

use crate::engine::http::Limits as EngineLimits;
use crate::modules::class::{make_mutable, reduce, restore};
use crate::modules::convert::{seconds, seconds_object};

/// Limits(*, max_connections=None, max_keepalive_connections=None, keepalive_expiry=5.0)
/// --
///
/// How many connections a client may have open, and keep open; None for any number.
#[pyclass(module = "httpx", name = "Limits", unhashable = true)]
#[derive(PyPayload)]
pub(super) struct Limits {
    limits: PyRwLock<EngineLimits>,
    /// The object that gave the expiry: of `Limits(keepalive_expiry=5)` it is 5, not 5.0.
    keepalive_expiry: PyRwLock<Option<PyObjectRef>>,
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
            keepalive_expiry: PyRwLock::new(None),
        })
    }
}

impl Initializer for Limits {
    type Args = LimitsArgs;

    fn init(zelf: &Py<Self>, args: LimitsArgs, vm: &VirtualMachine) -> PyResult<()> {
        {
            let mut limits = zelf.limits.write();
            limits.max_connections = args.max_connections;
            limits.max_keepalive_connections = args.max_keepalive_connections;
        }
        match args.keepalive_expiry {
            OptionalArg::Present(expiry) => Self::set_keepalive_expiry(zelf, expiry, vm),
            OptionalArg::Missing => Ok(()),
        }
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

    #[pygetset(setter)]
    fn set_max_connections(zelf: &Py<Self>, value: Option<usize>) {
        zelf.limits.write().max_connections = value;
    }

    /// How many idle connections are kept.
    #[pygetset]
    fn max_keepalive_connections(zelf: &Py<Self>) -> Option<usize> {
        zelf.limits.read().max_keepalive_connections
    }

    #[pygetset(setter)]
    fn set_max_keepalive_connections(zelf: &Py<Self>, value: Option<usize>) {
        zelf.limits.write().max_keepalive_connections = value;
    }

    /// Seconds for which an idle connection is kept.
    #[pygetset]
    fn keepalive_expiry(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        let given = zelf.keepalive_expiry.read().clone();
        given.unwrap_or_else(|| seconds_object(zelf.engine().keepalive_expiry, vm))
    }

    #[pygetset(setter)]
    fn set_keepalive_expiry(
        zelf: &Py<Self>,
        value: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let expiry = seconds(&value, "keepalive_expiry", vm)?;
        zelf.limits.write().keepalive_expiry = expiry;
        *zelf.keepalive_expiry.write() = Some(value);
        Ok(())
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let limits = zelf.engine();
        let number = |value: Option<usize>| vm.unwrap_or_none(value.map(|it| vm.new_pyobj(it)));
        let held = vec![
            number(limits.max_connections),
            number(limits.max_keepalive_connections),
            Self::keepalive_expiry(zelf, vm),
        ];
        reduce(zelf.as_object(), held, vm)
    }

    #[pymethod]
    fn __setstate__(zelf: &Py<Self>, state: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let [connections, keepalive, expiry] = restore(zelf.as_object(), &state, vm)?;
        Self::set_max_connections(zelf, connections.try_into_value(vm)?);
        Self::set_max_keepalive_connections(zelf, keepalive.try_into_value(vm)?);
        Self::set_keepalive_expiry(zelf, expiry, vm)
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
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
            "{}(max_connections={}, max_keepalive_connections={}, keepalive_expiry={})",
            zelf.class().name(),
            number(limits.max_connections),
            number(limits.max_keepalive_connections),
            Self::keepalive_expiry(zelf, vm).str(vm)?,
        ))
    }
}
