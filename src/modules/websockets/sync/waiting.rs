//! Waiting for at most some time.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine, function::OptionalArg};

use crate::modules::convert::{given, seconds};

/// A time to wait: for ever, some time, or not at all for zero.
#[derive(Clone, Copy)]
pub(super) struct Limit(Option<Duration>);

/// The time was over first.
pub(super) struct Elapsed(Duration);

impl Limit {
    pub(super) fn parse(value: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<Self> {
        let limit = given(value, vm).map(|value| seconds(&value, "timeout", vm));
        Ok(Self(limit.transpose()?.flatten()))
    }

    /// Waits for `future`, which is polled once at least: what has happened already counts,
    /// however short the time.
    pub(super) async fn wait<T>(self, future: impl Future<Output = T>) -> Result<T, Elapsed> {
        match self.0 {
            None => Ok(future.await),
            Some(Duration::ZERO) => look(future).await.ok_or(Elapsed(Duration::ZERO)),
            Some(limit) => {
                let waiting = tokio::time::timeout(limit, future);
                waiting.await.map_err(|_| Elapsed(limit))
            }
        }
    }
}

impl Elapsed {
    /// A TimeoutError, worded as the `websockets` package words it.
    pub(super) fn raised(
        &self,
        vm: &VirtualMachine,
    ) -> rustpython_vm::builtins::PyBaseExceptionRef {
        let class = vm.ctx.exceptions.timeout_error.to_owned();
        let text = format!("timed out in {:.1}s", self.0.as_secs_f64());
        vm.new_exception_msg(class, text.into())
    }
}

/// What `future` gives without waiting.
async fn look<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}
