//! `httpx.Proxy`.

use std::fmt;

use rustpython_vm::{
    AsObject, FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyStr, PyTuple, PyType},
    common::lock::PyRwLock,
    function::{FuncArgs, OptionalArg},
    pyclass,
    types::{Constructor, Initializer, Representable},
};

use super::headers::{self, Headers};
use super::url::{self, Url};
use crate::engine::http::Replacements;
use crate::engine::http::headers::HeaderList;
use crate::modules::class::{make_mutable, reduce, restore};
use crate::modules::convert::{given, new_bytes, new_str, utf8};

const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// Proxy(url, *, ssl_context=None, auth=None, headers=None)
/// --
///
/// A proxy server.
///
/// Credentials in the URL become `auth`, a pair of user name and password.
#[pyclass(module = "httpx", name = "Proxy")]
#[derive(PyPayload)]
pub(super) struct Proxy {
    parts: PyRwLock<Parts>,
}

/// What a proxy's attributes hold, each as it was given.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) url: PyObjectRef,
    pub(super) auth: PyObjectRef,
    pub(super) headers: PyObjectRef,
    pub(super) ssl_context: PyObjectRef,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proxy")
    }
}

impl Proxy {
    /// What `Proxy(url)` would hold.
    ///
    /// # Errors
    /// Those of the class.
    pub(super) fn of_url(url: &PyObject, vm: &VirtualMachine) -> PyResult<Parts> {
        let args = ProxyArgs {
            url: url.to_owned(),
            ssl_context: OptionalArg::Missing,
            auth: OptionalArg::Missing,
            headers: OptionalArg::Missing,
        };
        args.parse(vm)
    }

    /// What it holds now.
    pub(super) fn parts(&self) -> Parts {
        self.parts.read().clone()
    }
}

#[derive(FromArgs)]
pub(super) struct ProxyArgs {
    #[pyarg(any)]
    url: PyObjectRef,
    #[pyarg(named, optional)]
    ssl_context: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    auth: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    headers: OptionalArg<PyObjectRef>,
}

impl ProxyArgs {
    fn parse(self, vm: &VirtualMachine) -> PyResult<Parts> {
        let mut url = url::parse(&self.url, vm)?;
        if !SCHEMES.contains(&url.scheme()) {
            let url = Url::from(url).into_ref(&vm.ctx);
            let url = url.as_object().repr(vm)?;
            return Err(vm.new_value_error(format!("Unknown scheme for proxy URL {url}")));
        }
        let mut auth = self.auth.unwrap_or_none(vm);
        if !url.username().is_empty() || !url.password().is_empty() {
            let pair = [url.username(), url.password()].map(|it| new_str(&it, vm).into());
            auth = vm.ctx.new_tuple(pair.to_vec()).into();
            let no_userinfo = Replacements {
                userinfo: Some("".into()),
                ..Replacements::default()
            };
            url = url
                .copy_with(&no_userinfo)
                .map_err(|error| super::exceptions::to_exception(error, None, vm))?;
        }
        let fields = match given(self.headers, vm) {
            Some(fields) => headers::parse(&fields, vm)?,
            None => HeaderList::default(),
        };
        Ok(Parts {
            url: Url::from(url).into_ref(&vm.ctx).into(),
            auth,
            headers: Headers::from(fields).into_ref(&vm.ctx).into(),
            ssl_context: self.ssl_context.unwrap_or_none(vm),
        })
    }
}

impl Constructor for Proxy {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let none = || vm.ctx.none();
        let parts = Parts {
            url: none(),
            auth: none(),
            headers: none(),
            ssl_context: none(),
        };
        Ok(Self {
            parts: PyRwLock::new(parts),
        })
    }
}

impl Initializer for Proxy {
    type Args = ProxyArgs;

    fn init(zelf: &Py<Self>, args: ProxyArgs, vm: &VirtualMachine) -> PyResult<()> {
        *zelf.parts.write() = args.parse(vm)?;
        Ok(())
    }
}

#[pyclass(
    with(Constructor, Initializer, Representable),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Proxy {
    /// The proxy's URL, without credentials.
    #[pygetset]
    fn url(zelf: &Py<Self>) -> PyObjectRef {
        zelf.parts().url
    }

    #[pygetset(setter)]
    fn set_url(zelf: &Py<Self>, value: PyObjectRef) {
        zelf.parts.write().url = value;
    }

    /// A pair of user name and password, or None.
    #[pygetset]
    fn auth(zelf: &Py<Self>) -> PyObjectRef {
        zelf.parts().auth
    }

    #[pygetset(setter)]
    fn set_auth(zelf: &Py<Self>, value: PyObjectRef) {
        zelf.parts.write().auth = value;
    }

    /// The header fields that are sent to the proxy.
    #[pygetset]
    fn headers(zelf: &Py<Self>) -> PyObjectRef {
        zelf.parts().headers
    }

    #[pygetset(setter)]
    fn set_headers(zelf: &Py<Self>, value: PyObjectRef) {
        zelf.parts.write().headers = value;
    }

    /// The ssl.SSLContext for a proxy that is spoken to over TLS, or None.
    #[pygetset]
    fn ssl_context(zelf: &Py<Self>) -> PyObjectRef {
        zelf.parts().ssl_context
    }

    #[pygetset(setter)]
    fn set_ssl_context(zelf: &Py<Self>, value: PyObjectRef) {
        zelf.parts.write().ssl_context = value;
    }

    /// User name and password as bytes, or None.
    #[pygetset]
    fn raw_auth(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let auth = zelf.parts().auth;
        let Some(pair) = auth.downcast_ref::<PyTuple>() else {
            return Ok(vm.ctx.none());
        };
        let mut raw = Vec::new();
        for part in pair.as_slice() {
            let text: PyRef<PyStr> = part.clone().try_into_value(vm)?;
            raw.push(new_bytes(utf8(&text, vm)?, vm).into());
        }
        Ok(vm.ctx.new_tuple(raw).into())
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let parts = zelf.parts();
        let held = vec![parts.url, parts.auth, parts.headers, parts.ssl_context];
        reduce(zelf.as_object(), held, vm)
    }

    #[pymethod]
    fn __setstate__(zelf: &Py<Self>, state: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let [url, auth, headers, ssl_context] = restore(zelf.as_object(), &state, vm)?;
        *zelf.parts.write() = Parts {
            url,
            auth,
            headers,
            ssl_context,
        };
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

impl Representable for Proxy {
    fn repr_str(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
        let parts = zelf.parts();
        let url = parts.url.str(vm)?;
        let mut shown = url.as_object().repr(vm)?.to_string();
        if let Some(pair) = parts.auth.downcast_ref::<PyTuple>() {
            let name = pair.as_slice().first().map(|name| name.repr(vm));
            let name = name.transpose()?;
            let name = name
                .as_ref()
                .map_or("''", |name| name.to_str().unwrap_or("''"));
            shown += &format!(", auth=({name}, '********')");
        }
        if let Some(headers) = parts.headers.downcast_ref::<Headers>() {
            shown += &shown_headers(headers, vm)?;
        }
        Ok(format!("{}({shown})", zelf.class().name()))
    }
}

/// The header fields as a dict; unlike httpx, which shows them, without credentials.
fn shown_headers(headers: &Py<Headers>, vm: &VirtualMachine) -> PyResult<String> {
    let mut fields = HeaderList::default();
    for field in headers.to_list().fields() {
        let is_secret = HeaderList::is_secret(field.name);
        let value = if is_secret {
            &b"[secure]"[..]
        } else {
            field.value
        };
        fields.append(field.name, value);
    }
    if fields.is_empty() {
        return Ok(String::new());
    }
    let headers = Headers::from(fields).to_dict(vm)?;
    Ok(format!(", headers={}", headers.as_object().repr(vm)?))
}
