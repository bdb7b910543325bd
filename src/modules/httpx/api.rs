//! The functions of the module: each makes a client for one request.

use http::Method;
use rustpython_vm::{
    FromArgs, PyObjectRef, PyRef, PyResult, VirtualMachine, function::OptionalArg,
};

use super::client::Client;
use super::encode::RequestBody;
use super::options::{ClientOptions, DefaultArgs, MethodArgs, RequestOptions, SendOptions};
use super::stream::StreamContext;
use super::transport_options::FunctionTransportArgs;

/// What every function takes besides the body.
#[derive(FromArgs)]
pub(super) struct CommonArgs {
    #[pyarg(named, optional)]
    params: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    headers: OptionalArg<PyObjectRef>,
    /// Of the client.
    #[pyarg(named, optional)]
    cookies: OptionalArg<PyObjectRef>,
    #[pyarg(flatten)]
    sending: SendOptions,
    /// Of the client.
    #[pyarg(named, optional)]
    timeout: OptionalArg<PyObjectRef>,
    #[pyarg(flatten)]
    transport: FunctionTransportArgs,
}

/// get, head, options, delete.
#[derive(FromArgs)]
pub(super) struct FunctionUrlArgs {
    #[pyarg(any)]
    url: PyObjectRef,
    #[pyarg(flatten)]
    common: CommonArgs,
}

/// post, put, patch.
#[derive(FromArgs)]
pub(super) struct FunctionBodyArgs {
    #[pyarg(any)]
    url: PyObjectRef,
    #[pyarg(flatten)]
    body: RequestBody,
    #[pyarg(flatten)]
    common: CommonArgs,
}

/// request, stream.
#[derive(FromArgs)]
pub(super) struct FunctionMethodArgs {
    #[pyarg(any)]
    method: PyObjectRef,
    #[pyarg(any)]
    url: PyObjectRef,
    #[pyarg(flatten)]
    body: RequestBody,
    #[pyarg(flatten)]
    common: CommonArgs,
}

impl FunctionUrlArgs {
    pub(super) fn with_method(self, method: Method, vm: &VirtualMachine) -> FunctionMethodArgs {
        FunctionMethodArgs {
            method: vm.ctx.new_str(method.as_str()).into(),
            url: self.url,
            body: RequestBody::default(),
            common: self.common,
        }
    }
}

impl FunctionBodyArgs {
    pub(super) fn with_method(self, method: Method, vm: &VirtualMachine) -> FunctionMethodArgs {
        FunctionMethodArgs {
            method: vm.ctx.new_str(method.as_str()).into(),
            url: self.url,
            body: self.body,
            common: self.common,
        }
    }
}

impl FunctionMethodArgs {
    /// The client that the function makes, and what it asks of it.
    fn split(self, vm: &VirtualMachine) -> PyResult<(PyRef<Client>, MethodArgs)> {
        let CommonArgs {
            params,
            headers,
            cookies,
            sending,
            timeout,
            transport,
        } = self.common;
        let (transport, trust_env) = transport.into_client();
        let client = Client::with(
            ClientOptions {
                defaults: DefaultArgs {
                    cookies,
                    timeout,
                    ..DefaultArgs::default()
                },
                transport,
                trust_env,
            },
            vm,
        )?;
        let args = MethodArgs {
            method: self.method,
            url: self.url,
            body: self.body,
            options: RequestOptions {
                params,
                headers,
                ..RequestOptions::default()
            },
            sending,
        };
        Ok((client, args))
    }
}

/// request, and the verbs by way of it.
pub(super) fn request(args: FunctionMethodArgs, vm: &VirtualMachine) -> PyResult {
    let (client, args) = args.split(vm)?;
    let response = Client::request_by(&client, args, vm);
    let closed = Client::close_now(&client, vm);
    let response = response?;
    closed.map(|()| response)
}

/// stream.
pub(super) fn stream(args: FunctionMethodArgs, vm: &VirtualMachine) -> PyResult<StreamContext> {
    let (client, args) = args.split(vm)?;
    let pending = Client::pending(&client, args, vm).owning(client);
    Ok(StreamContext::new(pending))
}
