//! The methods of a protocol that a parser calls.

use rustpython_vm::{
    PyObject, PyResult, VirtualMachine,
    object::{Traverse, TraverseFn},
};

use super::callable::Callable;
use super::recent::Recent;
use crate::engine::http1::{Error, Event, Kind};
use crate::modules::convert::new_bytes;

/// Bound when the parser is made; `None` where the protocol has none.
pub(super) struct Callbacks {
    message_begin: Callback,
    /// That for the request target or the reason phrase.
    first_line: Callback,
    header: Callback,
    headers_complete: Callback,
    body: Callback,
    chunk_header: Callback,
    chunk_complete: Callback,
    message_complete: Callback,
}

/// A callback, and the error for what it raises.
pub(super) struct Callback {
    function: Option<Callable>,
    error: &'static str,
}

// SAFETY: each object is visited once.
unsafe impl Traverse for Callbacks {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        for callback in self.all() {
            callback.function.traverse(visit);
        }
    }
}

impl Callbacks {
    /// Looks them up. One that is None is none.
    pub(super) fn of(kind: Kind, protocol: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        let look_up = |name: &'static str, error| {
            let function = vm.get_attribute_opt(protocol, name)?;
            let function = function.filter(|function| !vm.is_none(function));
            let function = function.map(|function| Callable::new(function, vm));
            PyResult::Ok(Callback { function, error })
        };
        let first_line = match kind {
            Kind::Request => look_up("on_url", "`on_url` callback error")?,
            Kind::Response => look_up("on_status", "`on_status` callback error")?,
        };
        Ok(Self {
            first_line,
            header: look_up("on_header", "`on_header` callback error")?,
            headers_complete: look_up(
                "on_headers_complete",
                "`on_headers_complete` callback error",
            )?,
            body: look_up("on_body", "`on_body` callback error")?,
            message_begin: look_up("on_message_begin", "`on_message_begin` callback error")?,
            message_complete: look_up(
                "on_message_complete",
                "`on_message_complete` callback error",
            )?,
            chunk_header: look_up("on_chunk_header", "`on_chunk_header` callback error")?,
            chunk_complete: look_up("on_chunk_complete", "`on_chunk_complete` callback error")?,
        })
    }

    /// The one for an event, if there is one.
    pub(super) fn for_event(&self, event: &Event<'_>) -> Option<&Callback> {
        let callback = match event {
            Event::MessageBegin => &self.message_begin,
            Event::Target(_) | Event::Reason(_) => &self.first_line,
            Event::Field { .. } => &self.header,
            Event::HeadersComplete => &self.headers_complete,
            Event::Body(_) => &self.body,
            Event::ChunkHeader => &self.chunk_header,
            Event::ChunkComplete => &self.chunk_complete,
            Event::MessageComplete => &self.message_complete,
            Event::Upgrade => return None,
        };
        callback.function.is_some().then_some(callback)
    }

    fn all(&self) -> [&Callback; 8] {
        [
            &self.message_begin,
            &self.first_line,
            &self.header,
            &self.headers_complete,
            &self.body,
            &self.chunk_header,
            &self.chunk_complete,
            &self.message_complete,
        ]
    }
}

impl Callback {
    /// Calls it with what the event carries.
    pub(super) fn call(
        &self,
        event: &Event<'_>,
        recent: &mut Recent,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let Some(function) = &self.function else {
            return Ok(());
        };
        let result = match *event {
            Event::Target(piece) | Event::Reason(piece) | Event::Body(piece) => {
                function.call_1(new_bytes(piece, vm).into(), vm)
            }
            Event::Field { name, value } => function.call_2(recent.field(name, value, vm), vm),
            _ => function.call_0(vm),
        };
        result.map(drop)
    }

    /// The error of a parser one of whose callbacks has raised an exception.
    pub(super) fn error(&self) -> Error {
        Error::callback(self.error)
    }
}
