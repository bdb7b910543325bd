//! The content of a response: on its way, read, or given up.

use bytes::Bytes;
use rustpython_vm::{PyRef, PyResult, builtins::PyBytesRef, common::lock::PyMutex};

use super::exceptions::{stream_error, to_exception};
use super::request::Request;
use super::with_vm;
use crate::engine;
use crate::engine::http::ResponseBody;
use crate::modules::convert::new_bytes;

/// A response's content. Whoever waits for a part of it owns the stream meanwhile, so that giving
/// up the wait closes the connection.
pub(super) struct Content {
    state: PyMutex<State>,
    /// For the exceptions.
    request: PyRef<Request>,
}

enum State {
    /// On its way. `started` once a part of it was handed out.
    Unread { body: ResponseBody, started: bool },
    /// Somebody waits for the next part.
    Busy,
    /// All here.
    Read(PyBytesRef),
    /// Handed out in parts.
    Consumed,
    /// Given up. `started` if a part of it had been handed out.
    Closed { started: bool },
}

impl Content {
    pub(super) fn new(body: ResponseBody, request: PyRef<Request>) -> Self {
        let started = false;
        Self {
            state: PyMutex::new(State::Unread { body, started }),
            request,
        }
    }

    /// The content, if all of it was read.
    pub(super) fn bytes(&self) -> Option<PyBytesRef> {
        match &*self.state.lock() {
            State::Read(content) => Some(content.clone()),
            _ => None,
        }
    }

    /// Whether it was read or given up.
    pub(super) fn is_closed(&self) -> bool {
        !matches!(*self.state.lock(), State::Unread { .. } | State::Busy)
    }

    /// Whether some of it was handed out.
    pub(super) fn is_consumed(&self) -> bool {
        match &*self.state.lock() {
            State::Unread { started, .. } | State::Closed { started } => *started,
            State::Busy | State::Consumed | State::Read(_) => true,
        }
    }

    /// Reads the whole content, unless that was done.
    pub(super) async fn read(&self) -> PyResult<PyBytesRef> {
        if let Some(content) = self.bytes() {
            return Ok(content);
        }
        let (mut body, waiting) = self.take(false)?;
        let result = body.read_to_end().await;
        waiting.end();
        match result {
            Ok(content) => {
                let content = with_vm(|vm| new_bytes(content, vm));
                self.set(State::Read(content.clone()));
                Ok(content)
            }
            Err(error) => self.fail(error),
        }
    }

    /// The next part as it came, or None at the end; `resume` for whoever took a part before.
    pub(super) async fn next_part(&self, resume: bool) -> PyResult<Option<Bytes>> {
        let (mut body, waiting) = self.take(resume)?;
        let result = body.chunk().await;
        waiting.end();
        match result {
            Ok(Some(part)) => {
                self.put_back(body);
                Ok(Some(part))
            }
            Ok(None) => {
                self.set(State::Consumed);
                Ok(None)
            }
            Err(error) => self.fail(error),
        }
    }

    /// Gives up what was not read, and the connection with it.
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        let started = match &*state {
            State::Unread { started, .. } => *started,
            State::Busy => true,
            State::Read(_) | State::Consumed | State::Closed { .. } => return,
        };
        let old = std::mem::replace(&mut *state, State::Closed { started });
        drop(state);
        drop(old);
    }

    fn take(&self, resume: bool) -> PyResult<(ResponseBody, Waiting<'_>)> {
        let mut state = self.state.lock();
        let name = match std::mem::replace(&mut *state, State::Busy) {
            State::Unread { body, started } if resume || !started => {
                return Ok((body, Waiting(self)));
            }
            other => {
                let was_untouched = matches!(other, State::Closed { started: false });
                *state = other;
                if was_untouched {
                    "StreamClosed"
                } else {
                    "StreamConsumed"
                }
            }
        };
        drop(state);
        Err(with_vm(|vm| stream_error(name, vm)))
    }

    /// Puts back what `take` took, unless the response was closed meanwhile.
    fn put_back(&self, body: ResponseBody) {
        let mut state = self.state.lock();
        if matches!(*state, State::Busy) {
            let started = true;
            *state = State::Unread { body, started };
        }
    }

    fn set(&self, state: State) {
        let old = std::mem::replace(&mut *self.state.lock(), state);
        drop(old);
    }

    fn fail<T>(&self, error: engine::Error) -> PyResult<T> {
        self.set(State::Closed { started: true });
        let request = Some(self.request.clone());
        Err(with_vm(|vm| to_exception(error, request, vm)))
    }
}

/// Marks the content closed when whoever waits for a part of it gives up.
struct Waiting<'a>(&'a Content);

impl Waiting<'_> {
    fn end(self) {
        std::mem::forget(self);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}
