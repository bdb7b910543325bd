//! Authentication by a script's `Auth`: its flow names the requests to send.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use rustpython_vm::{AsObject, PyObjectRef, PyRef, PyResult, builtins::PyBaseExceptionRef};

use super::mode::Mode;
use super::request::{self, Request};
use super::response::{Reception, Response};
use super::with_vm;
use crate::engine::Error;
use crate::engine::http::flow::AuthFlow;
use crate::engine::http::{Answer, Request as EngineRequest, Timeouts};
use crate::modules::raised::Raised;

/// A flow of a script's: `sync_auth_flow` or `async_auth_flow` of an `httpx.Auth`.
pub(super) struct ScriptAuth {
    auth: PyObjectRef,
    reception: Reception,
    /// Those of the first request, for requests that know none.
    timeouts: Timeouts,
    generator: Option<PyObjectRef>,
}

impl ScriptAuth {
    pub(super) fn new(auth: PyObjectRef, reception: &Reception) -> Self {
        Self {
            auth,
            reception: reception.clone(),
            timeouts: Timeouts::default(),
            generator: None,
        }
    }

    fn mode(&self) -> Mode {
        self.reception.mode()
    }

    async fn begin(&mut self, request: EngineRequest) -> PyResult<EngineRequest> {
        self.timeouts = request.timeouts;
        let object = with_vm(|vm| Request::from_engine(request, vm))?;
        let (name, step) = match self.mode() {
            Mode::Blocking => ("sync_auth_flow", "__next__"),
            Mode::Awaited => ("async_auth_flow", "__anext__"),
        };
        let generator = with_vm(|vm| vm.call_method(&self.auth, name, (object,)))?;
        self.generator = Some(generator.clone());
        let yielded = self.mode().call_method(&generator, step, ()).await?;
        with_vm(|vm| request::to_engine(&yielded, self.timeouts, vm))
    }

    async fn step(&mut self, answer: &Arc<Answer>) -> PyResult<Option<EngineRequest>> {
        let Some(generator) = self.generator.clone() else {
            return Ok(None);
        };
        let response: PyRef<Response> =
            with_vm(|vm| Response::from_answer(answer, &self.reception, vm));
        let name = match self.mode() {
            Mode::Blocking => "send",
            Mode::Awaited => "asend",
        };
        match self.mode().call_method(&generator, name, (response,)).await {
            Ok(yielded) => with_vm(|vm| request::to_engine(&yielded, self.timeouts, vm)).map(Some),
            Err(raised) if self.is_end(&raised) => Ok(None),
            Err(raised) => Err(raised),
        }
    }

    fn is_end(&self, raised: &PyBaseExceptionRef) -> bool {
        with_vm(|vm| {
            raised.fast_isinstance(match self.mode() {
                Mode::Blocking => vm.ctx.exceptions.stop_iteration,
                Mode::Awaited => vm.ctx.exceptions.stop_async_iteration,
            })
        })
    }
}

impl AuthFlow for ScriptAuth {
    fn start(&mut self, request: EngineRequest) -> BoxFuture<'_, Result<EngineRequest, Error>> {
        Box::pin(async { self.begin(request).await.map_err(Raised::error) })
    }

    fn next<'a>(
        &'a mut self,
        answer: &'a Arc<Answer>,
    ) -> BoxFuture<'a, Result<Option<EngineRequest>, Error>> {
        Box::pin(async { self.step(answer).await.map_err(Raised::error) })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async move {
            let mode = self.mode();
            let Some(generator) = self.generator else {
                return Ok(());
            };
            let name = match mode {
                Mode::Blocking => "close",
                Mode::Awaited => "aclose",
            };
            let closed = mode.call_method(&generator, name, ()).await;
            closed.map(drop).map_err(Raised::error)
        })
    }
}
