//! The functions of the module: each makes a client for one request.

use http::Method;
use runtime_bridge::block_on;
use rustpython_vm::{FromArgs, PyRef, PyResult, VirtualMachine, function::OptionalArg};

use super::args::{
    BodyOptions, ClientOptions, MethodArgs, RequestOptions, TransportOptions, UrlArgs, UrlBodyArgs,
    parse_method,
};
use super::response::Response;
use super::session::Session;
use super::stream::{Pending, StreamContext};

#[derive(FromArgs)]
pub(super) struct FunctionUrlArgs {
    #[pyarg(flatten)]
    request: UrlArgs,
    #[pyarg(flatten)]
    transport: TransportOptions,
}

#[derive(FromArgs)]
pub(super) struct FunctionBodyArgs {
    #[pyarg(flatten)]
    request: UrlBodyArgs,
    #[pyarg(flatten)]
    transport: TransportOptions,
}

#[derive(FromArgs)]
pub(super) struct FunctionMethodArgs {
    #[pyarg(flatten)]
    request: MethodArgs,
    #[pyarg(flatten)]
    transport: TransportOptions,
}

fn one_request_session(transport: TransportOptions, vm: &VirtualMachine) -> PyResult<Session> {
    let defaults = RequestOptions {
        params: OptionalArg::Missing,
        headers: OptionalArg::Missing,
        auth: OptionalArg::Missing,
        timeout: OptionalArg::Missing,
    };
    let options = ClientOptions {
        defaults,
        transport,
        limits: OptionalArg::Missing,
        base_url: OptionalArg::Missing,
        default_encoding: OptionalArg::Missing,
    };
    Session::new(options, vm)
}

fn send(
    method: Method,
    request: UrlBodyArgs,
    transport: TransportOptions,
    vm: &VirtualMachine,
) -> PyResult<PyRef<Response>> {
    let session = one_request_session(transport, vm)?;
    let UrlBodyArgs { url, body, options } = request;
    let exchange = session.prepare(method, &url, body, options, vm)?;
    let response = block_on(vm, exchange.fetch());
    session.close();
    response
}

/// get, head, options, delete.
pub(super) fn send_url(
    method: Method,
    args: FunctionUrlArgs,
    vm: &VirtualMachine,
) -> PyResult<PyRef<Response>> {
    let UrlArgs { url, options } = args.request;
    let body = BodyOptions::default();
    send(
        method,
        UrlBodyArgs { url, body, options },
        args.transport,
        vm,
    )
}

/// post, put, patch.
pub(super) fn send_body(
    method: Method,
    args: FunctionBodyArgs,
    vm: &VirtualMachine,
) -> PyResult<PyRef<Response>> {
    send(method, args.request, args.transport, vm)
}

/// request.
pub(super) fn request(args: FunctionMethodArgs, vm: &VirtualMachine) -> PyResult<PyRef<Response>> {
    let MethodArgs {
        method,
        url,
        body,
        options,
    } = args.request;
    let method = parse_method(&method, vm)?;
    send(
        method,
        UrlBodyArgs { url, body, options },
        args.transport,
        vm,
    )
}

/// stream.
pub(super) fn stream(args: FunctionMethodArgs, vm: &VirtualMachine) -> PyResult<StreamContext> {
    let session = std::sync::Arc::new(one_request_session(args.transport, vm)?);
    let MethodArgs {
        method,
        url,
        body,
        options,
    } = args.request;
    let exchange = parse_method(&method, vm)
        .and_then(|method| session.prepare(method, &url, body, options, vm));
    Ok(Pending::new(exchange, Some(session)).into())
}
