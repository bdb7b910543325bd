//! What `httptools.parse_url` returns.

use std::fmt;

use rustpython_vm::{
    AsObject as _, FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
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
    Bytes(PyBytesRef, Places),
    Text(PyStrRef, Places),
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
    fn of(text: &str) -> Result<Self, InvalidUrl> {
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
        Ok(Self {
            scheme: place(scheme),
            userinfo: place(userinfo),
            host: place(host),
            port,
            path: place(path),
            query: place(query),
            fragment: place(fragment),
        })
    }
}

/// Cuts a str or a bytes-like object.
pub(super) fn parse(url: &PyObject, vm: &VirtualMachine) -> PyResult<ParsedUrl> {
    let refused = |error: InvalidUrl| invalid_url(url, &error, vm);
    if let Some(text) = url.downcast_ref::<PyStr>() {
        let places = Places::of(utf8(text, vm)?).map_err(refused)?;
        return Ok(ParsedUrl(Parts::Text(plain_str(text, vm)?, places)));
    }
    let bytes = match url.downcast_ref::<PyBytes>() {
        Some(bytes) => plain_bytes(bytes, vm),
        None => new_bytes(bytes_like(url, vm).ok_or_else(|| wrong_type(url, vm))?, vm),
    };
    let places = match std::str::from_utf8(bytes.as_bytes()) {
        Ok(text) => Places::of(text),
        Err(_) => Err(InvalidUrl::NOT_ASCII),
    };
    Ok(ParsedUrl(Parts::Bytes(bytes, places.map_err(refused)?)))
}

/// Not of a subclass, which might refer to who refers to it.
fn plain_bytes(bytes: &Py<PyBytes>, vm: &VirtualMachine) -> PyBytesRef {
    match bytes.class().is(vm.ctx.types.bytes_type) {
        true => bytes.to_owned(),
        false => new_bytes(bytes.as_bytes(), vm),
    }
}

fn plain_str(text: &Py<PyStr>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
    match text.class().is(vm.ctx.types.str_type) {
        true => Ok(text.to_owned()),
        false => Ok(new_str(utf8(text, vm)?, vm)),
    }
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
        made: impl Fn(&UrlArgs) -> &Option<PyBytesRef>,
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
            Parts::Made(parts) => made(parts).clone().map_or_else(none, Into::into),
        }
    }
}

/// `URL(schema, host, port, path, query, fragment, userinfo)`.
#[derive(FromArgs)]
pub(super) struct UrlArgs {
    #[pyarg(any)]
    schema: Option<PyBytesRef>,
    #[pyarg(any)]
    host: Option<PyBytesRef>,
    #[pyarg(any)]
    port: Option<u16>,
    #[pyarg(any)]
    path: Option<PyBytesRef>,
    #[pyarg(any)]
    query: Option<PyBytesRef>,
    #[pyarg(any)]
    fragment: Option<PyBytesRef>,
    #[pyarg(any)]
    userinfo: Option<PyBytesRef>,
}

impl Constructor for ParsedUrl {
    type Args = UrlArgs;

    fn py_new(_class: &Py<PyType>, args: UrlArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let plain = |part: Option<PyBytesRef>| part.map(|part| plain_bytes(&part, vm));
        Ok(Self(Parts::Made(Box::new(UrlArgs {
            schema: plain(args.schema),
            host: plain(args.host),
            port: args.port,
            path: plain(args.path),
            query: plain(args.query),
            fragment: plain(args.fragment),
            userinfo: plain(args.userinfo),
        }))))
    }
}

// Neither a dict nor weak references, as in httptools: a dict would cost more than the parsing.
#[pyclass(with(Constructor, Representable), flags(BASETYPE))]
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
            Parts::Made(parts) => parts.port,
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
