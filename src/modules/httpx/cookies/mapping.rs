//! `httpx.Cookies` as a mutable mapping.
//!
//! What a subclass overrides of `set`, `get` and `delete` is what the operators do.

use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, atomic_func,
    builtins::PyDictRef,
    function::{OptionalArg, PyComparisonValue},
    protocol::{PyMappingMethods, PySequenceMethods},
    pyclass,
    types::{AsMapping, AsSequence, Comparable, Iterable, PyComparisonOp, Representable},
};

use super::Cookies;

fn get_item(cookies: &PyObject, name: &PyObject, vm: &VirtualMachine) -> PyResult {
    let value = vm.call_method(cookies, "get", (name.to_owned(),))?;
    if vm.is_none(&value) {
        return Err(vm.new_key_error(name.to_owned()));
    }
    Ok(value)
}

fn has_item(cookies: &PyObject, name: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    found(get_item(cookies, name, vm), vm).map(|value| value.is_some())
}

/// `None` for a KeyError.
fn found(value: PyResult, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    match value {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.fast_isinstance(vm.ctx.exceptions.key_error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn view(class: &'static str, cookies: &Py<Cookies>, vm: &VirtualMachine) -> PyResult {
    let class = vm.import("_collections_abc", 0)?.get_attr(class, vm)?;
    class.call((cookies.to_owned(),), vm)
}

fn to_dict(mapping: &PyObject, vm: &VirtualMachine) -> PyResult<PyDictRef> {
    let items = vm.call_method(mapping, "items", ())?;
    let dict = vm.ctx.types.dict_type.as_object().call((items,), vm)?;
    dict.try_into_value(vm)
}

/// The methods of `MutableMapping` that are made of others.
#[pyclass]
pub(super) trait Views: PyPayload {
    /// The names, one for each cookie.
    #[pymethod]
    fn keys(zelf: PyRef<Cookies>, vm: &VirtualMachine) -> PyResult {
        view("KeysView", &zelf, vm)
    }

    /// The values.
    #[pymethod]
    fn values(zelf: PyRef<Cookies>, vm: &VirtualMachine) -> PyResult {
        view("ValuesView", &zelf, vm)
    }

    /// Pairs of name and value.
    #[pymethod]
    fn items(zelf: PyRef<Cookies>, vm: &VirtualMachine) -> PyResult {
        view("ItemsView", &zelf, vm)
    }

    /// Takes the cookies of a name away and returns the value, or `default`.
    #[pymethod]
    fn pop(
        zelf: PyRef<Cookies>,
        key: PyObjectRef,
        default: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult {
        let value = found(get_item(zelf.as_object(), &key, vm), vm)?;
        match (value, default) {
            (Some(value), _) => {
                zelf.as_object().del_item(&*key, vm)?;
                Ok(value)
            }
            (None, OptionalArg::Present(default)) => Ok(default),
            (None, OptionalArg::Missing) => Err(vm.new_key_error(key)),
        }
    }

    /// Takes the first cookie's name away and returns it with its value.
    #[pymethod]
    fn popitem(zelf: PyRef<Cookies>, vm: &VirtualMachine) -> PyResult<(PyObjectRef, PyObjectRef)> {
        let names: Vec<PyObjectRef> = zelf.as_object().try_to_value(vm)?;
        let Some(name) = names.into_iter().next() else {
            let message = "popitem(): there are no cookies";
            return Err(vm.new_key_error(vm.ctx.new_str(message).into()));
        };
        let value = get_item(zelf.as_object(), &name, vm)?;
        zelf.as_object().del_item(&*name, vm)?;
        Ok((name, value))
    }

    /// The value of a cookie, which is set to `default` first if it is missing.
    #[pymethod]
    fn setdefault(
        zelf: PyRef<Cookies>,
        key: PyObjectRef,
        default: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult {
        if let Some(value) = found(get_item(zelf.as_object(), &key, vm), vm)? {
            return Ok(value);
        }
        let default = default.unwrap_or_none(vm);
        zelf.as_object().set_item(&*key, default.clone(), vm)?;
        Ok(default)
    }
}

impl Views for Cookies {}

impl AsMapping for Cookies {
    fn as_mapping() -> &'static PyMappingMethods {
        static METHODS: PyMappingMethods = PyMappingMethods {
            length: atomic_func!(|mapping, vm| {
                let cookies = Cookies::mapping_downcast(mapping);
                Ok(cookies.seen(|_| true, vm)?.len())
            }),
            subscript: atomic_func!(|mapping, key, vm| {
                get_item(Cookies::mapping_downcast(mapping).as_object(), key, vm)
            }),
            ass_subscript: atomic_func!(|mapping, key, value, vm| {
                let cookies = Cookies::mapping_downcast(mapping).as_object();
                match value {
                    Some(value) => vm.call_method(cookies, "set", (key.to_owned(), value))?,
                    None => vm.call_method(cookies, "delete", (key.to_owned(),))?,
                };
                Ok(())
            }),
        };
        &METHODS
    }
}

impl AsSequence for Cookies {
    fn as_sequence() -> &'static PySequenceMethods {
        static METHODS: PySequenceMethods = PySequenceMethods {
            contains: atomic_func!(|sequence, key, vm| {
                has_item(Cookies::sequence_downcast(sequence).as_object(), key, vm)
            }),
            ..PySequenceMethods::NOT_IMPLEMENTED
        };
        &METHODS
    }
}

impl Iterable for Cookies {
    fn iter(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        let seen = zelf.seen(|_| true, vm)?;
        let names = seen
            .iter()
            .map(|it| vm.ctx.new_str(it.name.as_str()).into());
        let names: PyObjectRef = vm.ctx.new_list(names.collect()).into();
        Ok(names.get_iter(vm)?.into())
    }
}

impl Comparable for Cookies {
    fn cmp(
        zelf: &Py<Self>,
        other: &PyObject,
        op: PyComparisonOp,
        vm: &VirtualMachine,
    ) -> PyResult<PyComparisonValue> {
        op.eq_only(|| {
            let mapping = vm.import("_collections_abc", 0)?.get_attr("Mapping", vm)?;
            if !other.is_instance(&mapping, vm)? {
                return Ok(PyComparisonValue::NotImplemented);
            }
            let (own, other) = (to_dict(zelf.as_object(), vm)?, to_dict(other, vm)?);
            let equal = vm.bool_eq(own.as_object(), other.as_object())?;
            Ok(PyComparisonValue::Implemented(equal))
        })
    }
}

impl Representable for Cookies {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let seen = zelf.seen(|_| true, vm)?;
        let items = seen.iter().map(|it| {
            let value = it.value.as_deref().unwrap_or("None");
            format!("<Cookie {}={value} for {} />", it.name, it.domain)
        });
        let items: Vec<String> = items.collect();
        Ok(format!("<Cookies[{}]>", items.join(", ")))
    }
}
