//! Requests as the engine has them.

use std::sync::Arc;

use runtime_bridge::Homing;
use rustpython_vm::{Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine};

use super::{Fields, Origin, Request, extensions};
use crate::engine::http::{self as engine, Body, Head, Sent, Tag, Timeouts};
use crate::modules::convert::new_bytes;
use crate::modules::httpx::body_handle::BodyHandle;
use crate::modules::httpx::headers::Headers;
use crate::modules::httpx::multipart::memory::share;
use crate::modules::httpx::python_stream::PythonStream;
use crate::modules::httpx::request::parse_method;
use crate::modules::httpx::streams::{self, StreamKind};
use crate::modules::httpx::{headers, url};

/// The object that goes along with the engine's request.
type Handle = Homing<PyRef<Request>>;

fn tag(request: &Py<Request>) -> Tag {
    Arc::new(Homing::new(request.to_owned()))
}

impl Request {
    /// The request as the engine sends it. `timeouts` hold unless its extensions name others.
    ///
    /// # Errors
    /// LocalProtocolError for a method that is none, and TypeError for attributes that a script
    /// set to something else.
    pub(in crate::modules::httpx) fn to_engine(
        zelf: &Py<Self>,
        timeouts: Timeouts,
        vm: &VirtualMachine,
    ) -> PyResult<engine::Request> {
        let (timeouts, options) = match zelf.origin.get() {
            Some(origin) if zelf.fields.lock().extensions.is_none() => {
                (origin.timeouts, origin.options.clone())
            }
            _ => extensions::parse(&*Self::extensions(zelf, vm)?, timeouts, vm)?,
        };
        Ok(engine::Request {
            head: zelf.head(vm)?,
            body: zelf.body(vm)?,
            timeouts,
            options,
            tag: Some(tag(zelf)),
        })
    }

    /// The Python object of a request that was sent: the one that was given to the engine, or one
    /// that is made, once.
    pub(in crate::modules::httpx) fn from_sent(
        sent: &Arc<Sent>,
        vm: &VirtualMachine,
    ) -> PyRef<Self> {
        if let Some(request) = handle(sent.tag.get()) {
            if let Some(content) = sent.content.get() {
                request.keep(content, vm);
            }
            return request;
        }
        let request = Self::default();
        let _ = request.origin.set(Origin {
            head: sent.head.clone(),
            content: sent.content.get().cloned(),
            timeouts: sent.timeouts,
            options: sent.options.clone(),
        });
        let request = request.into_ref(&vm.ctx);
        let _ = sent.tag.set(tag(&request));
        // Another thread may have been faster.
        handle(sent.tag.get()).unwrap_or(request)
    }

    /// Makes it the object of a request that is about to be sent.
    pub(in crate::modules::httpx) fn go_along_with(zelf: &Py<Self>, sent: &Sent) {
        let _ = sent.tag.set(tag(zelf));
    }

    /// Keeps the body if the engine has read it from the object's stream, of which it is the last
    /// that there is.
    fn keep(&self, content: &bytes::Bytes, vm: &VirtualMachine) {
        if self.held(vm).is_none() {
            self.hold(&new_bytes(content.clone(), vm));
        }
    }

    /// Notes the body in `sent` if a script's transport has read it: it can be sent again.
    pub(in crate::modules::httpx) fn note_content(&self, sent: &Sent, vm: &VirtualMachine) {
        if sent.content.get().is_none()
            && let Some(content) = self.held(vm)
        {
            let _ = sent.content.set(share(&content));
        }
    }

    /// The Python object of a request that is still to be sent.
    ///
    /// # Errors
    /// What importing the stream classes raises.
    pub(in crate::modules::httpx) fn from_engine(
        asked: engine::Request,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        if let Some(request) = handle(asked.tag.as_ref()) {
            // Authentication has added its fields, and read the body, since the object was made.
            request.show_headers(&asked.head);
            if let Body::Bytes(content) = &asked.body {
                request.keep(content, vm);
            }
            return Ok(request);
        }
        let (content, stream) = match asked.body {
            Body::Empty => (Some(bytes::Bytes::new()), None),
            Body::Bytes(bytes) => (Some(bytes), None),
            body @ Body::Stream(_) => {
                let handle = BodyHandle::new(body).into_ref(&vm.ctx);
                (None, Some(streams::of_body(handle.into(), vm)?))
            }
        };
        let request = Self::default();
        request.fields.lock().stream = stream;
        let _ = request.origin.set(Origin {
            head: asked.head,
            content,
            timeouts: asked.timeouts,
            options: asked.options,
        });
        Ok(request.into_ref(&vm.ctx))
    }

    /// In which ways the body can be read.
    pub(in crate::modules::httpx) fn stream_kind(
        &self,
        vm: &VirtualMachine,
    ) -> PyResult<StreamKind> {
        let stream = self.fields.lock().stream.clone();
        match stream {
            Some(stream) => StreamKind::of(&stream, vm),
            None => Ok(StreamKind::BOTH),
        }
    }

    fn show_headers(&self, head: &Head) {
        let headers = self.fields.lock().headers.clone();
        let headers = headers.as_ref().and_then(|it| it.downcast_ref::<Headers>());
        if let Some(headers) = headers {
            headers.replace(head.headers.clone());
        }
    }

    fn head(&self, vm: &VirtualMachine) -> PyResult<Arc<Head>> {
        let (method, url, headers) = {
            let Fields {
                method,
                url,
                headers,
                ..
            } = &*self.fields.lock();
            (method.clone(), url.clone(), headers.clone())
        };
        let shared = self.origin.get().map(|origin| &origin.head);
        if let (Some(head), None, None, None) = (shared, &method, &url, &headers) {
            return Ok(head.clone());
        }
        let missing = |name| vm.new_attribute_error(format!("the request has no {name}"));
        let either = |value: Option<PyObjectRef>, name| match value {
            Some(value) => Ok(Some(value)),
            None if shared.is_some() => Ok(None),
            None => Err(missing(name)),
        };
        let method = match either(method, "method")? {
            Some(method) => parse_method(&method, vm)?,
            None => shared.map(|head| head.method.clone()).unwrap_or_default(),
        };
        let url = match (either(url, "url")?, shared) {
            (Some(url), _) => url::parse(&url, vm)?,
            (None, Some(head)) => head.url.clone(),
            (None, None) => return Err(missing("url")),
        };
        let headers = match (headers, shared) {
            (Some(headers), _) => headers::parse(&headers, vm)?,
            (None, Some(head)) => head.headers.clone(),
            (None, None) => return Err(missing("headers")),
        };
        Ok(Arc::new(Head {
            method,
            url,
            headers,
        }))
    }

    fn body(&self, vm: &VirtualMachine) -> PyResult<Body> {
        let stream = self.fields.lock().stream.clone();
        let Some(stream) = stream else {
            if let Some(bytes) = self.origin.get().and_then(|it| it.content.clone()) {
                return Ok(held(bytes));
            }
            return match self.held(vm) {
                Some(content) => Ok(held(share(&content))),
                None => python_body(&self.stream_object(vm)?, vm),
            };
        };
        if let Some(content) = streams::held_by(&stream, vm)? {
            return Ok(held(share(&content)));
        }
        if let Some(handle) = streams::body_of(&stream, vm)?
            && let Some(handle) = handle.downcast_ref::<BodyHandle>()
        {
            return Ok(handle.body());
        }
        python_body(&stream, vm)
    }
}

fn held(bytes: bytes::Bytes) -> Body {
    if bytes.is_empty() {
        return Body::Empty;
    }
    Body::Bytes(bytes)
}

fn python_body(stream: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Body> {
    Ok(Body::Stream(Box::new(PythonStream::new(stream, vm)?)))
}

fn handle(tag: Option<&Tag>) -> Option<PyRef<Request>> {
    let handle = tag?.downcast_ref::<Handle>()?;
    Some((**handle).clone())
}

/// The request that a script's object is, as the engine sends it.
///
/// # Errors
/// TypeError when it is no httpx.Request, and those of [`Request::to_engine`].
pub(in crate::modules::httpx) fn to_engine(
    request: &PyObject,
    timeouts: Timeouts,
    vm: &VirtualMachine,
) -> PyResult<engine::Request> {
    match request.downcast_ref::<Request>() {
        Some(request) => Request::to_engine(request, timeouts, vm),
        None => {
            let class = request.class().name().to_string();
            Err(vm.new_type_error(format!("expected an httpx.Request, not {class}")))
        }
    }
}
