//! A script's transport as the engine's flow sees it.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use rustpython_vm::{AsObject, PyObjectRef, PyResult};

use crate::engine::Error;
use crate::engine::http::flow::Service;
use crate::engine::http::{Answer, Request as EngineRequest, Sent};
use crate::modules::httpx::mode::Mode;
use crate::modules::httpx::request::Request;
use crate::modules::httpx::response::{Reception, Response};
use crate::modules::httpx::with_vm;
use crate::modules::raised::Raised;

/// Sends requests by an object's `handle_request` or `handle_async_request`.
pub(super) struct ScriptTransport {
    object: PyObjectRef,
    reception: Reception,
}

impl ScriptTransport {
    pub(super) fn new(object: PyObjectRef, reception: Reception) -> Self {
        Self { object, reception }
    }
}

impl Service for ScriptTransport {
    fn serve(
        &self,
        request: EngineRequest,
        sent: Arc<Sent>,
    ) -> BoxFuture<'static, Result<Answer, Error>> {
        let (object, reception) = (self.object.clone(), self.reception.clone());
        Box::pin(async move {
            let answer = serve(object, reception, request, sent).await;
            answer.map_err(Raised::error)
        })
    }
}

async fn serve(
    transport: PyObjectRef,
    reception: Reception,
    request: EngineRequest,
    sent: Arc<Sent>,
) -> PyResult<Answer> {
    let name = match reception.mode() {
        Mode::Blocking => "handle_request",
        Mode::Awaited => "handle_async_request",
    };
    let object = with_vm(|vm| {
        let object = Request::from_engine(request, vm)?;
        Request::go_along_with(&object, &sent);
        Ok(object)
    })?;
    let mode = reception.mode();
    let response = mode
        .call_method(&transport, name, (object.clone(),))
        .await?;
    with_vm(|vm| object.note_content(&sent, vm));
    with_vm(|vm| match response.downcast::<Response>() {
        Ok(response) => Response::to_answer(&response, &sent, &reception, vm),
        Err(other) => {
            let class = other.class().name().to_string();
            let message = format!("a transport has to return an httpx.Response, not {class}");
            Err(vm.new_type_error(message))
        }
    })
}
