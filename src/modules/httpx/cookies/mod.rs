//! `httpx.Cookies`.
//!
//! The cookies are in one place at a time. At first that is a [`CookieStore`] of the engine. When a
//! script asks for `.jar`, or gives a `CookieJar` of its own, it is that jar, for good: the script
//! may change it, and its policy decides what it takes and gives. The two never stand side by side,
//! so there is nothing to keep in step.
//!
//! Whatever the jar's policy, a cookie for a public suffix does not reach it.

mod jar;
mod mapping;

use std::fmt;

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyDict, PyList, PyStr, PyStrRef, PyType},
    common::lock::PyMutex,
    function::{FuncArgs, OptionalArg, PySetterValue},
    pyclass,
    types::{Constructor, Initializer},
};

use super::exceptions::{self, to_exception};
use super::url;
use crate::engine::http::Url;
use crate::engine::http::cookies::{Cookie, CookieStore, Level, is_for_public_suffix};
use crate::engine::http::request::parse_header;
use crate::modules::convert::{given, header_str, utf8};

/// Cookies(cookies=None): HTTP cookies, as a mutable mapping of names to values.
///
/// Takes a dict, a list of pairs, other Cookies, or a http.cookiejar.CookieJar.
#[pyclass(module = "httpx", name = "Cookies", unhashable = true)]
#[derive(PyPayload, Default)]
pub(super) struct Cookies {
    // Never locked while a script's code may run.
    kept: PyMutex<Kept>,
}

/// Where the cookies are.
#[derive(Clone)]
enum Kept {
    Store(CookieStore),
    Jar(PyObjectRef),
}

impl Default for Kept {
    fn default() -> Self {
        Self::Store(CookieStore::new())
    }
}

impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cookies")
    }
}

impl From<CookieStore> for Cookies {
    fn from(store: CookieStore) -> Self {
        Self {
            kept: PyMutex::new(Kept::Store(store)),
        }
    }
}

/// The cookies that an argument gives: None, a dict, pairs, Cookies, or a jar. The jar itself is
/// kept, everything else is copied.
pub(super) fn parse(value: &PyObject, vm: &VirtualMachine) -> PyResult<Cookies> {
    let kept = Kept::parse(value, vm)?;
    Ok(Cookies {
        kept: PyMutex::new(kept),
    })
}

impl Kept {
    fn parse(value: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        if vm.is_none(value) {
            return Ok(Self::default());
        }
        if let Some(other) = value.downcast_ref::<Cookies>() {
            return other.copied(vm);
        }
        if value.downcast_ref::<PyDict>().is_some() {
            let items = vm.call_method(value, "items", ())?;
            return Self::from_pairs(&items, vm);
        }
        if value.downcast_ref::<PyList>().is_some() {
            return Self::from_pairs(value, vm);
        }
        if vm.get_attribute_opt(value, "set_cookie")?.is_none() {
            let class = value.class();
            let message = format!(
                "cookies must be a dict, a list of pairs, Cookies or a CookieJar, not {}",
                class.name()
            );
            return Err(vm.new_type_error(message));
        }
        Ok(Self::Jar(value.to_owned()))
    }

    fn from_pairs(pairs: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        let mut store = CookieStore::new();
        let pairs: Vec<PyObjectRef> = pairs.try_to_value(vm)?;
        for pair in pairs {
            let pair: Vec<PyObjectRef> = pair.try_to_value(vm)?;
            let [name, value] = &pair[..] else {
                return Err(vm.new_value_error("cookies must be pairs of a name and a value"));
            };
            let args = SetArgs {
                name: name.clone(),
                value: value.clone(),
                domain: vm.ctx.empty_str.to_owned(),
                path: vm.ctx.new_str("/"),
            };
            store.set(args.cookie(vm)?);
        }
        Ok(Self::Store(store))
    }
}

/// What the client needs, whichever way the cookies are kept.
impl Cookies {
    /// The Cookie field of a request for `url`; `None` when no cookie goes there. A request that
    /// has one already keeps its own.
    ///
    /// # Errors
    /// LocalProtocolError when a cookie that the script set has a control character, and what the
    /// jar of a script raises.
    pub(super) fn header_for(
        &self,
        url: &Url,
        vm: &VirtualMachine,
    ) -> PyResult<Option<HeaderValue>> {
        let Some(text) = self.header_text(url, vm)? else {
            return Ok(None);
        };
        let (_, mut value) = parse_header(b"Cookie", text.as_bytes())
            .map_err(|error| to_exception(error, None, vm))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }

    /// Takes in the Set-Cookie fields of a response to a request for `url`.
    ///
    /// # Errors
    /// What the jar of a script raises.
    pub(super) fn extract(
        &self,
        url: &Url,
        headers: &HeaderMap,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        if !headers.contains_key(SET_COOKIE) {
            return Ok(());
        }
        let fields = headers.get_all(SET_COOKIE).iter();
        let fields = fields.map(|field| {
            header_str(field.as_bytes(), vm)
                .to_string_lossy()
                .into_owned()
        });
        self.extract_fields(url, &fields.collect::<Vec<_>>(), vm)
    }

    /// A copy that shares nothing but the cookies of a jar.
    pub(super) fn copy(&self, vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self {
            kept: PyMutex::new(self.copied(vm)?),
        })
    }

    /// Whether there are none, as a script would find.
    pub(super) fn is_empty(&self, vm: &VirtualMachine) -> PyResult<bool> {
        match self.jar_or(|store| store.is_empty()) {
            Ok(is_empty) => Ok(is_empty),
            Err(jar) => Ok(jar::cookies(&jar, vm)?.is_empty()),
        }
    }

    /// Adds the cookies that an argument gives, as [`parse`] takes them.
    pub(super) fn add(&self, value: &PyObject, vm: &VirtualMachine) -> PyResult<()> {
        match Kept::parse(value, vm)? {
            Kept::Store(store) => {
                for cookie in store.iter() {
                    self.put(cookie.clone(), vm)?;
                }
            }
            Kept::Jar(other) => {
                let own = self.as_jar(vm)?;
                for cookie in jar::cookies(&other, vm)? {
                    vm.call_method(&own, "set_cookie", (cookie,))?;
                }
            }
        }
        Ok(())
    }

    fn header_text(&self, url: &Url, vm: &VirtualMachine) -> PyResult<Option<String>> {
        match self.jar_or(|store| store.header_text(url)) {
            Ok(text) => Ok(text),
            Err(jar) => jar::header(&jar, url, vm),
        }
    }

    fn extract_fields(&self, url: &Url, fields: &[String], vm: &VirtualMachine) -> PyResult<()> {
        match self.jar_or(|store| store.extract_fields(url, fields)) {
            Ok(()) => Ok(()),
            Err(jar) => {
                let allowed = fields.iter().filter(|it| !is_for_public_suffix(it, url));
                jar::extract(&jar, url, allowed, vm)
            }
        }
    }

    /// What `use_store` makes of the store, or else the jar.
    fn jar_or<T>(&self, use_store: impl FnOnce(&mut CookieStore) -> T) -> Result<T, PyObjectRef> {
        match &mut *self.kept.lock() {
            Kept::Store(store) => Ok(use_store(store)),
            Kept::Jar(jar) => Err(jar.clone()),
        }
    }

    fn copied(&self, vm: &VirtualMachine) -> PyResult<Kept> {
        match self.jar_or(|store| store.clone()) {
            Ok(store) => Ok(Kept::Store(store)),
            Err(jar) => jar::copy(&jar, vm).map(Kept::Jar),
        }
    }

    /// The jar, which is where the cookies are from then on.
    fn as_jar(&self, vm: &VirtualMachine) -> PyResult {
        loop {
            let store = match self.jar_or(|store| store.clone()) {
                Ok(store) => store,
                Err(jar) => return Ok(jar),
            };
            let jar = jar::of_store(&store, vm)?;
            let mut kept = self.kept.lock();
            // Another thread may have set a cookie, or made a jar, since the copy was made.
            if matches!(&*kept, Kept::Store(now) if *now == store) {
                *kept = Kept::Jar(jar.clone());
                return Ok(jar);
            }
        }
    }

    fn put(&self, cookie: Cookie, vm: &VirtualMachine) -> PyResult<()> {
        // One of the two needs the cookie, and only the lock tells which.
        let mut cookie = Some(cookie);
        let put = self.jar_or(|store| cookie.take().into_iter().for_each(|it| store.set(it)));
        if let (Err(jar), Some(cookie)) = (put, cookie) {
            let cookie = jar::new_cookie(&cookie, vm)?;
            vm.call_method(&jar, "set_cookie", (cookie,))?;
        }
        Ok(())
    }

    /// What a script sees of the cookies that `is_wanted`.
    fn seen(&self, is_wanted: impl Fn(&Seen) -> bool, vm: &VirtualMachine) -> PyResult<Vec<Seen>> {
        let native = self.jar_or(|store| {
            let all = store.iter().map(Seen::of);
            all.filter(&is_wanted).collect::<Vec<_>>()
        });
        match native {
            Ok(seen) => Ok(seen),
            Err(jar) => {
                let mut seen = Vec::new();
                for cookie in jar::cookies(&jar, vm)? {
                    seen.push(jar::seen(&cookie, vm)?);
                }
                Ok(seen.into_iter().filter(is_wanted).collect())
            }
        }
    }

    /// Takes the cookies of a domain away, of a path in it, or one of them.
    fn take_away(
        &self,
        domain: &PyStrRef,
        path: Option<&PyStrRef>,
        name: Option<&PyStrRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let path_text = path.map(|path| utf8(path, vm)).transpose()?;
        let name_text = name.map(|name| utf8(name, vm)).transpose()?;
        let domain_text = utf8(domain, vm)?;
        match self.jar_or(|store| store.remove(domain_text, path_text, name_text)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(missing)) => {
                let key = match missing {
                    Level::Domain => Some(domain),
                    Level::Path => path,
                    Level::Name => name,
                };
                Err(vm.new_key_error(key.unwrap_or(domain).clone().into()))
            }
            Err(jar) => jar::clear(&jar, [Some(domain), path, name], vm),
        }
    }

    /// The one value of that name, in that domain and path.
    fn find(&self, args: &WhichArgs, vm: &VirtualMachine) -> PyResult<Option<String>> {
        let seen = self.seen(|it| args.names(it), vm)?;
        let mut values = seen.into_iter().filter_map(|it| it.value);
        let value = values.next();
        if value.is_some() && values.next().is_some() {
            let name = args.name.to_string_lossy();
            let message = format!("Multiple cookies exist with name={name}");
            return Err(exceptions::new("CookieConflict", &message, vm));
        }
        Ok(value)
    }
}

/// What a script sees of a cookie through the mapping.
struct Seen {
    name: String,
    value: Option<String>,
    domain: String,
    path: String,
}

impl Seen {
    fn of(cookie: &Cookie) -> Self {
        Self {
            name: cookie.name.clone(),
            value: cookie.value.clone(),
            domain: cookie.domain.clone(),
            path: cookie.path.clone(),
        }
    }
}

#[derive(rustpython_vm::FromArgs)]
struct SetArgs {
    #[pyarg(any)]
    name: PyObjectRef,
    #[pyarg(any)]
    value: PyObjectRef,
    #[pyarg(any, default = vm.ctx.empty_str.to_owned(), py_default = "''")]
    domain: PyStrRef,
    #[pyarg(any, default = vm.ctx.new_str("/"), py_default = "'/'")]
    path: PyStrRef,
}

impl SetArgs {
    fn cookie(&self, vm: &VirtualMachine) -> PyResult<Cookie> {
        let name = text(&self.name, "name", vm)?;
        let (domain, path) = (utf8(&self.domain, vm)?, utf8(&self.path, vm)?);
        if vm.is_none(&self.value) {
            let mut cookie = Cookie::new(name, "", domain, path);
            cookie.value = None;
            return Ok(cookie);
        }
        Ok(Cookie::new(
            name,
            text(&self.value, "value", vm)?,
            domain,
            path,
        ))
    }
}

fn text<'a>(value: &'a PyObject, what: &str, vm: &VirtualMachine) -> PyResult<&'a str> {
    let Some(text) = value.downcast_ref::<PyStr>() else {
        let class = value.class();
        let message = format!("the {what} of a cookie must be str, not {}", class.name());
        return Err(vm.new_type_error(message));
    };
    utf8(text, vm)
}

/// Which cookies: `None` stands for any domain or path.
#[derive(rustpython_vm::FromArgs)]
struct WhichArgs {
    #[pyarg(any)]
    name: PyStrRef,
    #[pyarg(any, default)]
    domain: Option<PyStrRef>,
    #[pyarg(any, default)]
    path: Option<PyStrRef>,
}

impl WhichArgs {
    fn names(&self, cookie: &Seen) -> bool {
        let is = |wanted: &PyStrRef, value: &str| wanted.to_str() == Some(value);
        is(&self.name, &cookie.name)
            && self.domain.as_ref().is_none_or(|it| is(it, &cookie.domain))
            && self.path.as_ref().is_none_or(|it| is(it, &cookie.path))
    }
}

#[derive(rustpython_vm::FromArgs)]
struct GetArgs {
    #[pyarg(any)]
    name: PyStrRef,
    #[pyarg(any, default)]
    default: Option<PyObjectRef>,
    #[pyarg(any, default)]
    domain: Option<PyStrRef>,
    #[pyarg(any, default)]
    path: Option<PyStrRef>,
}

#[derive(rustpython_vm::FromArgs)]
struct ClearArgs {
    #[pyarg(any, default)]
    domain: Option<PyStrRef>,
    #[pyarg(any, default)]
    path: Option<PyStrRef>,
}

impl Constructor for Cookies {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

#[derive(rustpython_vm::FromArgs)]
pub(super) struct InitArgs {
    #[pyarg(any, default)]
    cookies: Option<PyObjectRef>,
}

impl Initializer for Cookies {
    type Args = InitArgs;

    fn init(zelf: &Py<Self>, args: InitArgs, vm: &VirtualMachine) -> PyResult<()> {
        if let Some(cookies) = args.cookies {
            let kept = Kept::parse(&cookies, vm)?;
            *zelf.kept.lock() = kept;
        }
        Ok(())
    }
}

#[pyclass(
    with(
        mapping::Views,
        rustpython_vm::types::AsMapping,
        rustpython_vm::types::AsSequence,
        rustpython_vm::types::Comparable,
        Constructor,
        Initializer,
        rustpython_vm::types::Iterable,
        rustpython_vm::types::Representable
    ),
    flags(BASETYPE, HAS_DICT, HAS_WEAKREF)
)]
impl Cookies {
    /// The http.cookiejar.CookieJar with the cookies. It is made when it is asked for first, and
    /// keeps them from then on.
    #[pygetset]
    fn jar(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.as_jar(vm)
    }

    #[pygetset(setter)]
    fn set_jar(zelf: &Py<Self>, jar: PySetterValue, vm: &VirtualMachine) -> PyResult<()> {
        let PySetterValue::Assign(jar) = jar else {
            return Err(vm.new_attribute_error("cannot delete attribute"));
        };
        let before = std::mem::replace(&mut *zelf.kept.lock(), Kept::Jar(jar));
        // After the lock: dropping a jar may run a script's code.
        drop(before);
        Ok(())
    }

    /// Takes in the cookies that a response sets.
    #[pymethod]
    fn extract_cookies(
        zelf: &Py<Self>,
        response: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let headers = response.get_attr("headers", vm)?;
        let items = vm.call_method(&headers, "multi_items", ())?;
        let items: Vec<(PyStrRef, PyStrRef)> = items
            .try_to_value::<Vec<PyObjectRef>>(vm)?
            .into_iter()
            .map(|item| {
                let pair: Vec<PyStrRef> = item.try_to_value(vm)?;
                match <[PyStrRef; 2]>::try_from(pair) {
                    Ok([name, value]) => Ok((name, value)),
                    Err(_) => Err(vm.new_value_error("multi_items() must give pairs")),
                }
            })
            .collect::<PyResult<_>>()?;
        let fields = items.into_iter().filter_map(|(name, value)| {
            let is_it = name.to_str()?.eq_ignore_ascii_case("set-cookie");
            is_it.then(|| value.to_string_lossy().into_owned())
        });
        let fields: Vec<String> = fields.collect();
        if fields.is_empty() {
            return Ok(());
        }
        let request = response.get_attr("request", vm)?;
        let url = url::parse(&*request.get_attr("url", vm)?, vm)?;
        zelf.extract_fields(&url, &fields, vm)
    }

    /// Gives a request the Cookie field with the cookies that go to its URL, unless it has one.
    #[pymethod]
    fn set_cookie_header(
        zelf: &Py<Self>,
        request: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let url = url::parse(&*request.get_attr("url", vm)?, vm)?;
        let Some(text) = zelf.header_text(&url, vm)? else {
            return Ok(());
        };
        let headers = request.get_attr("headers", vm)?;
        let name = vm.ctx.new_str("Cookie");
        let has_one = vm.call_method(&headers, "__contains__", (name.clone(),))?;
        if !has_one.try_to_bool(vm)? {
            headers.set_item(&*name, vm.ctx.new_str(text).into(), vm)?;
        }
        Ok(())
    }

    /// Sets a cookie, for every host unless a domain is given.
    #[pymethod]
    fn set(zelf: &Py<Self>, args: SetArgs, vm: &VirtualMachine) -> PyResult<()> {
        zelf.put(args.cookie(vm)?, vm)
    }

    /// The value of a cookie, or `default`. If several have that name, CookieConflict is raised,
    /// unless domain and path tell which is meant.
    #[pymethod]
    fn get(zelf: &Py<Self>, args: GetArgs, vm: &VirtualMachine) -> PyResult {
        let GetArgs {
            name,
            default,
            domain,
            path,
        } = args;
        let value = zelf.find(&WhichArgs { name, domain, path }, vm)?;
        Ok(match value {
            Some(value) => vm.ctx.new_str(value).into(),
            None => vm.unwrap_or_none(default),
        })
    }

    /// Takes the cookies of a name away; with domain and path, just the one, which has to exist.
    #[pymethod]
    fn delete(zelf: &Py<Self>, args: WhichArgs, vm: &VirtualMachine) -> PyResult<()> {
        if let (Some(domain), Some(path)) = (&args.domain, &args.path) {
            return zelf.take_away(domain, Some(path), Some(&args.name), vm);
        }
        for cookie in zelf.seen(|it| args.names(it), vm)? {
            let new = |text: &str| vm.ctx.new_str(text);
            let path = new(&cookie.path);
            zelf.take_away(&new(&cookie.domain), Some(&path), Some(&args.name), vm)?;
        }
        Ok(())
    }

    /// Takes all cookies away, or those of a domain, or those of a path in it.
    #[pymethod]
    fn clear(zelf: &Py<Self>, args: ClearArgs, vm: &VirtualMachine) -> PyResult<()> {
        match (&args.domain, &args.path) {
            (Some(domain), path) => zelf.take_away(domain, path.as_ref(), None, vm),
            (None, Some(_)) => {
                let message = "domain must be given to clear the cookies of a path";
                Err(vm.new_assertion_error(message))
            }
            (None, None) => match zelf.jar_or(CookieStore::clear) {
                Ok(()) => Ok(()),
                Err(jar) => jar::clear(&jar, [None; 3], vm),
            },
        }
    }

    /// Sets the cookies of a dict, pairs, Cookies or a CookieJar.
    #[pymethod]
    fn update(
        zelf: &Py<Self>,
        cookies: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        match given(cookies, vm) {
            Some(cookies) => zelf.add(&cookies, vm),
            None => Ok(()),
        }
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        let cookies = match zelf.jar_or(|store| store.clone()) {
            Ok(store) => jar::new_cookies(&store, vm)?,
            Err(jar) => jar::cookies(&jar, vm)?,
        };
        let attributes = zelf.as_object().dict();
        let attributes = attributes.map_or_else(|| vm.ctx.none(), Into::into);
        let state = vm
            .ctx
            .new_tuple(vec![vm.ctx.new_list(cookies).into(), attributes]);
        let make = vm.import("copyreg", 0)?.get_attr("__newobj__", vm)?;
        let class = vm.ctx.new_tuple(vec![zelf.class().to_owned().into()]);
        let parts = vec![make, class.into(), state.into()];
        Ok(vm.ctx.new_tuple(parts).into())
    }

    #[pymethod]
    fn __setstate__(
        zelf: &Py<Self>,
        (cookies, attributes): (PyObjectRef, PyObjectRef),
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let jar = jar::of_cookies(cookies.try_to_value(vm)?, vm)?;
        *zelf.kept.lock() = Kept::Jar(jar);
        if let (Some(own), false) = (zelf.as_object().dict(), vm.is_none(&attributes)) {
            vm.call_method(own.as_object(), "update", (attributes,))?;
        }
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
