//! `Request(...)`.

use rustpython_vm::{
    AsObject as _, FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyDict, PyDictRef, PyStrRef},
    function::OptionalArg,
    types::Initializer,
};

use super::{Fields, Request};
use crate::engine::http::headers::HeaderList;
use crate::engine::http::request::add_automatic_fields;
use crate::engine::http::{Head, Url as EngineUrl};
use crate::modules::convert::{given, new_str, utf8};
use crate::modules::httpx::cookies::Cookies;
use crate::modules::httpx::encode::{Payload, RequestBody};
use crate::modules::httpx::headers::{self, Headers};
use crate::modules::httpx::query;
use crate::modules::httpx::url::{self, Url};

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
                add_automatic_fields(&mut list, utf8(&*method.str(vm)?, vm)?, &url);
                encoded.payload
            }
        };
        let extensions = copied(given(args.extensions, vm), vm)?.into();
        let fields = fields(method, url, list, payload, extensions, vm);
        let before = std::mem::replace(&mut *zelf.fields.lock(), fields);
        drop(before);
        Ok(())
    }
}

impl Request {
    /// The request that a client makes of its parts.
    pub(in crate::modules::httpx) fn of_parts(
        head: Head,
        payload: Payload,
        extensions: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyRef<Self> {
        let Head {
            method,
            url,
            headers,
        } = head;
        let method = new_str(method.as_str(), vm).into();
        let request = Self::default();
        *request.fields.lock() = fields(method, url, headers, payload, extensions, vm);
        request.into_ref(&vm.ctx)
    }
}

fn fields(
    method: PyObjectRef,
    url: EngineUrl,
    headers: HeaderList,
    payload: Payload,
    extensions: PyObjectRef,
    vm: &VirtualMachine,
) -> Fields {
    let (content, stream) = match payload {
        Payload::Held(content) => (Some(content), None),
        Payload::Stream(stream) => (None, Some(stream)),
    };
    Fields {
        method: Some(method),
        url: Some(Url::from(url).into_ref(&vm.ctx).into()),
        headers: Some(Headers::from(headers).into_ref(&vm.ctx).into()),
        extensions: Some(extensions),
        stream,
        content,
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
    let field = Cookies::parse(value, vm)?.header_for(url, vm)?;
    if let Some(field) = field
        && !list.contains(b"Cookie")
    {
        list.append(b"Cookie", field.as_bytes());
    }
    Ok(())
}

/// A dict of one's own.
pub(in crate::modules::httpx) fn copied(
    extensions: Option<PyObjectRef>,
    vm: &VirtualMachine,
) -> PyResult<PyDictRef> {
    match extensions {
        None => Ok(vm.ctx.new_dict()),
        Some(extensions) => match extensions.downcast_ref::<PyDict>() {
            Some(dict) => Ok(dict.copy().into_ref(&vm.ctx)),
            None => {
                let dict = vm.ctx.types.dict_type.as_object().call((extensions,), vm)?;
                dict.try_into_value(vm)
            }
        },
    }
}
