//! Getting at the cookies, whichever way they are kept.

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use rustpython_vm::{
    PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyDict, PyList, PyStrRef},
    common::lock::PyMutex,
};

use super::args::{SetArgs, WhichArgs};
use super::{Cookies, Kept, Seen, jar};
use crate::engine::http::Url;
use crate::engine::http::cookies::{Cookie, CookieStore, Level, is_for_public_suffix};
use crate::engine::http::request::parse_header;
use crate::modules::convert::{header_str, utf8};
use crate::modules::httpx::exceptions::{self, to_exception};

impl Kept {
    pub(super) fn parse(value: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
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
    /// The cookies that an argument gives: None, a dict, pairs, Cookies, or a jar. The jar itself
    /// is kept, everything else is copied.
    pub(in crate::modules::httpx) fn parse(
        value: &PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<Self> {
        let kept = Kept::parse(value, vm)?;
        Ok(Self {
            kept: PyMutex::new(kept),
        })
    }

    /// The Cookie field of a request for `url`; `None` when no cookie goes there. A request that
    /// has one already keeps its own.
    ///
    /// # Errors
    /// LocalProtocolError when a cookie that the script set has a control character, and what the
    /// jar of a script raises.
    pub(in crate::modules::httpx) fn header_for(
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
    pub(in crate::modules::httpx) fn extract(
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
    pub(in crate::modules::httpx) fn copy(&self, vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self {
            kept: PyMutex::new(self.copied(vm)?),
        })
    }

    /// Adds the cookies that an argument gives, as [`parse`](Self::parse) takes them.
    pub(in crate::modules::httpx) fn add(
        &self,
        value: &PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
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

    pub(super) fn header_text(&self, url: &Url, vm: &VirtualMachine) -> PyResult<Option<String>> {
        match self.jar_or(|store| store.header_text(url)) {
            Ok(text) => Ok(text),
            Err(jar) => jar::header(&jar, url, vm),
        }
    }

    pub(super) fn extract_fields(
        &self,
        url: &Url,
        fields: &[String],
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        match self.jar_or(|store| store.extract_fields(url, fields)) {
            Ok(()) => Ok(()),
            Err(jar) => {
                let allowed = fields.iter().filter(|it| !is_for_public_suffix(it, url));
                jar::extract(&jar, url, allowed, vm)
            }
        }
    }

    /// What `use_store` makes of the store, or else the jar.
    pub(super) fn jar_or<T>(
        &self,
        use_store: impl FnOnce(&mut CookieStore) -> T,
    ) -> Result<T, PyObjectRef> {
        match &mut *self.kept.lock() {
            Kept::Store(store) => Ok(use_store(store)),
            Kept::Jar(jar) => Err(jar.clone()),
        }
    }

    pub(super) fn copied(&self, vm: &VirtualMachine) -> PyResult<Kept> {
        match self.jar_or(|store| store.clone()) {
            Ok(store) => Ok(Kept::Store(store)),
            Err(jar) => jar::copy(&jar, vm).map(Kept::Jar),
        }
    }

    /// The jar, which is where the cookies are from then on.
    pub(super) fn as_jar(&self, vm: &VirtualMachine) -> PyResult {
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

    pub(super) fn put(&self, cookie: Cookie, vm: &VirtualMachine) -> PyResult<()> {
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
    pub(super) fn seen(
        &self,
        is_wanted: impl Fn(&Seen) -> bool,
        vm: &VirtualMachine,
    ) -> PyResult<Vec<Seen>> {
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
    pub(super) fn take_away(
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
    pub(super) fn find(&self, args: &WhichArgs, vm: &VirtualMachine) -> PyResult<Option<String>> {
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
