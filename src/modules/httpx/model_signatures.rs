//! What `inspect` says of the classes that requests are made of.

use rustpython_vm::{Py, PyPayload as _, PyResult, VirtualMachine, builtins::PyModule};

use super::cookies::Cookies;
use super::exceptions;
use super::request::Request;
use super::response::Response;
use super::transports::{AsyncBaseTransport, BaseTransport};
use super::url::Url;
use crate::modules::method::{ClassSignature, Description, Method};

const MODULE: &str = "httpx";

const REQUEST: &str = "\
    method, url, *, params=None, headers=None, cookies=None, content=None, data=None, files=None, \
    json=None, stream=None, extensions=None";

const RESPONSE: &str = "\
    status_code, *, headers=None, content=None, text=None, html=None, json=None, stream=None, \
    request=None, extensions=None, history=None, default_encoding='utf-8'";

/// Exceptions whose parameters are not those of the class that they derive from.
const EXCEPTIONS: [(&str, &str); 10] = [
    ("HTTPError", "message"),
    ("RequestError", "message, *, request=None"),
    ("HTTPStatusError", "message, *, request, response"),
    ("InvalidURL", "message"),
    ("CookieConflict", "message"),
    ("StreamError", "message"),
    ("StreamConsumed", ""),
    ("StreamClosed", ""),
    ("ResponseNotRead", ""),
    ("RequestNotRead", ""),
];

const fn method(name: &'static str, parameters: &'static str) -> Description {
    Description {
        name,
        parameters,
        is_coroutine: false,
        shortcut: None,
    }
}

const fn coroutine(name: &'static str, parameters: &'static str) -> Description {
    Description {
        is_coroutine: true,
        ..method(name, parameters)
    }
}

const RESPONSE_METHODS: [Description; 9] = [
    coroutine("aread", "self"),
    coroutine("aclose", "self"),
    method("iter_raw", "self, chunk_size=None"),
    method("iter_bytes", "self, chunk_size=None"),
    method("iter_text", "self, chunk_size=None"),
    method("aiter_raw", "self, chunk_size=None"),
    method("aiter_bytes", "self, chunk_size=None"),
    method("aiter_text", "self, chunk_size=None"),
    method("json", "self, **kwargs").with_shortcut(Response::json_of_content),
];

const TRANSPORT_METHODS: [Description; 4] = [
    coroutine("handle_async_request", "self, request"),
    coroutine("aclose", "self"),
    coroutine("__aenter__", "self"),
    coroutine(
        "__aexit__",
        "self, exc_type=None, exc_value=None, traceback=None",
    ),
];

/// Describes the classes and the functions that are no requests.
pub(super) fn describe(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let ctx = &vm.ctx;
    let aread = [coroutine("aread", "self")];
    let cookies = [
        method("pop", "self, key, default=None"),
        method("setdefault", "self, key, default=None"),
    ];
    let url = [method("copy_with", "self, **kwargs")];
    Method::describe(Request::class(ctx), MODULE, &aread, vm);
    Method::describe(Response::class(ctx), MODULE, &RESPONSE_METHODS, vm);
    Method::describe(
        AsyncBaseTransport::class(ctx),
        MODULE,
        &TRANSPORT_METHODS,
        vm,
    );
    Method::describe(Cookies::class(ctx), MODULE, &cookies, vm);
    Method::describe(Url::class(ctx), MODULE, &url, vm);
    ClassSignature::describe(Request::class(ctx), MODULE, REQUEST, vm);
    ClassSignature::describe(Response::class(ctx), MODULE, RESPONSE, vm);
    ClassSignature::describe(BaseTransport::class(ctx), MODULE, "", vm);
    ClassSignature::describe(AsyncBaseTransport::class(ctx), MODULE, "", vm);
    for (name, parameters) in EXCEPTIONS {
        ClassSignature::describe(exceptions::class(name), MODULE, parameters, vm);
    }
    let parameters = "verify=True, cert=None, trust_env=True";
    let description = method("create_ssl_context", parameters);
    let function = module.get_attr(description.name, vm)?;
    let function = Method::function(function, MODULE, description, vm);
    module.set_attr(description.name, function, vm)
}
