//! A response's content as text.

use std::num::NonZeroUsize;

use http::header::CONTENT_TYPE;
use rustpython_vm::{
    Py, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyStr, PyStrRef},
};

use super::parts::{Items, Pass};
use super::{Response, headers};
use crate::engine::http::chunks::TextChunker;
use crate::modules::convert::new_str;
use crate::modules::httpx::text::{self, TextDecoder};
use crate::modules::httpx::with_vm;

pub(super) fn charset(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<Option<String>> {
    let content_type = headers::value(zelf, &CONTENT_TYPE, vm)?;
    let charset = content_type.as_deref().and_then(text::charset);
    Ok(charset.map(str::to_ascii_lowercase))
}

/// What was set; or the charset, if it is known; or the default. Settled when it is first asked
/// for.
pub(super) fn encoding(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult {
    zelf.field(|fields| &mut fields.encoding, || settle(zelf, vm))
}

fn settle(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult {
    let utf8 = || Ok(new_str("utf-8", vm).into());
    let charset = charset(zelf, vm)?;
    if let Some(charset) = charset.filter(|charset| text::is_known(charset, vm)) {
        return Ok(new_str(&charset, vm).into());
    }
    let Some(default) = zelf.get(|fields| &mut fields.default_encoding) else {
        return utf8();
    };
    let chosen = match zelf.held(vm) {
        _ if default.downcastable::<PyStr>() => default,
        Some(content) => default.call((content,), vm)?,
        None => return utf8(),
    };
    if chosen.clone().try_to_bool(vm)? {
        return Ok(chosen);
    }
    utf8()
}

fn encoding_name(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<String> {
    let encoding = encoding(zelf, vm)?;
    if !encoding.clone().try_to_bool(vm)? {
        return Ok("utf-8".to_owned());
    }
    let encoding = encoding.try_downcast_ref::<PyStr>(vm)?;
    Ok(encoding.to_string_lossy().into_owned())
}

pub(super) fn text(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
    if let Some(text) = &zelf.fields.lock().text {
        return Ok(text.clone());
    }
    let content = zelf.held_or_error(vm)?;
    let text = match content.as_bytes() {
        b"" => vm.ctx.empty_str.to_owned(),
        bytes => text::decode(bytes, &encoding_name(zelf, vm)?, vm)?,
    };
    let mut fields = zelf.fields.lock();
    Ok(fields.text.get_or_insert(text).clone())
}

/// One pass over the content as text.
pub(super) struct Texts {
    pass: Pass,
    /// Made at the first part: the encoding may be set until then.
    decoder: Option<TextDecoder>,
    chunker: TextChunker,
    ended: bool,
}

impl Texts {
    pub(super) fn new(pass: Pass, size: Option<NonZeroUsize>) -> Self {
        Self {
            pass,
            decoder: None,
            chunker: TextChunker::new(size),
            ended: false,
        }
    }

    /// The next part, never empty, or `None` at the end.
    pub(super) async fn next(&mut self) -> PyResult<Option<String>> {
        loop {
            if let Some(part) = self.chunker.pull() {
                return Ok(Some(part));
            }
            if self.ended {
                return Ok(self.chunker.finish());
            }
            let bytes = self.next_bytes().await?;
            let text = with_vm(|vm| self.decode(bytes.as_deref(), vm))?;
            self.ended = bytes.is_none();
            self.chunker.push(&text.to_string_lossy());
        }
    }

    async fn next_bytes(&mut self) -> PyResult<Option<bytes::Bytes>> {
        if self.decoder.is_none() {
            let decoder = with_vm(|vm| {
                let encoding = encoding_name(self.pass.response(), vm)?;
                TextDecoder::new(&encoding, vm)
            })?;
            self.decoder = Some(decoder);
        }
        self.pass.next().await
    }

    fn decode(&mut self, bytes: Option<&[u8]>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
        match (&mut self.decoder, bytes) {
            (Some(decoder), Some(bytes)) => decoder.decode(bytes, vm),
            (Some(decoder), None) => decoder.finish(vm),
            (None, _) => Ok(vm.ctx.empty_str.to_owned()),
        }
    }
}

impl Items for Texts {
    async fn next_object(&mut self) -> PyResult<Option<PyObjectRef>> {
        let part = self.next().await?;
        Ok(part.map(|part| with_vm(|vm| new_str(&part, vm).into())))
    }
}
