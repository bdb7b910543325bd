//! Between the engine's cookies and those of a `http.cookiejar.CookieJar`.

use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyStr, builtins::PyStrRef,
};

use super::Seen;
use crate::engine::http::Url;
use crate::engine::http::cookies::{Cookie, CookieStore};

/// The cookies in a jar.
pub(super) fn cookies(jar: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    jar.try_to_value(vm)
}

/// A new jar with the cookies of a store.
pub(super) fn of_store(store: &CookieStore, vm: &VirtualMachine) -> PyResult {
    of_cookies(new_cookies(store, vm)?, vm)
}

/// A new jar with those cookies.
pub(super) fn of_cookies(cookies: Vec<PyObjectRef>, vm: &VirtualMachine) -> PyResult {
    let jar = module(vm)?.get_attr("CookieJar", vm)?.call((), vm)?;
    for cookie in cookies {
        vm.call_method(&jar, "set_cookie", (cookie,))?;
    }
    Ok(jar)
}

/// A new jar with the very cookies of another.
pub(super) fn copy(jar: &PyObject, vm: &VirtualMachine) -> PyResult {
    of_cookies(cookies(jar, vm)?, vm)
}

/// The cookies of a store as `http.cookiejar` has them.
pub(super) fn new_cookies(store: &CookieStore, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    store.iter().map(|cookie| new_cookie(cookie, vm)).collect()
}

/// A cookie as `http.cookiejar` has it.
pub(super) fn new_cookie(cookie: &Cookie, vm: &VirtualMachine) -> PyResult {
    let text = |text: &str| -> PyObjectRef { vm.ctx.new_str(text).into() };
    let optional = |text_or_none: &Option<String>| match text_or_none {
        Some(it) => text(it),
        None => vm.ctx.none(),
    };
    let flag = |flag: bool| -> PyObjectRef { vm.ctx.new_bool(flag).into() };
    let rest = vm.ctx.new_dict();
    for (name, value) in &cookie.rest {
        rest.set_item(name.as_str(), optional(value), vm)?;
    }
    let expires = cookie.expires.map(|it| vm.ctx.new_int(it).into());
    // In the order of Cookie's parameters.
    let args = vec![
        vm.ctx.new_int(0).into(),
        text(&cookie.name),
        optional(&cookie.value),
        optional(&cookie.port),
        flag(cookie.port_specified),
        text(&cookie.domain),
        flag(cookie.domain_specified),
        flag(cookie.domain_initial_dot),
        text(&cookie.path),
        flag(cookie.path_specified),
        flag(cookie.secure),
        vm.unwrap_or_none(expires),
        flag(cookie.discard),
        optional(&cookie.comment),
        optional(&cookie.comment_url),
        rest.into(),
        flag(cookie.rfc2109),
    ];
    module(vm)?.get_attr("Cookie", vm)?.call(args, vm)
}

/// What a script sees of a jar's cookie through the mapping.
pub(super) fn seen(cookie: &PyObject, vm: &VirtualMachine) -> PyResult<Seen> {
    let optional = |name: &'static str| -> PyResult<Option<String>> {
        let value = cookie.get_attr(name, vm)?;
        if vm.is_none(&value) {
            return Ok(None);
        }
        let text = match value.downcast_ref::<PyStr>() {
            Some(text) => text.to_string_lossy().into_owned(),
            None => value.str(vm)?.to_string_lossy().into_owned(),
        };
        Ok(Some(text))
    };
    let text = |name| Ok(optional(name)?.unwrap_or_default());
    Ok(Seen {
        name: text("name")?,
        value: optional("value")?,
        domain: text("domain")?,
        path: text("path")?,
    })
}

/// The Cookie field that a jar gives a request for `url`.
pub(super) fn header(jar: &PyObject, url: &Url, vm: &VirtualMachine) -> PyResult<Option<String>> {
    let url = vm.ctx.new_str(url.without_userinfo().as_str());
    let text = helper("header", vm)?.call((jar.to_owned(), url), vm)?;
    if vm.is_none(&text) {
        return Ok(None);
    }
    Ok(Some(text.str(vm)?.to_string_lossy().into_owned()))
}

/// Lets a jar take in Set-Cookie fields of a response to a request for `url`.
pub(super) fn extract<'a>(
    jar: &PyObject,
    url: &Url,
    fields: impl Iterator<Item = &'a String>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let fields = fields.map(|field| vm.ctx.new_str(field.as_str()).into());
    let fields = vm.ctx.new_list(fields.collect());
    let url = vm.ctx.new_str(url.without_userinfo().as_str());
    helper("extract", vm)?.call((jar.to_owned(), url, fields), vm)?;
    Ok(())
}

/// Takes cookies out of a jar: all, or those of a domain, path and name.
pub(super) fn clear(
    jar: &PyObject,
    which: [Option<&PyStrRef>; 3],
    vm: &VirtualMachine,
) -> PyResult<()> {
    let given = which.into_iter().map_while(|it| it);
    let args: Vec<PyObjectRef> = given.map(|it| it.as_object().to_owned()).collect();
    vm.call_method(jar, "clear", args)?;
    Ok(())
}

fn module(vm: &VirtualMachine) -> PyResult {
    submodule("http.cookiejar", vm)
}

fn helper(name: &'static str, vm: &VirtualMachine) -> PyResult {
    submodule("httpx._cookie_jar", vm)?.get_attr(name, vm)
}

fn submodule(name: &'static str, vm: &VirtualMachine) -> PyResult {
    let names = vm.ctx.new_tuple(vec![vm.ctx.new_str("*").into()]);
    vm.import_from(name, names, 0)
}
