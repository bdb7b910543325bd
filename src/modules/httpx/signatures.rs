//! What `inspect.signature` and `inspect.iscoroutinefunction` say of clients and functions.
//!
//! The text is for people and tools; the arguments themselves are parsed by `options.rs` and
//! `api.rs`.

use rustpython_vm::{Py, PyPayload, PyResult, VirtualMachine, builtins::PyModule};

use super::async_client::AsyncClient;
use super::base_client::BaseClient;
use super::client::Client;
use super::transports::{AsyncHttpTransport, HttpTransport};
use crate::modules::method::{ClassSignature, Description, Method, Shortcut};

const MODULE: &str = "httpx";

/// get, options, head, delete of a client.
const URL: &str = "\
    self, url, *, params=None, headers=None, cookies=None, auth=USE_CLIENT_DEFAULT, \
    follow_redirects=USE_CLIENT_DEFAULT, timeout=USE_CLIENT_DEFAULT, extensions=None";

/// post, put, patch of a client.
const URL_BODY: &str = "\
    self, url, *, content=None, data=None, files=None, json=None, params=None, headers=None, \
    cookies=None, auth=USE_CLIENT_DEFAULT, follow_redirects=USE_CLIENT_DEFAULT, \
    timeout=USE_CLIENT_DEFAULT, extensions=None";

/// request, stream of a client.
const METHOD: &str = "\
    self, method, url, *, content=None, data=None, files=None, json=None, params=None, \
    headers=None, cookies=None, auth=USE_CLIENT_DEFAULT, \
    follow_redirects=USE_CLIENT_DEFAULT, timeout=USE_CLIENT_DEFAULT, extensions=None";

/// build_request of a client.
const BUILD: &str = "\
    self, method, url, *, content=None, data=None, files=None, json=None, params=None, \
    headers=None, cookies=None, timeout=USE_CLIENT_DEFAULT, extensions=None";

/// send of a client.
const SEND: &str = "\
    self, request, *, stream=False, auth=USE_CLIENT_DEFAULT, \
    follow_redirects=USE_CLIENT_DEFAULT";

/// The functions get, options, head, delete.
const FUNCTION_URL: &str = "\
    url, *, params=None, headers=None, cookies=None, auth=None, proxy=None, \
    follow_redirects=False, verify=True, timeout=Timeout(timeout=5.0), trust_env=True";

/// The functions post, put, patch.
const FUNCTION_URL_BODY: &str = "\
    url, *, content=None, data=None, files=None, json=None, params=None, headers=None, \
    cookies=None, auth=None, proxy=None, follow_redirects=False, verify=True, \
    timeout=Timeout(timeout=5.0), trust_env=True";

/// The functions request, stream.
const FUNCTION_METHOD: &str = "\
    method, url, *, params=None, content=None, data=None, files=None, json=None, \
    headers=None, cookies=None, auth=None, proxy=None, timeout=Timeout(timeout=5.0), \
    follow_redirects=False, verify=True, trust_env=True";

/// Client, AsyncClient.
const CLIENT: &str = "\
    *, auth=None, params=None, headers=None, cookies=None, verify=True, cert=None, \
    trust_env=True, http1=True, http2=False, proxy=None, mounts=None, \
    timeout=Timeout(timeout=5.0), follow_redirects=False, limits=Limits(max_connections=100, \
    max_keepalive_connections=20, keepalive_expiry=5.0), max_redirects=20, event_hooks=None, \
    base_url='', transport=None, default_encoding='utf-8'";

/// HTTPTransport, AsyncHTTPTransport.
const TRANSPORT: &str = "\
    verify=True, cert=None, trust_env=True, http1=True, http2=False, \
    limits=Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=5.0), \
    proxy=None, uds=None, local_address=None, retries=0, socket_options=None";

const fn described(name: &'static str, parameters: &'static str) -> Description {
    Description {
        name,
        parameters,
        is_coroutine: false,
        shortcut: None,
    }
}

/// The methods of clients: coroutine functions on AsyncClient, but for `stream`.
const METHODS: [Description; 10] = [
    described("get", URL),
    described("options", URL),
    described("head", URL),
    described("delete", URL),
    described("post", URL_BODY),
    described("put", URL_BODY),
    described("patch", URL_BODY),
    described("request", METHOD),
    described("send", SEND),
    described("stream", METHOD),
];

const FUNCTIONS: [Description; 9] = [
    described("get", FUNCTION_URL),
    described("options", FUNCTION_URL),
    described("head", FUNCTION_URL),
    described("delete", FUNCTION_URL),
    described("post", FUNCTION_URL_BODY),
    described("put", FUNCTION_URL_BODY),
    described("patch", FUNCTION_URL_BODY),
    described("request", FUNCTION_METHOD),
    described("stream", FUNCTION_METHOD),
];

/// Describes the classes and functions of the module.
pub(super) fn describe(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    Method::prepare_classes();
    let ctx = &vm.ctx;
    Method::describe(
        BaseClient::class(ctx),
        MODULE,
        &[described("build_request", BUILD)],
        vm,
    );
    let with_get = |get: Shortcut| {
        METHODS.map(|method| match method.name {
            "get" => method.with_shortcut(get),
            _ => method,
        })
    };
    Method::describe(Client::class(ctx), MODULE, &with_get(Client::get_url), vm);
    let coroutines = with_get(AsyncClient::get_url).map(|method| Description {
        is_coroutine: method.name != "stream",
        ..method
    });
    Method::describe(AsyncClient::class(ctx), MODULE, &coroutines, vm);
    let others = ["aclose", "__aenter__", "__aexit__"].map(|name| Description {
        name,
        parameters: match name {
            "__aexit__" => "self, exc_type=None, exc_value=None, traceback=None",
            _ => "self",
        },
        is_coroutine: true,
        shortcut: None,
    });
    Method::describe(AsyncClient::class(ctx), MODULE, &others, vm);
    let handle = Description {
        is_coroutine: true,
        ..described("handle_async_request", "self, request")
    };
    Method::describe(
        AsyncHttpTransport::class(ctx),
        MODULE,
        &[handle, others[0]],
        vm,
    );
    ClassSignature::describe(Client::class(ctx), MODULE, CLIENT, vm);
    ClassSignature::describe(AsyncClient::class(ctx), MODULE, CLIENT, vm);
    ClassSignature::describe(HttpTransport::class(ctx), MODULE, TRANSPORT, vm);
    ClassSignature::describe(AsyncHttpTransport::class(ctx), MODULE, TRANSPORT, vm);
    for description in FUNCTIONS {
        let function = module.get_attr(description.name, vm)?;
        let function = Method::function(function, MODULE, description, vm);
        module.set_attr(description.name, function, vm)?;
    }
    Ok(())
}
