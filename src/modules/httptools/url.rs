//! What `httptools.parse_url` returns.

use std::fmt;

use rustpython_vm::{
    FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyBytes, PyBytesRef, PyStr, PyStrRef, PyType},
    pyclass,
    types::{Constructor, Representable},
};

use super::errors::invalid_url;
use crate::engine::http1::Url;
use crate::engine::http1::url::{InvalidUrl, parse_url};
use crate::modules::class::make_mutable;
use crate::modules::convert::{bytes_like, new_bytes, new_str, utf8};

/// URL(schema, host, port, path, query, fragment, userinfo): the parts of a URL.
#[pyclass(module = "httptools.parser.url_parser", name = "URL")]
#[derive(PyPayload)]
pub(super) struct ParsedUrl(Parts);

/// What `parse_url` was given and where the parts are, each made into an object when it is asked
/// for; or the parts of a URL that a script made.
enum Parts {
    Bytes(PyBytesRef, Box<Places>),
    Text(PyStrRef, Box<Places>),
    Made(Box<UrlArgs>),
}

struct Places {
    scheme: Place,
    userinfo: Place,
    host: Place,
    port: Option<u16>,
    path: Place,
    query: Place,
    fragment: Place,
}

/// A part's first byte and the one behind its last. URLs are no longer than these numbers reach.
type Place = Option<(u16, u16)>;

impl fmt::Debug for ParsedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("URL")
    }
}

impl Places {
    fn of(text: &str) -> Result<Box<Self>, InvalidUrl> {
        let url = parse_url(text)?;
        let place = |part: Option<&str>| {
            let part = part?;
            let from = part.as_ptr() as usize - text.as_ptr() as usize;
            let number = |position: usize| u16::try_from(position).ok();
            Some((number(from)?, number(from + part.len())?))
        };
        let Url {
            scheme,
            userinfo,
            host,
            port,
            path,
            query,
            fragment,
        } = url;
        Ok(Box::new(Self {
            scheme: place(scheme),
            userinfo: place(userinfo),
            host: place(host),
            port,
            path: place(path),
            query: place(query),
            fragment: place(fragment),
        }))
    }
}

/// Cuts a str or a bytes-like object.
pub(super) fn parse(url: &PyObject, vm: &VirtualMachine) -> PyResult<ParsedUrl> {
    let refused = |error: InvalidUrl| invalid_url(url, &error, vm);
    if let Some(text) = url.downcast_ref::<PyStr>() {
        let places = Places::of(utf8(text, vm)?).map_err(refused)?;
        return Ok(ParsedUrl(Parts::Text(text.to_owned(), places)));
    }
    let bytes = match url.downcast_ref_if_exact::<PyBytes>(vm) {
        Some(bytes) => bytes.to_owned(),
        None => new_bytes(bytes_like(url, vm).ok_or_else(|| wrong_type(url, vm))?, vm),
    };
    let places = match std::str::from_utf8(bytes.as_bytes()) {
        Ok(text) => Places::of(text),
        Err(_) => Err(InvalidUrl::NOT_ASCII),
    };
    Ok(ParsedUrl(Parts::Bytes(bytes, places.map_err(refused)?)))
}

fn wrong_type(url: &PyObject, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let class = url.class();
    let message = format!("a URL must be str or bytes, not {}", class.name());
    vm.new_type_error(message)
}

impl ParsedUrl {
    fn part(
        &self,
        place: impl Fn(&Places) -> Place,
        made: impl Fn(&UrlArgs) -> &PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyObjectRef {
        let range = |places: &Places| {
            let (from, to) = place(places)?;
            Some(usize::from(from)..usize::from(to))
        };
        let none = || vm.ctx.none();
        match &self.0 {
            Parts::Bytes(whole, places) => {
                let part = range(places).and_then(|range| whole.as_bytes().get(range));
                part.map_or_else(none, |part| new_bytes(part, vm).into())
            }
            Parts::Text(whole, places) => {
                let text = whole.to_str().unwrap_or_default();
                let part = range(places).and_then(|range| text.get(range));
                part.map_or_else(none, |part| new_str(part, vm).into())
            }
            Parts::Made(parts) => made(parts).clone(),
        }
    }
}

/// `URL(schema, host, port, path, query, fragment, userinfo)`.
#[derive(FromArgs)]
pub(super) struct UrlArgs {
    #[pyarg(any)]
    schema: PyObjectRef,
    #[pyarg(any)]
    host: PyObjectRef,
    #[pyarg(any)]
    port: PyObjectRef,
    #[pyarg(any)]
    path: PyObjectRef,
    #[pyarg(any)]
    query: PyObjectRef,
    #[pyarg(any)]
    fragment: PyObjectRef,
    #[pyarg(any)]
    userinfo: PyObjectRef,
}

impl Constructor for ParsedUrl {
    type Args = UrlArgs;

    fn py_new(_class: &Py<PyType>, args: UrlArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self(Parts::Made(Box::new(args))))
    }
}

#[pyclass(
    with(Constructor, Representable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl ParsedUrl {
    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }

    /// What comes before "://".
    #[pygetset]
    fn scheme(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.part(|places| places.scheme, |made| &made.schema, vm)
    }

    /// The scheme, under the name that httptools gives it.
    #[pygetset]
    fn schema(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        Self::scheme(zelf, vm)
    }

    /// What comes before "@".
    #[pygetset]
    fn userinfo(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.part(|places| places.userinfo, |made| &made.userinfo, vm)
    }

    /// The host; an IPv6 address without its brackets.
    #[pygetset]
    fn host(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.part(|places| places.host, |made| &made.host, vm)
    }

    /// The port, an int.
    #[pygetset]
    fn port(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        let port = match &zelf.0 {
            Parts::Bytes(_, places) | Parts::Text(_, places) => places.port,
            Parts::Made(parts) => return parts.port.clone(),
        };
        port.map_or_else(|| vm.ctx.none(), |port| vm.ctx.new_int(port).into())
    }

    /// The path, not decoded.
    #[pygetset]
    fn path(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.part(|places| places.path, |made| &made.path, vm)
    }

    /// What comes after "?".
    #[pygetset]
    fn query(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.part(|places| places.query, |made| &made.query, vm)
    }

    /// What comes after "#".
    #[pygetset]
    fn fragment(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        zelf.part(|places| places.fragment, |made| &made.fragment, vm)
    }
}

impl Representable for ParsedUrl {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        // The userinfo may hold a password.
        Ok(format!(
            "<URL schema: {}, host: {}, port: {}, path: {}, query: {}, fragment: {}>",
            Self::scheme(zelf, vm).repr(vm)?,
            Self::host(zelf, vm).repr(vm)?,
            Self::port(zelf, vm).repr(vm)?,
            Self::path(zelf, vm).repr(vm)?,
            Self::query(zelf, vm).repr(vm)?,
            Self::fragment(zelf, vm).repr(vm)?,
        ))
    }
}
