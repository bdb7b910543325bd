//! `httpx.URL`.

use std::fmt;

use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBytesRef, PyStr, PyStrRef, PyType},
    common::{hash::PyHash, lock::PyRwLock},
    function::{FuncArgs, PyComparisonValue},
    pyclass,
    types::{Comparable, Constructor, Hashable, Initializer, PyComparisonOp, Representable},
};

use super::exceptions::to_exception;
use super::query::{parse_params, str_of};
use super::query_params::{QueryParams, name_and_value};
use super::url_components::Components;
use crate::engine::http::Url as EngineUrl;
use crate::engine::http::params::Params;
use crate::modules::class::{make_mutable, reduce, restore};
use crate::modules::convert::{KeyAndValue, new_bytes, new_str, utf8};

/// URL(url='', **kwargs)
/// --
///
/// A parsed and normalised URL.
///
/// Keyword arguments replace components: scheme, username, password, userinfo, host, port, netloc,
/// path, query, raw_path, fragment, params.
#[pyclass(module = "httpx", name = "URL")]
#[derive(PyPayload)]
pub(super) struct Url {
    // A lock, as a subclass may parse in __init__; it is set once.
    url: PyRwLock<EngineUrl>,
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("URL")
    }
}

impl From<EngineUrl> for Url {
    fn from(url: EngineUrl) -> Self {
        Self {
            url: PyRwLock::new(url),
        }
    }
}

impl Url {
    pub(super) fn engine(&self) -> EngineUrl {
        self.url.read().clone()
    }
}

/// The URL that an argument gives: str or URL.
pub(super) fn parse(value: &PyObject, vm: &VirtualMachine) -> PyResult<EngineUrl> {
    if let Some(url) = value.downcast_ref::<Url>() {
        return Ok(url.engine());
    }
    let Some(text) = value.downcast_ref::<PyStr>() else {
        let class = value.class();
        // Two spaces, as httpx has them.
        let message = format!(
            "Invalid type for url.  Expected str or httpx.URL, got {}: {}",
            class.as_object().repr(vm)?,
            value.repr(vm)?
        );
        return Err(vm.new_type_error(message));
    };
    parse_str(utf8(text, vm)?, vm)
}

/// A base URL: its path ends with a slash, so that relative ones go below it.
pub(super) fn parse_base(value: &PyObject, vm: &VirtualMachine) -> PyResult<EngineUrl> {
    let base = parse(value, vm)?.with_trailing_slash();
    base.map_err(|error| to_exception(error, None, vm))
}

/// Parses text, raising InvalidURL.
pub(super) fn parse_str(text: &str, vm: &VirtualMachine) -> PyResult<EngineUrl> {
    EngineUrl::parse(text).map_err(|error| to_exception(error, None, vm))
}

impl Constructor for Url {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<Self> {
        Ok(parse_str("", vm)?.into())
    }
}

impl Initializer for Url {
    type Args = FuncArgs;

    fn init(zelf: &Py<Self>, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        let url = args.take_positional_keyword("url");
        if !args.args.is_empty() {
            let count = args.args.len() + 1;
            let message = format!("URL() takes at most 1 positional argument ({count} given)");
            return Err(vm.new_type_error(message));
        }
        let url = url.unwrap_or_else(|| vm.ctx.empty_str.to_owned().into());
        *zelf.url.write() = parse_with(&url, &args, vm)?;
        Ok(())
    }
}

/// The URL that an argument gives, with the components that keywords give.
fn parse_with(url: &PyObject, args: &FuncArgs, vm: &VirtualMachine) -> PyResult<EngineUrl> {
    if args.kwargs.is_empty() {
        return parse(url, vm);
    }
    let components = Components::new(args, vm)?;
    let replacements = components.replacements();
    let parsed = match (url.downcast_ref::<Url>(), url.downcast_ref::<PyStr>()) {
        (Some(url), _) => url.engine().copy_with(&replacements),
        (None, Some(text)) => EngineUrl::parse_with(utf8(text, vm)?, &replacements),
        (None, None) => return parse(url, vm),
    };
    parsed.map_err(|error| to_exception(error, None, vm))
}

#[pyclass(
    with(Comparable, Constructor, Hashable, Initializer, Representable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Url {
    /// The scheme, in lower case.
    #[pygetset]
    fn scheme(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        new_str(zelf.engine().scheme(), vm)
    }

    /// The scheme as bytes.
    #[pygetset]
    fn raw_scheme(zelf: &Py<Self>, vm: &VirtualMachine) -> PyBytesRef {
        new_bytes(zelf.engine().scheme(), vm)
    }

    /// User name and password as they are encoded in the URL, as bytes.
    #[pygetset]
    fn userinfo(zelf: &Py<Self>, vm: &VirtualMachine) -> PyBytesRef {
        new_bytes(zelf.engine().userinfo(), vm)
    }

    /// The user name, decoded.
    #[pygetset]
    fn username(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        new_str(&zelf.engine().username(), vm)
    }

    /// The password, decoded.
    #[pygetset]
    fn password(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        new_str(&zelf.engine().password(), vm)
    }

    /// The host, in lower case; international names in Unicode.
    #[pygetset]
    fn host(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        let url = zelf.engine();
        let host = url.host();
        // As in httpx, a name of which only a later label is international stays as it is.
        if host.starts_with("xn--") {
            let (unicode, result) = idna::domain_to_unicode(host);
            if result.is_ok() {
                return new_str(&unicode, vm);
            }
        }
        new_str(host, vm)
    }

    /// The host as bytes; international names in their ASCII form.
    #[pygetset]
    fn raw_host(zelf: &Py<Self>, vm: &VirtualMachine) -> PyBytesRef {
        new_bytes(zelf.engine().host(), vm)
    }

    /// The port, or None when it is the scheme's default.
    #[pygetset]
    fn port(zelf: &Py<Self>) -> Option<u16> {
        zelf.engine().port()
    }

    /// Host and port, as bytes.
    #[pygetset]
    fn netloc(zelf: &Py<Self>, vm: &VirtualMachine) -> PyBytesRef {
        new_bytes(zelf.engine().netloc(), vm)
    }

    /// The path, decoded.
    #[pygetset]
    fn path(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        let url = zelf.engine();
        let path = percent_encoding::percent_decode_str(url.path()).decode_utf8_lossy();
        new_str(&path, vm)
    }

    /// The query as it is encoded in the URL, as bytes.
    #[pygetset]
    fn query(zelf: &Py<Self>, vm: &VirtualMachine) -> PyBytesRef {
        new_bytes(zelf.engine().query().unwrap_or_default(), vm)
    }

    /// Path and query as they go on the wire, as bytes.
    #[pygetset]
    fn raw_path(zelf: &Py<Self>, vm: &VirtualMachine) -> PyBytesRef {
        new_bytes(zelf.engine().raw_path().as_bytes(), vm)
    }

    /// The fragment, decoded.
    #[pygetset]
    fn fragment(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        let url = zelf.engine();
        let fragment = url.fragment().unwrap_or_default();
        let fragment = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        new_str(&fragment, vm)
    }

    /// Whether it has a scheme and a host.
    #[pygetset]
    fn is_absolute_url(zelf: &Py<Self>) -> bool {
        let url = zelf.engine();
        !url.scheme().is_empty() && !url.host().is_empty()
    }

    /// Whether it lacks a scheme or a host.
    #[pygetset]
    fn is_relative_url(zelf: &Py<Self>) -> bool {
        !Self::is_absolute_url(zelf)
    }

    /// The parameters of the query.
    #[pygetset]
    fn params(zelf: &Py<Self>) -> QueryParams {
        QueryParams::from(params_of(&zelf.engine()))
    }

    /// A URL with some components replaced: scheme, username, password, userinfo, host, port,
    /// netloc, path, query, raw_path, fragment, params.
    #[pymethod]
    fn copy_with(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        if !args.args.is_empty() {
            return Err(vm.new_type_error("URL.copy_with() takes keyword arguments only"));
        }
        let url = parse_with(zelf.as_object(), &args, vm)?;
        Ok(Self::from(url).into_ref(&vm.ctx))
    }

    /// A URL of which a query parameter has this one value.
    #[pymethod]
    fn copy_set_param(
        zelf: &Py<Self>,
        args: KeyAndValue,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        let (name, value) = name_and_value(args, vm)?;
        with_params(zelf, |params| params.set(name, value), vm)
    }

    /// A URL of which a query parameter has one value more.
    #[pymethod]
    fn copy_add_param(
        zelf: &Py<Self>,
        args: KeyAndValue,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        let (name, value) = name_and_value(args, vm)?;
        with_params(zelf, |params| params.append(name, value), vm)
    }

    /// A URL without a query parameter.
    #[pymethod]
    fn copy_remove_param(
        zelf: &Py<Self>,
        key: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        let name = str_of(&key, vm)?;
        with_params(zelf, |params| params.remove(&name), vm)
    }

    /// A URL whose query parameters are replaced by those of the same names.
    #[pymethod]
    fn copy_merge_params(
        zelf: &Py<Self>,
        params: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        let other = parse_params(&params, vm)?;
        with_params(zelf, |params| *params = params.merge(&other), vm)
    }

    /// The URL that a reference means, seen from this one.
    #[pymethod]
    fn join(zelf: &Py<Self>, url: PyObjectRef, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
        let reference = parse(&url, vm)?;
        let joined = zelf.engine().join(reference.as_str());
        let joined = joined.map_err(|error| to_exception(error, None, vm))?;
        Ok(Self::from(joined).into_ref(&vm.ctx))
    }

    #[pymethod]
    fn __str__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyStrRef {
        new_str(zelf.engine().as_str(), vm)
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        reduce(zelf.as_object(), vec![Self::__str__(zelf, vm).into()], vm)
    }

    #[pymethod]
    fn __setstate__(zelf: &Py<Self>, state: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let [text] = restore(zelf.as_object(), &state, vm)?;
        *zelf.url.write() = parse(&text, vm)?;
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

fn params_of(url: &EngineUrl) -> Params {
    Params::parse(url.query().unwrap_or_default())
}

fn with_params(
    zelf: &Py<Url>,
    change: impl FnOnce(&mut Params),
    vm: &VirtualMachine,
) -> PyResult<PyRef<Url>> {
    let url = zelf.engine();
    let mut params = params_of(&url);
    change(&mut params);
    let query = (!params.is_empty()).then(|| params.encode());
    Ok(Url::from(url.with_query(query.as_deref())).into_ref(&vm.ctx))
}

impl Comparable for Url {
    fn cmp(
        zelf: &Py<Self>,
        other: &PyObject,
        op: PyComparisonOp,
        vm: &VirtualMachine,
    ) -> PyResult<PyComparisonValue> {
        op.eq_only(|| {
            let is_url = other.downcast_ref::<Self>().is_some();
            if !is_url && other.downcast_ref::<PyStr>().is_none() {
                return Ok(PyComparisonValue::Implemented(false));
            }
            let equal = parse(other, vm).is_ok_and(|it| it.as_str() == zelf.engine().as_str());
            Ok(PyComparisonValue::Implemented(equal))
        })
    }
}

impl Hashable for Url {
    fn hash(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyHash> {
        Self::__str__(zelf, vm).as_object().hash(vm)
    }
}

impl Representable for Url {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let text = new_str(&zelf.engine().redacted(), vm);
        let class = zelf.class();
        Ok(format!("{}({})", class.name(), text.as_object().repr(vm)?))
    }
}
