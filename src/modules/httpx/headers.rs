//! `httpx.Headers`.

use std::fmt;

use indexmap::IndexMap;
use indexmap::map::Entry;
use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, atomic_func,
    builtins::{PyDict, PyDictRef, PyGenericAlias, PyListRef, PyStrRef, PyType, PyTypeRef},
    common::lock::PyRwLock,
    function::{FuncArgs, OptionalArg, PyComparisonValue, PySetterValue},
    protocol::{PyMappingMethods, PySequenceMethods},
    pyclass,
    types::{
        AsMapping, AsSequence, Comparable, Constructor, Initializer, Iterable, PyComparisonOp,
        Representable,
    },
};

use super::header_codec::Codec;
use crate::engine::http::headers::HeaderList;
use crate::modules::class::{make_mutable, reduce, restore};
use crate::modules::convert::{KeyAndDefault, given, new_bytes, new_str};
use crate::modules::fields::items_of;

/// Headers(headers=None, encoding=None)
/// --
///
/// HTTP header fields, a case-insensitive multidict.
///
/// Takes a mapping, a list of pairs, or other Headers; str or bytes alike.
#[pyclass(module = "httpx", name = "Headers", unhashable = true)]
#[derive(PyPayload, Default)]
pub(super) struct Headers {
    list: PyRwLock<HeaderList>,
    /// The one that was asked for; else it follows from the fields.
    encoding: PyRwLock<Option<PyStrRef>>,
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
            encoding: PyRwLock::new(None),
        }
    }
}

impl Headers {
    /// A copy of what it holds now.
    pub(super) fn to_list(&self) -> HeaderList {
        self.list.read().clone()
    }

    /// A copy for a request. The fields are checked once, not for each copy.
    pub(super) fn to_request(&self) -> HeaderList {
        {
            let list = self.list.read();
            if list.is_checked() {
                return list.to_request();
            }
        }
        let mut list = self.list.write();
        list.check();
        list.to_request()
    }

    pub(super) fn replace(&self, list: HeaderList) {
        *self.list.write() = list;
    }

    fn asked_codec(&self) -> Option<Codec> {
        self.encoding.read().as_ref().map(Codec::named)
    }

    /// The encoding that reading uses. Codecs of Python run outside of the lock: `list` is a copy.
    fn codec(&self, list: &HeaderList) -> Codec {
        self.asked_codec().unwrap_or_else(|| Codec::of(list))
    }

    fn get_item(&self, name: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyStrRef>> {
        // Before the lock: a bytes-like object may be a script's own class.
        let key = self.key_of(name, vm)?;
        let asked = self.asked_codec();
        let found = {
            let list = self.list.read();
            let codec = || asked.unwrap_or_else(|| Codec::of(&list));
            list.get(&key).map(|value| (value, codec()))
        };
        found
            .map(|(value, codec)| codec.decode(&value, vm))
            .transpose()
    }

    /// The bytes under which a name is looked up or set.
    fn key_of(&self, name: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
        let codec = self.asked_codec().unwrap_or(Codec::Utf8);
        codec.bytes_of(name, "Header name", vm)
    }

    fn set_item(
        &self,
        name: &PyObject,
        value: Option<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let key = self.key_of(name, vm)?;
        match value {
            Some(value) => {
                let codec = self.asked_codec().unwrap_or(Codec::Utf8);
                let value = codec.bytes_of(&value, "Header value", vm)?;
                self.list.write().set(&key, &value);
            }
            None if self.list.write().remove(&key) => {}
            None => return Err(vm.new_key_error(name.to_owned())),
        }
        Ok(())
    }

    /// The fields as a dict, those of one name joined.
    pub(super) fn to_dict(&self, vm: &VirtualMachine) -> PyResult<PyDictRef> {
        let list = self.to_list();
        let codec = self.codec(&list);
        let dict = vm.ctx.new_dict();
        let mut joined: IndexMap<&[u8], Vec<u8>> = IndexMap::with_capacity(list.len());
        for field in list.fields() {
            match joined.entry(field.name) {
                Entry::Vacant(entry) => drop(entry.insert(field.value.to_vec())),
                Entry::Occupied(mut entry) => {
                    entry.get_mut().extend_from_slice(b", ");
                    entry.get_mut().extend_from_slice(field.value);
                }
            }
        }
        for (name, value) in joined {
            let name = codec.decode(name, vm)?;
            dict.set_item(name.as_object(), codec.decode(&value, vm)?.into(), vm)?;
        }
        Ok(dict)
    }
}

/// The header fields that an argument gives: Headers, a mapping, or pairs.
pub(super) fn parse(value: &PyObject, vm: &VirtualMachine) -> PyResult<HeaderList> {
    parse_in(&Codec::Ascii, value, vm)
}

/// As [`parse`], with what is str encoded by a codec.
fn parse_in(codec: &Codec, value: &PyObject, vm: &VirtualMachine) -> PyResult<HeaderList> {
    if let Some(headers) = value.downcast_ref::<Headers>() {
        return Ok(headers.to_list());
    }
    let mut list = HeaderList::default();
    let mut append = |name: &PyObject, value: &PyObject| -> PyResult<()> {
        let name = codec.bytes_of(name, "Header name", vm)?;
        list.append(&name, &codec.bytes_of(value, "Header value", vm)?);
        Ok(())
    };
    if let Some(dict) = value.downcast_ref::<PyDict>() {
        for (name, value) in dict {
            append(&name, &value)?;
        }
        return Ok(list);
    }
    let pairs: Vec<PyObjectRef> = items_of(value, vm)?.try_to_value(vm)?;
    for pair in pairs {
        let pair: Vec<PyObjectRef> = pair.try_to_value(vm)?;
        let [name, value] = &pair[..] else {
            return Err(vm.new_value_error("headers must be a mapping or pairs"));
        };
        append(name, value)?;
    }
    Ok(list)
}

#[derive(rustpython_vm::FromArgs)]
pub(super) struct HeadersArgs {
    #[pyarg(any, optional)]
    headers: OptionalArg<PyObjectRef>,
    #[pyarg(any, default)]
    encoding: Option<PyStrRef>,
}

impl Constructor for Headers {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for Headers {
    type Args = HeadersArgs;

    fn init(zelf: &Py<Self>, args: HeadersArgs, vm: &VirtualMachine) -> PyResult<()> {
        let codec = args.encoding.as_ref().map_or(Codec::Ascii, Codec::named);
        if let Some(headers) = given(args.headers, vm) {
            zelf.replace(parse_in(&codec, &headers, vm)?);
        }
        *zelf.encoding.write() = args.encoding;
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
    /// For annotations: `Headers[str, str]`.
    #[pyclassmethod]
    fn __class_getitem__(
        class: PyTypeRef,
        parameters: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyGenericAlias> {
        PyGenericAlias::from_args(class, parameters, vm)
    }

    /// The value of a field, its repetitions joined by ", ".
    #[pymethod]
    fn get(zelf: &Py<Self>, args: KeyAndDefault, vm: &VirtualMachine) -> PyResult {
        let value = zelf.get_item(&args.key, vm)?;
        Ok(value.map_or_else(|| args.default.unwrap_or_none(vm), Into::into))
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
    fn multi_items(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyListRef> {
        let list = zelf.to_list();
        let codec = zelf.codec(&list);
        let pairs = list.fields().map(|field| {
            let name = codec.decode(field.name, vm)?.into();
            let value = codec.decode(field.value, vm)?.into();
            Ok(vm.ctx.new_tuple(vec![name, value]).into())
        });
        Ok(vm.ctx.new_list(pairs.collect::<PyResult<_>>()?))
    }

    /// The values of a name, each by itself; with split_commas=True, also cut at commas.
    #[pymethod]
    fn get_list(zelf: &Py<Self>, args: GetListArgs, vm: &VirtualMachine) -> PyResult<PyListRef> {
        let key = zelf.key_of(&args.key, vm)?;
        let list = zelf.to_list();
        let codec = zelf.codec(&list);
        let mut values: Vec<PyObjectRef> = Vec::new();
        for value in list.values_of(&key) {
            if args.split_commas {
                for item in value.split(|&byte| byte == b',') {
                    values.push(codec.decode(item.trim_ascii(), vm)?.into());
                }
            } else {
                values.push(codec.decode(value, vm)?.into());
            }
        }
        Ok(vm.ctx.new_list(values))
    }

    /// Puts the fields of another mapping in the place of those of their names.
    #[pymethod]
    fn update(zelf: &Py<Self>, args: UpdateArgs, vm: &VirtualMachine) -> PyResult<()> {
        if let Some(headers) = given(args.headers, vm) {
            let other = parse(&headers, vm)?;
            zelf.list.write().update(&other);
        }
        Ok(())
    }

    /// The value of a field, which is set to `default` first if it is missing.
    #[pymethod]
    fn setdefault(zelf: &Py<Self>, args: KeyAndDefault, vm: &VirtualMachine) -> PyResult {
        let KeyAndDefault { key, default } = args;
        if let Some(value) = zelf.get_item(&key, vm)? {
            return Ok(value.into());
        }
        let default = default.unwrap_or_none(vm);
        zelf.set_item(&key, Some(default.clone()), vm)?;
        Ok(default)
    }

    /// Takes a field away and returns its value, or `default`.
    #[pymethod]
    fn pop(zelf: &Py<Self>, args: KeyAndDefault, vm: &VirtualMachine) -> PyResult {
        let KeyAndDefault { key, default } = args;
        match (zelf.get_item(&key, vm)?, default) {
            (Some(value), _) => {
                zelf.set_item(&key, None, vm)?;
                Ok(value.into())
            }
            (None, OptionalArg::Present(default)) => Ok(default),
            (None, OptionalArg::Missing) => Err(vm.new_key_error(key)),
        }
    }

    /// Takes the first field away, and others of its name, and returns its name and value.
    #[pymethod]
    fn popitem(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<(PyObjectRef, PyObjectRef)> {
        let first = zelf.list.read().fields().next().map(|it| it.name.to_vec());
        let Some(first) = first else {
            return Err(vm.new_key_error(vm.ctx.new_str("popitem(): no headers").into()));
        };
        let name: PyObjectRef = new_bytes(&*first, vm).into();
        let value = zelf.get_item(&name, vm)?;
        let shown = zelf.codec(&zelf.to_list()).decode(&first, vm)?;
        zelf.list.write().remove(&first);
        Ok((
            shown.into(),
            value.map_or_else(|| vm.ctx.none(), Into::into),
        ))
    }

    /// Other Headers with the same fields.
    #[pymethod]
    fn copy(zelf: &Py<Self>, vm: &VirtualMachine) -> PyRef<Self> {
        let copy = Self::from(zelf.to_list());
        copy.encoding.write().clone_from(&zelf.encoding.read());
        copy.into_ref(&vm.ctx)
    }

    /// Pairs of bytes, as they were given or came.
    #[pygetset]
    fn raw(zelf: &Py<Self>, vm: &VirtualMachine) -> PyListRef {
        let list = zelf.list.read();
        let pairs = list.fields().map(|field| {
            let pair = [field.raw_name, field.value];
            let pair = pair.map(|bytes| new_bytes(bytes, vm).into());
            vm.ctx.new_tuple(pair.to_vec()).into()
        });
        vm.ctx.new_list(pairs.collect())
    }

    /// The encoding of all fields: the one that was set, else the first of ascii, utf-8 and
    /// iso-8859-1 that fits.
    #[pygetset]
    fn encoding(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        let asked = zelf.encoding.read().clone();
        asked.unwrap_or_else(|| Codec::of(&zelf.list.read()).name(vm))
    }

    #[pygetset(setter)]
    fn set_encoding(
        zelf: &Py<Self>,
        value: PySetterValue<Option<PyStrRef>>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let PySetterValue::Assign(value) = value else {
            return Err(vm.new_attribute_error("encoding cannot be deleted"));
        };
        *zelf.encoding.write() = value;
        Ok(())
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let encoding = zelf.encoding.read().clone();
        let encoding = encoding.map_or_else(|| vm.ctx.none(), Into::into);
        let held = vec![Self::raw(zelf, vm).into(), encoding];
        reduce(zelf.as_object(), held, vm)
    }

    #[pymethod]
    fn __setstate__(zelf: &Py<Self>, state: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let [raw, encoding] = restore(zelf.as_object(), &state, vm)?;
        zelf.replace(parse(&raw, vm)?);
        *zelf.encoding.write() = encoding.try_into_value(vm)?;
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

#[derive(rustpython_vm::FromArgs)]
struct UpdateArgs {
    #[pyarg(any, optional, py_default = "None")]
    headers: OptionalArg<PyObjectRef>,
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
                Ok(Headers::mapping_downcast(mapping).list.read().len())
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
        let list = zelf.to_list();
        let codec = zelf.codec(&list);
        let names = list.names().into_iter();
        let names = names.map(|name| Ok(codec.decode(name, vm)?.into()));
        let names: PyObjectRef = vm.ctx.new_list(names.collect::<PyResult<_>>()?).into();
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
                let fields = list.fields();
                let mut pairs: Vec<_> = fields
                    .map(|field| (field.name.to_vec(), field.value.to_vec()))
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
        let list = zelf.to_list();
        let codec = zelf.codec(&list);
        let unique = list.names().len() == list.len();
        let (open, between, close) = if unique {
            ("{", ": ", "}")
        } else {
            ("[", ", ", "]")
        };
        let mut items = Vec::new();
        for field in list.fields() {
            let value = if HeaderList::is_secret(field.name) {
                new_str("[secure]", vm)
            } else {
                codec.decode(field.value, vm)?
            };
            let name = codec.decode(field.name, vm)?.as_object().repr(vm)?;
            let value = value.as_object().repr(vm)?;
            let item = format!("{name}{between}{value}");
            items.push(if unique { item } else { format!("({item})") });
        }
        let items = items.join(", ");
        let encoding = match codec.is_ascii() {
            true => String::new(),
            false => format!(", encoding={}", codec.name(vm).as_object().repr(vm)?),
        };
        let class = zelf.class();
        Ok(format!("{}({open}{items}{close}{encoding})", class.name()))
    }
}
