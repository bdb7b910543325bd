//! `Request(...)`.

use rustpython_vm::{
    AsObject as _, FromArgs, Py, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyDict, PyStrRef},
    function::OptionalArg,
    types::Initializer,
};

use super::Request;
use crate::engine::http::Url as EngineUrl;
use crate::engine::http::headers::HeaderList;
use crate::modules::convert::given;
use crate::modules::httpx::encode::{Payload, RequestBody};
use crate::modules::httpx::headers::{self, Headers};
use crate::modules::httpx::url::{self, Url};
use crate::modules::httpx::{cookies, query};

#[derive(FromArgs)]
pub(in crate::modules::httpx) struct RequestArgs {
    #[pyarg(any)]
    method: PyStrRef,
    #[pyarg(any)]
    url: PyObjectRef,
    #[pyarg(named, optional)]
    params: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    headers: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    cookies: OptionalArg<PyObjectRef>,
    #[pyarg(flatten)]
    body: RequestBody,
    #[pyarg(named, optional)]
    stream: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    extensions: OptionalArg<PyObjectRef>,
}

impl Initializer for Request {
    type Args = RequestArgs;

    fn init(zelf: &Py<Self>, args: RequestArgs, vm: &VirtualMachine) -> PyResult<()> {
        let method = vm.call_method(args.method.as_ref(), "upper", ())?;
        let url = target(&args.url, given(args.params, vm), vm)?;
        let mut list = match given(args.headers, vm) {
            Some(headers) => headers::parse(&headers, vm)?,
            None => HeaderList::default(),
        };
        if let Some(cookies) = given(args.cookies, vm) {
            add_cookies(&mut list, &url, &cookies, vm)?;
        }
        let payload = match given(args.stream, vm) {
            Some(stream) => Payload::Stream(stream),
            None => {
                let encoded = args.body.encode(list.get(b"content-type").as_deref(), vm)?;
                encoded.describe(&mut list);
                list = with_automatic(list, &method, &url, vm)?;
                encoded.payload
            }
        };
        let extensions = copied(given(args.extensions, vm), vm)?;
        let mut fields = zelf.fields.lock();
        fields.method = Some(method);
        fields.url = Some(Url::from(url).into_ref(&vm.ctx).into());
        fields.headers = Some(Headers::from(list).into_ref(&vm.ctx).into());
        fields.extensions = Some(extensions);
        (fields.content, fields.stream) = match payload {
            Payload::Held(content) => (Some(content), None),
            Payload::Stream(stream) => (None, Some(stream)),
        };
        Ok(())
    }
}

/// The URL, its query replaced by `params=`.
fn target(
    url: &PyObjectRef,
    params: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<EngineUrl> {
    let url = url::parse(url, vm)?;
    let Some(params) = params else {
        return Ok(url);
    };
    let query = query::parse_params(&params, vm)?.encode();
    Ok(url.with_query(Some(query.as_str()).filter(|query| !query.is_empty())))
}

fn add_cookies(
    list: &mut HeaderList,
    url: &EngineUrl,
    value: &PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if !value.clone().try_to_bool(vm)? {
        return Ok(());
    }
    let field = cookies::parse(value, vm)?.header_for(url, vm)?;
    if let Some(field) = field
        && !list.contains(b"Cookie")
    {
        list.append(b"Cookie", field.as_bytes());
    }
    Ok(())
}

/// Host before everything else, and Content-Length for a method that is expected to have a body.
fn with_automatic(
    list: HeaderList,
    method: &PyObjectRef,
    url: &EngineUrl,
    vm: &VirtualMachine,
) -> PyResult<HeaderList> {
    let mut all = HeaderList::default();
    if !list.contains(b"Host") && !url.host().is_empty() {
        all.append(b"Host", url.netloc().as_bytes());
    }
    let is_framed = list.contains(b"Content-Length") || list.contains(b"Transfer-Encoding");
    let method = method.str(vm)?;
    if !is_framed && matches!(method.to_str(), Some("POST" | "PUT" | "PATCH")) {
        all.append(b"Content-Length", b"0");
    }
    for field in list.fields() {
        all.append(field.raw_name, field.value);
    }
    Ok(all)
}

/// A dict of one's own.
pub(in crate::modules::httpx) fn copied(
    extensions: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<PyObjectRef> {
    match extensions {
        None => Ok(vm.ctx.new_dict().into()),
        Some(extensions) => match extensions.downcast_ref::<PyDict>() {
            Some(dict) => Ok(dict.copy().into_ref(&vm.ctx).into()),
            None => vm.ctx.types.dict_type.as_object().call((extensions,), vm),
        },
    }
}
