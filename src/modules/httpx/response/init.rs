//! `Response(...)`.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use rustpython_vm::{
    FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::PyBytesRef,
    function::{Callee, FuncArgs, OptionalArg},
    types::Initializer,
};

use super::{Fields, Response, exceptional, headers, reading};
use crate::engine::Error;
use crate::engine::http::Content;
use crate::engine::http::decode::{Budget, Decoder};
use crate::engine::http::headers::HeaderList;
use crate::modules::convert::{given, new_bytes};
use crate::modules::httpx::encode::{Payload, ResponseBody};
use crate::modules::httpx::headers::{self as fields_of, Headers};
use crate::modules::httpx::multipart::memory::share;
use crate::modules::httpx::request::copied;
use crate::modules::httpx::streams::{self, StreamKind};

#[derive(FromArgs)]
pub(in crate::modules::httpx) struct ResponseArgs {
    #[pyarg(any)]
    status_code: i64,
    #[pyarg(named, optional)]
    headers: OptionalArg<PyObjectRef>,
    #[pyarg(flatten)]
    body: ResponseBody,
    #[pyarg(named, optional)]
    stream: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    request: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    extensions: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    history: OptionalArg<PyObjectRef>,
    #[pyarg(named, optional)]
    default_encoding: OptionalArg<PyObjectRef>,
}

impl Initializer for Response {
    type Args = ResponseArgs;

    fn slot_init(zelf: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
        if exceptional::is_exceptional(zelf) {
            return exceptional::init(zelf, args, vm);
        }
        let zelf = zelf.try_to_ref::<Self>(vm)?;
        Self::init(zelf, args.bind_for(vm, Callee::of::<Self>(vm))?, vm)
    }

    fn init(zelf: &Py<Self>, args: ResponseArgs, vm: &VirtualMachine) -> PyResult<()> {
        let mut list = match given(args.headers, vm) {
            Some(headers) => fields_of::parse(&headers, vm)?,
            None => HeaderList::default(),
        };
        let payload = match given(args.stream, vm) {
            Some(stream) => Payload::Stream(stream),
            None => {
                let encoded = args.body.encode(vm)?;
                encoded.describe(&mut list);
                encoded.payload
            }
        };
        let history: Vec<PyObjectRef> = match given(args.history, vm) {
            Some(history) => history.try_to_value(vm)?,
            None => Vec::new(),
        };
        let fields = Fields {
            headers: Some(Headers::from(list).into_ref(&vm.ctx).into()),
            request: given(args.request, vm),
            extensions: Some(copied(given(args.extensions, vm), vm)?.into()),
            history: Some(vm.ctx.new_list(history).into()),
            default_encoding: args.default_encoding.into_option(),
            ..Fields::default()
        };
        let old = std::mem::replace(&mut *zelf.fields.lock(), fields);
        drop(old);
        zelf.status.store(args.status_code, Relaxed);
        match payload {
            Payload::Held(content) => hold(zelf, content, vm),
            Payload::Stream(stream) => {
                let content = reading::content_of(&stream, vm)?;
                *zelf.content.write() = Arc::new(content);
                let kind = StreamKind::of(&stream, vm)?;
                let mut fields = zelf.fields.lock();
                (fields.stream, fields.kind) = (Some(stream), kind);
                Ok(())
            }
        }
    }
}

/// Content in memory is decoded at once.
fn hold(zelf: &Py<Response>, content: PyBytesRef, vm: &VirtualMachine) -> PyResult<()> {
    let map = headers::map(zelf, vm)?;
    let decoded = decode(&content, &map).map_err(|error| zelf.exception(error, vm))?;
    let stream = match decoded {
        Some(_) => Some(streams::of_bytes(content.clone(), vm)?),
        None => None,
    };
    *zelf.content.write() = Arc::new(Content::taken());
    let mut fields = zelf.fields.lock();
    fields.kind = StreamKind::BOTH;
    fields.stream = stream;
    fields.held = Some(decoded.map_or(content, |decoded| new_bytes(decoded, vm)));
    Ok(())
}

/// `None` for content that has no coding.
fn decode(content: &PyBytesRef, headers: &HeaderMap) -> Result<Option<Bytes>, Error> {
    let mut decoder = Decoder::new(headers)?;
    if decoder.is_identity() {
        return Ok(None);
    }
    let mut all = BytesMut::new();
    decoder.push(share(content));
    decoder.pull_all(&mut all, Budget::default())?;
    decoder.finish()?;
    Ok(Some(all.freeze()))
}
