//! `httpx.Headers`.

use std::fmt;

use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, atomic_func,
    builtins::{PyBytesRef, PyDictRef, PyListRef, PyStrRef, PyType},
    common::lock::PyRwLock,
    function::{FuncArgs, OptionalArg, PyComparisonValue},
    protocol::{PyMappingMethods, PySequenceMethods},
    pyclass,
    types::{
        AsMapping, AsSequence, Comparable, Constructor, Initializer, Iterable, PyComparisonOp,
        Representable,
    },
};

use crate::engine::http::headers::HeaderList;
use crate::modules::convert::{given, header_str, new_bytes, new_str};
use crate::modules::fields::{name_of, parse_fields, value_of};

/// Headers(headers=None): HTTP header fields, a case-insensitive multidict.
///
/// Takes a mapping, a list of pairs, or other Headers; str or bytes alike.
#[pyclass(module = "httpx", name = "Headers", unhashable = true)]
#[derive(PyPayload, Default)]
pub(super) struct Headers {
    list: PyRwLock<HeaderList>,
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Headers")
    }
}

impl From<HeaderList> for Headers {
    fn from(list: HeaderList) -> Self {
        Self {
            list: PyRwLock::new(list),
        }
    }
}

impl Headers {
    /// A copy of what it holds now.
    pub(super) fn to_list(&self) -> HeaderList {
        self.list.read().clone()
    }

    pub(super) fn replace(&self, list: HeaderList) {
        *self.list.write() = list;
    }

    fn get_item(&self, name: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyStrRef>> {
        // Before the lock: a bytes-like object may be a script's own class.
        let key = name_of(name, vm)?;
        let value = self.list.read().get(&key);
        Ok(value.map(|value| header_str(&value, vm)))
    }

    fn set_item(
        &self,
        name: &PyObject,
        value: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let key = name_of(name, vm)?;
        match value {
            Some(value) => {
                let value = value_of(&value, vm)?;
                self.list.write().set(&key, &value);
            }
            None if self.list.write().remove(&key) => {}
            None => return Err(vm.new_key_error(name.to_owned())),
        }
        Ok(())
    }

    fn name_list(&self, vm: &VirtualMachine) -> PyListRef {
        let list = self.list.read();
        let names = list.names().into_iter();
        vm.ctx
            .new_list(names.map(|name| header_str(name, vm).into()).collect())
    }

    /// The fields as a dict, those of one name joined.
    fn to_dict(&self, vm: &VirtualMachine) -> PyResult<PyDictRef> {
        let list = self.list.read();
        let dict = vm.ctx.new_dict();
        for name in list.names() {
            let value = list.get(name).unwrap_or_default();
            let name = header_str(name, vm);
            dict.set_item(name.as_object(), header_str(&value, vm).into(), vm)?;
        }
        Ok(dict)
    }
}

/// The header fields that an argument gives: Headers, a mapping, or pairs.
pub(super) fn parse(value: &PyObject, vm: &VirtualMachine) -> PyResult<HeaderList> {
    match value.downcast_ref::<Headers>() {
        Some(headers) => Ok(headers.to_list()),
        None => parse_fields(value, vm),
    }
}

impl Constructor for Headers {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for Headers {
    type Args = (OptionalArg<PyObjectRef>,);

    fn init(zelf: &Py<Self>, (headers,): Self::Args, vm: &VirtualMachine) -> PyResult<()> {
        if let Some(headers) = given(headers, vm) {
            zelf.replace(parse(&headers, vm)?);
        }
        Ok(())
    }
}

#[pyclass(
    with(
        AsMapping,
        AsSequence,
        Comparable,
        Constructor,
        Initializer,
        Iterable,
        Representable
    ),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Headers {
    /// The value of a field, its repetitions joined by ", ".
    #[pymethod]
    fn get(
        zelf: &Py<Self>,
        key: PyObjectRef,
        default: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult {
        let value = zelf.get_item(&key, vm)?;
        Ok(value.map_or_else(|| default.unwrap_or_none(vm), Into::into))
    }

    /// The names, in lower case, each once.
    #[pymethod]
    fn keys(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        vm.call_method(zelf.to_dict(vm)?.as_object(), "keys", ())
    }

    /// The values, those of one name joined.
    #[pymethod]
    fn values(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        vm.call_method(zelf.to_dict(vm)?.as_object(), "values", ())
    }

    /// Pairs of name and value, those of one name joined.
    #[pymethod]
    fn items(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        vm.call_method(zelf.to_dict(vm)?.as_object(), "items", ())
    }

    /// Takes all fields away.
    #[pymethod]
    fn clear(zelf: &Py<Self>) {
        zelf.replace(HeaderList::default());
    }

    /// Pairs of name and value, one for each field.
    #[pymethod]
    fn multi_items(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        let list = zelf.list.read();
        let pairs = list.fields().iter().map(|field| {
            let name = header_str(&field.name, vm).into();
            let value = header_str(&field.value, vm).into();
            vm.ctx.new_tuple(vec![name, value]).into()
        });
        vm.ctx.new_list(pairs.collect())
    }

    /// The values of a name, each by itself; with split_commas=True, also cut at commas.
    #[pymethod]
    fn get_list(zelf: &Py<Self>, args: GetListArgs, vm: &VirtualMachine) -> PyResult<PyListRef> {
        let key = name_of(&args.key, vm)?;
        let list = zelf.list.read();
        let mut values: Vec<PyObjectRef> = Vec::new();
        for value in list.values_of(&key) {
            if args.split_commas {
                let items = value.split(|&byte| byte == b',');
                values.extend(items.map(|it| header_str(it.trim_ascii(), vm).into()));
            } else {
                values.push(header_str(value, vm).into());
            }
        }
        Ok(vm.ctx.new_list(values))
    }

    /// Puts the fields of another mapping in the place of those of their names.
    #[pymethod]
    fn update(
        zelf: &Py<Self>,
        headers: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        if let Some(headers) = given(headers, vm) {
            let other = parse(&headers, vm)?;
            zelf.list.write().update(&other);
        }
        Ok(())
    }

    /// The value of a field, which is set to `default` first if it is missing.
    #[pymethod]
    fn setdefault(
        zelf: &Py<Self>,
        key: PyObjectRef,
        default: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult {
        if let Some(value) = zelf.get_item(&key, vm)? {
            return Ok(value.into());
        }
        zelf.set_item(&key, Some(default.clone()), vm)?;
        Ok(default)
    }

    /// Takes a field away and returns its value, or `default`.
    #[pymethod]
    fn pop(
        zelf: &Py<Self>,
        key: PyObjectRef,
        default: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult {
        match (zelf.get_item(&key, vm)?, default) {
            (Some(value), _) => {
                zelf.set_item(&key, None, vm)?;
                Ok(value.into())
            }
            (None, OptionalArg::Present(default)) => Ok(default),
            (None, OptionalArg::Missing) => Err(vm.new_key_error(key)),
        }
    }

    /// Other Headers with the same fields.
    #[pymethod]
    fn copy(zelf: &Py<Self>, vm: &VirtualMachine) -> PyRef<Self> {
        Self::from(zelf.to_list()).into_ref(&vm.ctx)
    }

    /// Pairs of bytes, as they were given or came.
    #[pygetset]
    fn raw(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        let list = zelf.list.read();
        let bytes = |data: &[u8]| -> PyBytesRef { new_bytes(data, vm) };
        let pairs = list.fields().iter().map(|field| {
            let pair = vec![bytes(&field.raw_name).into(), bytes(&field.value).into()];
            vm.ctx.new_tuple(pair).into()
        });
        vm.ctx.new_list(pairs.collect())
    }

    /// The encoding that all fields have: "ascii", "utf-8" or "iso-8859-1".
    #[pygetset]
    fn encoding(zelf: &Py<Self>) -> &'static str {
        let list = zelf.list.read();
        let all = |test: fn(&[u8]) -> bool| {
            let mut fields = list.fields().iter();
            fields.all(|field| test(&field.raw_name) && test(&field.value))
        };
        if all(<[u8]>::is_ascii) {
            "ascii"
        } else if all(|bytes| std::str::from_utf8(bytes).is_ok()) {
            "utf-8"
        } else {
            "iso-8859-1"
        }
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> (PyObjectRef, PyObjectRef) {
        let args = vm.ctx.new_tuple(vec![Self::raw(zelf, vm).into()]);
        (zelf.class().to_owned().into(), args.into())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}

#[derive(rustpython_vm::FromArgs)]
struct GetListArgs {
    #[pyarg(any)]
    key: PyObjectRef,
    #[pyarg(any, default = false)]
    split_commas: bool,
}

impl AsMapping for Headers {
    fn as_mapping() -> &'static PyMappingMethods {
        static METHODS: PyMappingMethods = PyMappingMethods {
            length: atomic_func!(|mapping, _vm| {
                Ok(Headers::mapping_downcast(mapping).list.read().names().len())
            }),
            subscript: atomic_func!(|mapping, key, vm| {
                let value = Headers::mapping_downcast(mapping).get_item(key, vm)?;
                let value = value.ok_or_else(|| vm.new_key_error(key.to_owned()))?;
                Ok(value.into())
            }),
            ass_subscript: atomic_func!(|mapping, key, value, vm| {
                Headers::mapping_downcast(mapping).set_item(key, value, vm)
            }),
        };
        &METHODS
    }
}

impl AsSequence for Headers {
    fn as_sequence() -> &'static PySequenceMethods {
        static METHODS: PySequenceMethods = PySequenceMethods {
            contains: atomic_func!(|sequence, key, vm| {
                let value = Headers::sequence_downcast(sequence).get_item(key, vm)?;
                Ok(value.is_some())
            }),
            ..PySequenceMethods::NOT_IMPLEMENTED
        };
        &METHODS
    }
}

impl Iterable for Headers {
    fn iter(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult {
        let names: PyObjectRef = zelf.name_list(vm).into();
        Ok(names.get_iter(vm)?.into())
    }
}

impl Comparable for Headers {
    fn cmp(
        zelf: &Py<Self>,
        other: &PyObject,
        op: PyComparisonOp,
        vm: &VirtualMachine,
    ) -> PyResult<PyComparisonValue> {
        op.eq_only(|| {
            let other = match parse(other, vm) {
                Ok(other) => other,
                // Something else altogether is not equal; what a script's code raises comes out.
                Err(error)
                    if error.fast_isinstance(vm.ctx.exceptions.type_error)
                        || error.fast_isinstance(vm.ctx.exceptions.value_error) =>
                {
                    return Ok(PyComparisonValue::Implemented(false));
                }
                Err(error) => return Err(error),
            };
            let sorted = |list: &HeaderList| {
                let fields = list.fields().iter();
                let mut pairs: Vec<_> = fields
                    .map(|field| (field.name.clone(), field.value.clone()))
                    .collect();
                pairs.sort();
                pairs
            };
            let equal = sorted(&zelf.list.read()) == sorted(&other);
            Ok(PyComparisonValue::Implemented(equal))
        })
    }
}

impl Representable for Headers {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let list = zelf.list.read();
        let unique = list.names().len() == list.fields().len();
        let (open, between, close) = if unique {
            ("{", ": ", "}")
        } else {
            ("[", ", ", "]")
        };
        let mut items = Vec::new();
        for field in list.fields() {
            let value = if HeaderList::is_secret(&field.name) {
                new_str("[secure]", vm)
            } else {
                header_str(&field.value, vm)
            };
            let name = header_str(&field.name, vm).as_object().repr(vm)?;
            let value = value.as_object().repr(vm)?;
            let item = format!("{name}{between}{value}");
            items.push(if unique { item } else { format!("({item})") });
        }
        drop(list);
        let items = items.join(", ");
        let encoding = match Self::encoding(zelf) {
            "ascii" => String::new(),
            other => format!(", encoding='{other}'"),
        };
        Ok(format!("Headers({open}{items}{close}{encoding})"))
    }
}
