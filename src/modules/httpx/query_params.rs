//! `httpx.QueryParams`.

use std::fmt;

use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, atomic_func,
    builtins::{PyDictRef, PyGenericAlias, PyListRef, PyStr, PyStrRef, PyType, PyTypeRef},
    common::{hash::PyHash, lock::PyRwLock},
    function::{FuncArgs, OptionalArg, PyComparisonValue},
    protocol::{PyMappingMethods, PyNumberMethods, PySequenceMethods},
    pyclass,
    types::{
        AsMapping, AsNumber, AsSequence, Comparable, Constructor, Hashable, Initializer, Iterable,
        PyComparisonOp, Representable,
    },
};

use super::query::{parse_params, primitive, str_of};
use crate::engine::http::params::Params;
use crate::modules::class::{make_mutable, reduce, restore};
use crate::modules::convert::{KeyAndDefault, KeyAndValue, given, new_str, utf8};

/// QueryParams(*args, **kwargs)
/// --
///
/// Query parameters, an immutable multidict.
///
/// Takes a query string (str or bytes), a mapping whose values may be lists, or pairs.
#[pyclass(module = "httpx", name = "QueryParams")]
#[derive(PyPayload, Default)]
pub(super) struct QueryParams {
    // A lock, as a subclass may parse in __init__; it is set once.
    params: PyRwLock<Params>,
}

impl fmt::Debug for QueryParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueryParams")
    }
}

impl From<Params> for QueryParams {
    fn from(params: Params) -> Self {
        Self {
            params: PyRwLock::new(params),
        }
    }
}

impl QueryParams {
    /// A copy of what it holds.
    pub(super) fn engine(&self) -> Params {
        self.params.read().clone()
    }

    /// The first value of a name. Only str can be a name.
    fn first(&self, key: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyStrRef>> {
        let Some(name) = key.downcast_ref::<PyStr>() else {
            // As a dict does, for what cannot be a key.
            key.hash(vm)?;
            return Ok(None);
        };
        let name = utf8(name, vm)?;
        let params = self.params.read();
        let value = params.get(name).and_then(<[String]>::first);
        Ok(value.map(|value| new_str(value, vm)))
    }

    fn to_dict(&self, vm: &VirtualMachine) -> PyResult<PyDictRef> {
        let dict = vm.ctx.new_dict();
        for (name, values) in self.params.read().iter() {
            let value = new_str(values.first().map_or("", String::as_str), vm);
            dict.set_item(name, value.into(), vm)?;
        }
        Ok(dict)
    }

    fn sorted_pairs(params: &Params) -> Vec<(&str, &str)> {
        let mut pairs: Vec<_> = params.pairs().collect();
        pairs.sort_unstable();
        pairs
    }

    fn changed(
        &self,
        args: KeyAndValue,
        change: fn(&mut Params, String, String),
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        let (name, value) = name_and_value(args, vm)?;
        let mut params = self.engine();
        change(&mut params, name, value);
        Ok(Self::from(params).into_ref(&vm.ctx))
    }
}

impl Constructor for QueryParams {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for QueryParams {
    type Args = FuncArgs;

    fn init(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let assertion = |message: &str| {
            let class = vm.ctx.exceptions.assertion_error.to_owned();
            vm.new_exception_msg(class, message.into())
        };
        let params = match (&args.args[..], args.kwargs.is_empty()) {
            ([], _) => {
                let dict = vm.ctx.new_dict();
                for (name, value) in args.kwargs {
                    dict.set_item(&name, value, vm)?;
                }
                parse_params(dict.as_object(), vm)?
            }
            ([params], true) if vm.is_none(params) => Params::default(),
            ([params], true) => parse_params(params, vm)?,
            ([_], false) => return Err(assertion("Cannot mix named and unnamed arguments.")),
            _ => return Err(assertion("Too many arguments.")),
        };
        *zelf.params.write() = params;
        Ok(())
    }
}

#[pyclass(
    with(
        AsMapping,
        AsNumber,
        AsSequence,
        Comparable,
        Constructor,
        Hashable,
        Initializer,
        Iterable,
        Representable
    ),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl QueryParams {
    /// For annotations: `QueryParams[str, str]`.
    #[pyclassmethod]
    fn __class_getitem__(
        class: PyTypeRef,
        parameters: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyGenericAlias> {
        PyGenericAlias::from_args(class, parameters, vm)
    }

    /// The names, each once.
    #[pymethod]
    fn keys(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        vm.call_method(zelf.to_dict(vm)?.as_object(), "keys", ())
    }

    /// The first value of each name.
    #[pymethod]
    fn values(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        vm.call_method(zelf.to_dict(vm)?.as_object(), "values", ())
    }

    /// Pairs of each name and its first value.
    #[pymethod]
    fn items(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        vm.call_method(zelf.to_dict(vm)?.as_object(), "items", ())
    }

    /// Pairs of name and value, one for each value.
    #[pymethod]
    fn multi_items(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        let params = zelf.params.read();
        let pairs = params.pairs().map(|(name, value)| {
            let pair = vec![new_str(name, vm).into(), new_str(value, vm).into()];
            vm.ctx.new_tuple(pair).into()
        });
        vm.ctx.new_list(pairs.collect())
    }

    /// The first value of a name, or `default`.
    #[pymethod]
    fn get(zelf: &Py<Self>, args: KeyAndDefault, vm: &VirtualMachine) -> PyResult {
        let value = zelf.first(&args.key, vm)?;
        Ok(value.map_or_else(|| args.default.unwrap_or_none(vm), Into::into))
    }

    /// All values of a name.
    #[pymethod]
    fn get_list(zelf: &Py<Self>, key: PyObjectRef, vm: &VirtualMachine) -> PyResult<PyListRef> {
        let name = str_of(&key, vm)?;
        let params = zelf.params.read();
        let values = params.get(&name).unwrap_or_default().iter();
        let values = values.map(|value| new_str(value, vm).into());
        Ok(vm.ctx.new_list(values.collect()))
    }

    /// Other QueryParams in which a name has this one value.
    #[pymethod]
    fn set(zelf: &Py<Self>, args: KeyAndValue, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        zelf.changed(args, Params::set, vm)
    }

    /// Other QueryParams in which a name has one value more.
    #[pymethod]
    fn add(zelf: &Py<Self>, args: KeyAndValue, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        zelf.changed(args, Params::append, vm)
    }

    /// Other QueryParams without a name.
    #[pymethod]
    fn remove(zelf: &Py<Self>, key: PyObjectRef, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        let name = str_of(&key, vm)?;
        let mut params = zelf.engine();
        params.remove(&name);
        Ok(Self::from(params).into_ref(&vm.ctx))
    }

    /// Other QueryParams in which those of `params` replace these of the same name.
    #[pymethod]
    fn merge(zelf: &Py<Self>, args: MergeArgs, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        let merged = match given(args.params, vm) {
            Some(params) => zelf.engine().merge(&parse_params(&params, vm)?),
            None => zelf.engine(),
        };
        Ok(Self::from(merged).into_ref(&vm.ctx))
    }

    /// Raises RuntimeError: query parameters cannot be changed.
    #[pymethod]
    fn update(_zelf: &Py<Self>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        Err(immutable("q = q.merge(...)", vm))
    }

    #[pymethod]
    fn __str__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        new_str(&zelf.params.read().encode(), vm)
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        reduce(
            zelf.as_object(),
            vec![Self::multi_items(zelf, vm).into()],
            vm,
        )
    }

    #[pymethod]
    fn __setstate__(zelf: &Py<Self>, state: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let [pairs] = restore(zelf.as_object(), &state, vm)?;
        *zelf.params.write() = parse_params(&pairs, vm)?;
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

pub(super) fn name_and_value(args: KeyAndValue, vm: &VirtualMachine) -> PyResult<(String, String)> {
    let value = args.value.unwrap_or_none(vm);
    Ok((str_of(&args.key, vm)?, primitive(&value, vm)?))
}

#[derive(rustpython_vm::FromArgs)]
struct MergeArgs {
    #[pyarg(any, optional, py_default = "None")]
    params: OptionalArg<PyObjectRef>,
}

fn immutable(instead: &str, vm: &VirtualMachine) -> rustpython_vm::builtins::PyBaseExceptionRef {
    vm.new_runtime_error(format!(
        "QueryParams are immutable since 0.18.0. Use `{instead}` to create an updated copy."
    ))
}

impl AsMapping for QueryParams {
    fn as_mapping() -> &'static PyMappingMethods {
        static METHODS: PyMappingMethods = PyMappingMethods {
            length: atomic_func!(|mapping, _vm| {
                Ok(QueryParams::mapping_downcast(mapping).params.read().len())
            }),
            subscript: atomic_func!(|mapping, key, vm| {
                let value = QueryParams::mapping_downcast(mapping).first(key, vm)?;
                let value = value.ok_or_else(|| vm.new_key_error(key.to_owned()))?;
                Ok(value.into())
            }),
            ass_subscript: atomic_func!(|_mapping, _key, value, vm| {
                Err(match value {
                    Some(_) => immutable("q = q.set(key, value)", vm),
                    None => immutable("q = q.remove(key)", vm),
                })
            }),
        };
        &METHODS
    }
}

impl AsNumber for QueryParams {
    fn as_number() -> &'static PyNumberMethods {
        static METHODS: PyNumberMethods = PyNumberMethods {
            boolean: Some(|number, _vm| {
                let zelf = number.obj.downcast_ref::<QueryParams>();
                Ok(zelf.is_some_and(|zelf| !zelf.params.read().is_empty()))
            }),
            ..PyNumberMethods::NOT_IMPLEMENTED
        };
        &METHODS
    }
}

impl AsSequence for QueryParams {
    fn as_sequence() -> &'static PySequenceMethods {
        static METHODS: PySequenceMethods = PySequenceMethods {
            contains: atomic_func!(|sequence, key, vm| {
                let value = QueryParams::sequence_downcast(sequence).first(key, vm)?;
                Ok(value.is_some())
            }),
            ..PySequenceMethods::NOT_IMPLEMENTED
        };
        &METHODS
    }
}

impl Iterable for QueryParams {
    fn iter(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        let dict: PyObjectRef = zelf.to_dict(vm)?.into();
        Ok(dict.get_iter(vm)?.into())
    }
}

impl Comparable for QueryParams {
    fn cmp(
        zelf: &Py<Self>,
        other: &PyObject,
        op: PyComparisonOp,
        _vm: &VirtualMachine,
    ) -> PyResult<PyComparisonValue> {
        op.eq_only(|| {
            let Some(other) = other.downcast_ref::<Self>() else {
                return Ok(PyComparisonValue::Implemented(false));
            };
            let (own, other) = (zelf.engine(), other.engine());
            let equal = Self::sorted_pairs(&own) == Self::sorted_pairs(&other);
            Ok(PyComparisonValue::Implemented(equal))
        })
    }
}

impl Hashable for QueryParams {
    fn hash(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyHash> {
        Self::__str__(zelf, vm).as_object().hash(vm)
    }
}

impl Representable for QueryParams {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let text = Self::__str__(zelf, vm);
        let class = zelf.class();
        Ok(format!("{}({})", class.name(), text.as_object().repr(vm)?))
    }
}
