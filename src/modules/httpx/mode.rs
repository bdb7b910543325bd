//! Whether a client blocks or is awaited.

use runtime_bridge::await_in_line;
use rustpython_vm::{PyObject, PyObjectRef, PyResult, function::IntoFuncArgs};

use super::streams::StreamKind;
use super::with_vm;

/// How a client's requests run, and so how it calls a script's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// `Client`: plain calls.
    Blocking,
    /// `AsyncClient`: what a call returns is awaited.
    Awaited,
}

impl Mode {
    /// In which ways the content of its responses can be read.
    pub(super) fn kind(self) -> StreamKind {
        match self {
            Self::Blocking => StreamKind::SYNC,
            Self::Awaited => StreamKind::ASYNC,
        }
    }

    /// Calls `function`, and awaits what it returns if that is the mode.
    pub(super) async fn call(
        self,
        function: &PyObject,
        args: impl IntoFuncArgs + Send,
    ) -> PyResult {
        let result = with_vm(|vm| function.call(args, vm))?;
        self.finish(result).await
    }

    /// Calls a method of `object`, and awaits what it returns if that is the mode.
    pub(super) async fn call_method(
        self,
        object: &PyObject,
        name: &'static str,
        args: impl IntoFuncArgs + Send,
    ) -> PyResult {
        let result = with_vm(|vm| vm.call_method(object, name, args))?;
        self.finish(result).await
    }

    async fn finish(self, result: PyObjectRef) -> PyResult {
        match self {
            Self::Blocking => Ok(result),
            Self::Awaited => await_in_line(result).await,
        }
    }
}
