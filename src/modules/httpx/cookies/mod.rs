//! `httpx.Cookies`.
//!
//! The cookies are in one place at a time. At first that is a [`CookieStore`] of the engine. When a
//! script asks for `.jar`, or gives a `CookieJar` of its own, it is that jar, for good: the script
//! may change it, and its policy decides what it takes and gives. The two never stand side by side,
//! so there is nothing to keep in step.
//!
//! Whatever the jar's policy, a cookie for a public suffix does not reach it.

mod args;
mod jar;
mod kept;
mod mapping;

use std::fmt;

use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyGenericAlias, PyStrRef, PyType, PyTypeRef},
    common::lock::PyMutex,
    function::{FuncArgs, PySetterValue},
    pyclass,
    types::{Constructor, Initializer},
};

use self::args::{ClearArgs, GetArgs, InitArgs, RequestArgs, ResponseArgs, SetArgs, WhichArgs};
use super::url;
use crate::engine::http::cookies::{Cookie, CookieStore};
use crate::modules::class::{reduce, restore};

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

impl Constructor for Cookies {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self::default())
    }
}

impl Initializer for Cookies {
    type Args = InitArgs;

    fn init(zelf: &Py<Self>, args: InitArgs, vm: &VirtualMachine) -> PyResult<()> {
        if let Some(cookies) = args.cookies {
            let kept = Kept::parse(&cookies, vm)?;
            let before = std::mem::replace(&mut *zelf.kept.lock(), kept);
            drop(before);
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
    /// For annotations: `Cookies[str, str]`.
    #[pyclassmethod]
    fn __class_getitem__(
        class: PyTypeRef,
        parameters: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyGenericAlias> {
        PyGenericAlias::from_args(class, parameters, vm)
    }

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
    fn extract_cookies(zelf: &Py<Self>, args: ResponseArgs, vm: &VirtualMachine) -> PyResult<()> {
        let response = args.response;
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
    fn set_cookie_header(zelf: &Py<Self>, args: RequestArgs, vm: &VirtualMachine) -> PyResult<()> {
        let request = args.request;
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
    fn update(zelf: &Py<Self>, args: InitArgs, vm: &VirtualMachine) -> PyResult<()> {
        match args.cookies {
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
        reduce(zelf.as_object(), vec![vm.ctx.new_list(cookies).into()], vm)
    }

    #[pymethod]
    fn __setstate__(zelf: &Py<Self>, state: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let [cookies] = restore(zelf.as_object(), &state, vm)?;
        let jar = jar::of_cookies(cookies.try_to_value(vm)?, vm)?;
        let before = std::mem::replace(&mut *zelf.kept.lock(), Kept::Jar(jar));
        drop(before);
        Ok(())
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
