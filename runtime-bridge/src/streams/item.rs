//! One item of an asynchronous iterator, awaited in the way that the coroutine allows.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine, builtins::PyBaseExceptionRef};

use crate::from_python::as_task::{AsTask, await_as_task};
use crate::from_python::in_line::{InLine, await_in_line};
use crate::from_python::place::Place;

pub(crate) enum Item {
    InLine(InLine),
    /// Something else was awaited in line already, or another coroutine may wait for the end.
    AsTask(AsTask),
}

impl Item {
    pub(crate) fn new(awaitable: PyObjectRef, moves: bool, vm: &VirtualMachine) -> PyResult<Self> {
        if moves || Place::exchange().is_some_and(|exchange| exchange.is_claimed()) {
            return await_as_task(awaitable, vm).map(Self::AsTask);
        }
        Ok(Self::InLine(await_in_line(awaitable)))
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<PyResult> {
        match self {
            Self::InLine(future) => Pin::new(future).poll(cx),
            Self::AsTask(future) => Pin::new(future).poll(cx),
        }
    }

    /// What is left of it, to be awaited by another coroutine after it was cancelled.
    pub(crate) fn cancelled(
        self,
        exception: PyBaseExceptionRef,
        vm: &VirtualMachine,
    ) -> Option<Self> {
        match self {
            Self::InLine(future) => future.detach(exception, vm).map(Self::InLine),
            Self::AsTask(future) => {
                future.cancel(vm);
                Some(Self::AsTask(future))
            }
        }
    }
}
