//! The request and the response of a handshake, made into objects when they are asked for.

use std::sync::Arc;

use rustpython_vm::{
    PyObjectRef, PyResult, VirtualMachine,
    common::lock::PyMutex,
    object::{Traverse, TraverseFn},
};

use super::convert::{request_object, response_object};
use crate::engine::ws::handshake::{Request, Response};

/// What of a handshake has an object.
pub(super) trait Shown {
    /// Makes the object.
    fn show(&self, vm: &VirtualMachine) -> PyResult;
}

impl Shown for Request {
    fn show(&self, vm: &VirtualMachine) -> PyResult {
        request_object(self, vm)
    }
}

impl Shown for Response {
    fn show(&self, vm: &VirtualMachine) -> PyResult {
        response_object(self, vm)
    }
}

/// A message of the handshake: none, the engine's, or the object that took its place.
pub(super) struct Slot<T>(PyMutex<State<T>>);

/// The handshake's request.
pub(super) type RequestSlot = Slot<Request>;
/// The handshake's response.
pub(super) type ResponseSlot = Slot<Response>;

enum State<T> {
    Empty,
    Native(Arc<T>),
    Object(PyObjectRef),
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(PyMutex::new(State::Empty))
    }
}

// SAFETY: the one object is visited once.
unsafe impl<T> Traverse for Slot<T> {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        if let Some(state) = self.0.try_lock()
            && let State::Object(object) = &*state
        {
            visit(object);
        }
    }
}

impl<T: Shown> Slot<T> {
    /// Puts the engine's message in. An object that is there already stays: scripts have seen it.
    pub(super) fn fill(&self, message: T) {
        let mut state = self.0.lock();
        if !matches!(*state, State::Object(_)) {
            *state = State::Native(Arc::new(message));
        }
    }

    /// Puts an object in.
    pub(super) fn set(&self, object: PyObjectRef) {
        let before = std::mem::replace(&mut *self.0.lock(), State::Object(object));
        // What it held may be a script's, and is dropped after the lock is gone.
        drop(before);
    }

    /// The object, which is the same each time; None while there is none.
    pub(super) fn object(&self, vm: &VirtualMachine) -> PyResult {
        let native = match &*self.0.lock() {
            State::Empty => return Ok(vm.ctx.none()),
            State::Object(object) => return Ok(object.clone()),
            State::Native(native) => native.clone(),
        };
        // Without the lock: making the object runs Python code.
        let object = native.show(vm)?;
        self.set(object.clone());
        Ok(object)
    }

    /// Lets `look` see the engine's message, if it is still one.
    pub(super) fn peek<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        match &*self.0.lock() {
            State::Native(native) => Some(look(native)),
            State::Empty | State::Object(_) => None,
        }
    }
}
