//! The parameters of requests and clients, each named in one place.

use rustpython_vm::{
    FromArgs, PyObject, PyObjectRef, VirtualMachine,
    function::{ArgIntoBool, FuncArgs, KwArgs, OptionalArg},
};

use super::encode::RequestBody;
use super::transport_options::TransportArgs;

/// How many redirects are followed unless a client says otherwise.
const MAX_REDIRECTS: usize = 20;

/// What every request takes.
#[derive(FromArgs, Default)]
pub(super) struct RequestOptions {
    #[pyarg(named, optional)]
    pub(super) params: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) headers: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) cookies: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) timeout: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) extensions: OptionalArg<PyObjectRef>,
}

/// How a request is sent.
#[derive(FromArgs, Default)]
pub(super) struct SendOptions {
    #[pyarg(named, optional)]
    pub(super) auth: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) follow_redirects: OptionalArg<PyObjectRef>,
}

/// get, head, options, delete.
#[derive(FromArgs)]
pub(super) struct UrlArgs {
    #[pyarg(any)]
    pub(super) url: PyObjectRef,
    #[pyarg(flatten)]
    pub(super) options: RequestOptions,
    #[pyarg(flatten)]
    pub(super) sending: SendOptions,
}

impl UrlArgs {
    /// Those of a call with a URL and nothing else.
    pub(super) fn of(url: &PyObject) -> Self {
        Self {
            url: url.to_owned(),
            options: RequestOptions::default(),
            sending: SendOptions::default(),
        }
    }
}

/// post, put, patch.
#[derive(FromArgs)]
pub(super) struct UrlBodyArgs {
    #[pyarg(any)]
    pub(super) url: PyObjectRef,
    #[pyarg(flatten)]
    pub(super) body: RequestBody,
    #[pyarg(flatten)]
    pub(super) options: RequestOptions,
    #[pyarg(flatten)]
    pub(super) sending: SendOptions,
}

/// request, stream.
#[derive(FromArgs)]
pub(super) struct MethodArgs {
    #[pyarg(any)]
    pub(super) method: PyObjectRef,
    #[pyarg(any)]
    pub(super) url: PyObjectRef,
    #[pyarg(flatten)]
    pub(super) body: RequestBody,
    #[pyarg(flatten)]
    pub(super) options: RequestOptions,
    #[pyarg(flatten)]
    pub(super) sending: SendOptions,
}

/// build_request.
#[derive(FromArgs)]
pub(super) struct BuildArgs {
    #[pyarg(any)]
    pub(super) method: PyObjectRef,
    #[pyarg(any)]
    pub(super) url: PyObjectRef,
    #[pyarg(flatten)]
    pub(super) body: RequestBody,
    #[pyarg(flatten)]
    pub(super) options: RequestOptions,
}

/// send.
#[derive(FromArgs)]
pub(super) struct SendArgs {
    #[pyarg(any)]
    pub(super) request: PyObjectRef,
    #[pyarg(named, default = ArgIntoBool::FALSE)]
    pub(super) stream: ArgIntoBool,
    #[pyarg(flatten)]
    pub(super) sending: SendOptions,
}

/// What a client gives to requests that do not say otherwise.
#[derive(FromArgs)]
pub(super) struct DefaultArgs {
    #[pyarg(named, optional)]
    pub(super) auth: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) params: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) headers: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) cookies: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) timeout: OptionalArg<PyObjectRef>,
    #[pyarg(named, default = ArgIntoBool::FALSE)]
    pub(super) follow_redirects: ArgIntoBool,
    #[pyarg(named, default = MAX_REDIRECTS)]
    pub(super) max_redirects: usize,
    #[pyarg(named, optional)]
    pub(super) event_hooks: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) base_url: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    pub(super) default_encoding: OptionalArg<PyObjectRef>,
}

impl Default for DefaultArgs {
    fn default() -> Self {
        Self {
            auth: OptionalArg::Missing,
            params: OptionalArg::Missing,
            headers: OptionalArg::Missing,
            cookies: OptionalArg::Missing,
            timeout: OptionalArg::Missing,
            follow_redirects: ArgIntoBool::FALSE,
            max_redirects: MAX_REDIRECTS,
            event_hooks: OptionalArg::Missing,
            base_url: OptionalArg::Missing,
            default_encoding: OptionalArg::Missing,
        }
    }
}

/// Client, AsyncClient.
#[derive(FromArgs)]
pub(super) struct ClientOptions {
    #[pyarg(flatten)]
    pub(super) defaults: DefaultArgs,
    #[pyarg(flatten)]
    pub(super) transport: TransportArgs,
    #[pyarg(named, default = ArgIntoBool::TRUE)]
    pub(super) trust_env: ArgIntoBool,
}

impl From<UrlArgs> for UrlBodyArgs {
    fn from(args: UrlArgs) -> Self {
        Self {
            url: args.url,
            body: RequestBody::default(),
            options: args.options,
            sending: args.sending,
        }
    }
}

impl UrlBodyArgs {
    pub(super) fn with_method(self, method: PyObjectRef) -> MethodArgs {
        MethodArgs {
            method,
            url: self.url,
            body: self.body,
            options: self.options,
            sending: self.sending,
        }
    }
}

impl MethodArgs {
    /// The arguments for a `request()` or `build_request()` of a script's, by their names, with
    /// the defaults of those that are missing.
    pub(super) fn build_args(&self, vm: &VirtualMachine) -> FuncArgs {
        let none = || vm.ctx.none();
        let default = || super::use_client_default::object(vm);
        let mut args = FuncArgs::from(vec![self.method.clone(), self.url.clone()]);
        let RequestOptions {
            params,
            headers,
            cookies,
            timeout,
            extensions,
        } = &self.options;
        for (name, value) in [
            ("content", &self.body.content),
            ("data", &self.body.data),
            ("files", &self.body.files),
            ("json", &self.body.json),
            ("params", params),
            ("headers", headers),
            ("cookies", cookies),
            ("extensions", extensions),
        ] {
            let value = value.clone().unwrap_or_else(none);
            args.kwargs.insert(name.into(), value);
        }
        let timeout = timeout.clone().unwrap_or_else(default);
        args.kwargs.insert("timeout".into(), timeout);
        args
    }

    /// The arguments for a `request()` of a script's.
    pub(super) fn request_args(&self, vm: &VirtualMachine) -> FuncArgs {
        let mut args = self.build_args(vm);
        self.sending.add_to(&mut args.kwargs, vm);
        args
    }
}

impl SendOptions {
    /// Adds them to the arguments of a method of a script's.
    pub(super) fn add_to(&self, kwargs: &mut KwArgs, vm: &VirtualMachine) {
        for (name, value) in [
            ("auth", &self.auth),
            ("follow_redirects", &self.follow_redirects),
        ] {
            let default = || super::use_client_default::object(vm);
            kwargs.insert(name.into(), value.clone().unwrap_or_else(default));
        }
    }
}
