//! Responses that the engine brought.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, Version};
use runtime_bridge::Homing;
use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, builtins::PyStrRef,
};

use super::{Fields, Response, status};
use crate::engine::http::peer::Peer;
use crate::engine::http::{Answer, NetworkStream, Sent, Tag};
use crate::modules::convert::new_bytes;
use crate::modules::httpx::exceptions::to_exception;
use crate::modules::httpx::headers;
use crate::modules::httpx::mode::Mode;
use crate::modules::httpx::network_stream;
use crate::modules::httpx::request::Request;
use crate::modules::httpx::streams::StreamKind;

/// What of the answer the object shows. Not the answer itself, which owns the object.
pub(super) struct Origin {
    pub(super) headers: Arc<HeaderMap>,
    version: &'static str,
    /// As it came, when that is not the usual one.
    reason: Option<hyper::ext::ReasonPhrase>,
    request: Arc<Sent>,
    stream_id: Option<u32>,
    peer: Option<Arc<Peer>>,
    network_stream: Option<Arc<NetworkStream>>,
}

/// How a client hands out responses.
#[derive(Clone, Debug)]
pub(in crate::modules::httpx) struct Reception {
    /// Whether the client is used by blocking calls or by coroutines.
    pub(in crate::modules::httpx) kind: StreamKind,
    /// A str or a function; `None` is "utf-8".
    pub(in crate::modules::httpx) default_encoding: Option<PyObjectRef>,
}

impl Reception {
    /// That of a client of that mode, with text in UTF-8.
    pub(in crate::modules::httpx) fn of(mode: Mode) -> Self {
        Self {
            kind: mode.kind(),
            default_encoding: None,
        }
    }

    /// How the client's requests run.
    pub(in crate::modules::httpx) fn mode(&self) -> Mode {
        match self.kind {
            StreamKind::ASYNC => Mode::Awaited,
            _ => Mode::Blocking,
        }
    }
}

/// The object that goes along with the answer.
type Handle = Homing<PyRef<Response>>;

impl Origin {
    pub(super) fn request(&self, vm: &VirtualMachine) -> PyRef<Request> {
        Request::from_sent(&self.request, vm)
    }

    pub(super) fn version(&self) -> &'static str {
        self.version
    }

    pub(super) fn reason(&self, code: i64) -> &[u8] {
        if let Some(reason) = &self.reason {
            return reason.as_bytes();
        }
        let status = u16::try_from(code).ok();
        let status = status.and_then(|code| StatusCode::from_u16(code).ok());
        status
            .and_then(|status| status.canonical_reason())
            .unwrap_or("")
            .as_bytes()
    }

    /// Closes the connection that a change of protocols gave away.
    pub(super) fn close(&self) {
        if let Some(stream) = &self.network_stream {
            stream.close();
        }
    }

    pub(super) fn extensions(
        &self,
        code: i64,
        kind: StreamKind,
        vm: &VirtualMachine,
    ) -> PyResult<PyObjectRef> {
        let extensions = vm.ctx.new_dict();
        let version = new_bytes(self.version, vm);
        extensions.set_item("http_version", version.into(), vm)?;
        if self.version != "HTTP/2" {
            let reason = new_bytes(self.reason(code), vm);
            extensions.set_item("reason_phrase", reason.into(), vm)?;
        }
        if let Some(peer) = &self.peer {
            let stream = self.network_stream.clone();
            let stream = network_stream::object(stream, peer.clone(), kind, vm);
            extensions.set_item("network_stream", stream, vm)?;
        }
        if let Some(id) = self.stream_id {
            extensions.set_item("stream_id", vm.ctx.new_int(id).into(), vm)?;
        }
        Ok(extensions.into())
    }
}

impl Response {
    /// The Python object of an answer: the same one each time, for hooks, flows, histories and the
    /// caller. What became known of the answer meanwhile is taken over.
    pub(in crate::modules::httpx) fn from_answer(
        answer: &Arc<Answer>,
        reception: &Reception,
        vm: &VirtualMachine,
    ) -> PyRef<Self> {
        if let Some(response) = handle(answer) {
            response.adopt(answer);
            return response;
        }
        let response = Self::of(answer, reception, vm);
        let tag: Tag = Arc::new(Homing::new(response.clone()));
        let _ = answer.tag.set(tag);
        handle(answer).unwrap_or(response)
    }

    /// The Python object of an answer that nobody else has, or will ask the object of.
    pub(in crate::modules::httpx) fn from_last(
        answer: &Arc<Answer>,
        reception: &Reception,
        vm: &VirtualMachine,
    ) -> PyRef<Self> {
        match handle(answer) {
            Some(response) => {
                response.adopt(answer);
                response
            }
            None => Self::of(answer, reception, vm),
        }
    }

    fn of(answer: &Arc<Answer>, reception: &Reception, vm: &VirtualMachine) -> PyRef<Self> {
        let fields = Fields {
            default_encoding: reception.default_encoding.clone(),
            kind: reception.kind,
            ..Fields::default()
        };
        let code = i64::from(answer.status.as_u16());
        let response = Self::new(code, answer.content.clone(), fields);
        let _ = response.origin.set(Origin {
            headers: answer.headers.clone(),
            version: answer.version_text(),
            reason: answer.reason.clone(),
            request: answer.request.clone(),
            stream_id: answer.stream_id,
            peer: answer.peer.clone(),
            network_stream: answer.network_stream.clone(),
        });
        response.adopt(answer);
        response.into_ref(&vm.ctx)
    }

    fn adopt(&self, answer: &Answer) {
        let history = answer.history.lock().clone();
        let next = answer.next.lock().take();
        if history.is_empty() && next.is_none() {
            return;
        }
        let mut fields = self.fields.lock();
        let mut replaced = None;
        if fields.answers.is_empty() && !history.is_empty() {
            fields.answers = history;
            // What the script's transport said does not count.
            replaced = fields.history.take();
        }
        if let Some(next) = next {
            fields.next = Some(Box::new(next));
        }
        drop(fields);
        drop(replaced);
    }

    /// The version and the reason phrase of an answer: what its object says, if it has one.
    pub(in crate::modules::httpx) fn status_line(
        answer: &Answer,
        vm: &VirtualMachine,
    ) -> PyResult<(PyStrRef, PyStrRef)> {
        if let Some(object) = handle(answer) {
            let version = status::http_version(&object, vm)?;
            return Ok((version, status::reason_phrase(&object, vm)?));
        }
        let version = vm.ctx.new_str(answer.version_text());
        Ok((version, vm.ctx.new_str(answer.reason_phrase())))
    }

    /// The answer that a script's transport gives with this response.
    ///
    /// # Errors
    /// LocalProtocolError for header fields that no response can have, ValueError for such a
    /// status code.
    pub(in crate::modules::httpx) fn to_answer(
        zelf: &Py<Self>,
        sent: &Arc<Sent>,
        reception: &Reception,
        vm: &VirtualMachine,
    ) -> PyResult<Answer> {
        let code = zelf.code();
        let status = u16::try_from(code).ok();
        let status = status.and_then(|code| StatusCode::from_u16(code).ok());
        let status = status.ok_or_else(|| {
            vm.new_value_error(format!("{code} is not the status code of a response"))
        })?;
        let list = headers::parse(&*Self::headers(zelf, vm)?, vm)?;
        let headers = list
            .to_map()
            .map_err(|error| to_exception(error, None, vm))?;
        let request = Request::from_sent(sent, vm);
        let (old_request, old_encoding) = {
            let mut fields = zelf.fields.lock();
            (
                fields.request.replace(request.into()),
                std::mem::replace(
                    &mut fields.default_encoding,
                    reception.default_encoding.clone(),
                ),
            )
        };
        drop((old_request, old_encoding));
        let tag: Tag = Arc::new(Homing::new(zelf.to_owned()));
        Ok(Answer {
            status,
            version: Version::HTTP_11,
            reason: None,
            headers: Arc::new(headers),
            stream_id: None,
            peer: None,
            network_stream: None,
            content: zelf.content(),
            request: sent.clone(),
            history: Default::default(),
            next: Default::default(),
            tag: tag.into(),
        })
    }
}

fn handle(answer: &Answer) -> Option<PyRef<Response>> {
    let handle = answer.tag.get()?.downcast_ref::<Handle>()?;
    Some((**handle).clone())
}

pub(super) fn next_request(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult {
    let next = zelf.fields.lock().next.take();
    zelf.field(
        |fields| &mut fields.next_request,
        || match next {
            Some(next) => Ok(Request::from_engine(*next, vm)?.into()),
            None => Ok(vm.ctx.none()),
        },
    )
}

/// The list, which a script may change.
pub(super) fn history(zelf: &Py<Response>, vm: &VirtualMachine) -> PyResult {
    let (answers, reception) = {
        let fields = zelf.fields.lock();
        let reception = Reception {
            kind: fields.kind,
            default_encoding: fields.default_encoding.clone(),
        };
        (fields.answers.clone(), reception)
    };
    zelf.field(
        |fields| &mut fields.history,
        || {
            let responses = answers.iter().map(|answer| {
                let response = Response::from_answer(answer, &reception, vm);
                response.into()
            });
            Ok(vm.ctx.new_list(responses.collect()).into())
        },
    )
}
