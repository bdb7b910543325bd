//! The keyword arguments of `httpx.URL`.

use rustpython_vm::{
    PyObject, PyResult, VirtualMachine,
    builtins::{PyBytes, PyInt, PyStr},
    function::FuncArgs,
};

use super::query::{ascii, parse_params, str_of};
use crate::engine::http::Replacements;
use crate::modules::convert::utf8;

/// Each keyword and the type that its value has to have.
const ALLOWED: &[(&str, &str)] = &[
    ("scheme", "str"),
    ("username", "str"),
    ("password", "str"),
    ("userinfo", "bytes"),
    ("host", "str"),
    ("port", "int"),
    ("netloc", "bytes"),
    ("path", "str"),
    ("query", "bytes"),
    ("raw_path", "bytes"),
    ("fragment", "str"),
    ("params", "object"),
];

/// The components given, as text; `None` takes a component away.
pub(super) struct Components(Vec<(&'static str, Option<String>)>);

impl Components {
    pub(super) fn new(args: &FuncArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let mut components = Vec::with_capacity(args.kwargs.len());
        for (name, value) in &args.kwargs {
            let known = name.as_str().ok();
            let allowed = ALLOWED.iter().find(|(allowed, _)| Some(*allowed) == known);
            let Some(&(name, expected)) = allowed else {
                let message = format!("'{name}' is an invalid keyword argument for URL()");
                return Err(vm.new_type_error(message));
            };
            components.push((name, text_of(name, expected, value, vm)?));
        }
        Ok(Self(components))
    }

    fn get(&self, name: &str) -> Option<Option<&str>> {
        let (_, text) = self.0.iter().find(|(known, _)| *known == name)?;
        Some(text.as_deref())
    }

    /// Those that stand for several others win over these, as in httpx.
    pub(super) fn replacements(&self) -> Replacements<'_> {
        let text = |name| self.get(name).map(|text| text.unwrap_or_default().into());
        let optional = |name| self.get(name).map(|text| text.map(Into::into));
        let mut replacements = Replacements {
            scheme: text("scheme"),
            userinfo: text("userinfo"),
            port: text("port"),
            path: text("path"),
            query: optional("params").or_else(|| optional("query")),
            fragment: optional("fragment"),
            ..Replacements::default()
        };
        let (username, password) = (self.get("username"), self.get("password"));
        if username.or(password).is_some() {
            let word = |part: Option<Option<_>>| part.flatten().unwrap_or_default();
            replacements.set_credentials(word(username), word(password));
        }
        if let Some(host) = self.get("host") {
            replacements.set_host(host.unwrap_or_default());
        }
        if let Some(netloc) = self.get("netloc") {
            replacements.set_netloc(netloc.unwrap_or_default());
        }
        if let Some(raw_path) = self.get("raw_path") {
            replacements.set_raw_path(raw_path.unwrap_or_default());
        }
        replacements
    }
}

fn text_of(
    name: &str,
    expected: &str,
    value: &PyObject,
    vm: &VirtualMachine,
) -> PyResult<Option<String>> {
    if vm.is_none(value) {
        return Ok(None);
    }
    match expected {
        "str" => {
            if let Some(text) = value.downcast_ref::<PyStr>() {
                return Ok(Some(utf8(text, vm)?.to_owned()));
            }
        }
        "bytes" => {
            if value.downcast_ref::<PyBytes>().is_some() {
                return ascii(value, vm).map(Some);
            }
        }
        "int" => {
            if value.downcast_ref::<PyInt>().is_some() {
                return str_of(value, vm).map(Some);
            }
        }
        _ => return query_of(value, vm),
    }
    let class = value.class();
    let message = format!(
        "Argument '{name}' must be {expected} but got {}",
        class.name()
    );
    Err(vm.new_type_error(message))
}

/// Empty parameters are no query at all, so that no "?" is left.
fn query_of(params: &PyObject, vm: &VirtualMachine) -> PyResult<Option<String>> {
    if !params.to_owned().try_to_bool(vm)? {
        return Ok(None);
    }
    Ok(Some(parse_params(params, vm)?.encode()))
}
