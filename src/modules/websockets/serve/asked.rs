//! What a script decides of an opening handshake: its callbacks behind the engine's trait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use runtime_bridge::{await_in_line, with_vm};
use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyCoroutine, PyStr},
    function::FuncArgs,
};

use super::policy::{Origin, Policy};
use crate::engine::tls::Secured;
use crate::engine::ws::handshake::{self, HandshakeError, Request, Response};
use crate::engine::ws::{Decisions, Undecided, Unselected};
use crate::modules::convert::utf8;
use crate::modules::websockets::base_connection::BaseConnection;
use crate::modules::websockets::convert::{
    change_request, request_object, response_object, response_of,
};
use crate::modules::websockets::exceptions::is_refusal;
use crate::modules::websockets::log::{self, Level};
use crate::modules::websockets::transcript::{self, From};

/// The script, asked about one client.
pub(in crate::modules::websockets) struct Asked {
    connection: PyRef<BaseConnection>,
    policy: Arc<Policy>,
    serving: Arc<AtomicBool>,
    /// Whether nothing can be awaited, for the client is served in a thread.
    in_thread: bool,
    /// What a callback raised that is no Exception: a cancellation, an interrupt.
    raised: Option<PyBaseExceptionRef>,
}

impl Asked {
    /// `serving` is true for as long as the server takes connections.
    pub(in crate::modules::websockets) fn about(
        connection: PyRef<BaseConnection>,
        policy: Arc<Policy>,
        serving: Arc<AtomicBool>,
    ) -> Self {
        Self {
            connection,
            policy,
            serving,
            in_thread: false,
            raised: None,
        }
    }

    /// The client is served in a thread: what callbacks return is not awaited.
    pub(in crate::modules::websockets) fn in_a_thread(&mut self) {
        self.in_thread = true;
    }

    /// What ended the handshake with `Abandoned`.
    pub(in crate::modules::websockets) fn take_raised(&mut self) -> Option<PyBaseExceptionRef> {
        self.raised.take()
    }

    /// An Exception is logged and answered with 500; anything else ends the client's task.
    fn failed(
        &mut self,
        text: &str,
        exception: PyBaseExceptionRef,
        vm: &VirtualMachine,
    ) -> Undecided {
        if !exception.fast_isinstance(vm.ctx.exceptions.exception_type) {
            self.raised = Some(exception);
            return Undecided::Abandoned;
        }
        log_error(&self.connection, text, &exception, vm);
        Undecided::Failed
    }

    /// Calls a callback, and awaits what it returns if that is to be awaited.
    async fn call(&self, callback: PyObjectRef, args: Vec<PyObjectRef>) -> PyResult {
        let result = with_vm(|vm| callback.call(FuncArgs::from(args), vm))?;
        if !self.in_thread && with_vm(|vm| is_awaitable(&result, vm)) {
            return await_in_line(result).await;
        }
        Ok(result)
    }

    async fn ask_about_request(
        &self,
        callback: PyObjectRef,
        request: &mut Request,
    ) -> PyResult<Option<Response>> {
        let (object, args) = with_vm(|vm| -> PyResult<_> {
            let object = request_object(request, vm)?;
            self.connection.request.set(object.clone());
            let connection = self.connection.as_object().to_owned();
            Ok((object.clone(), vec![connection, object]))
        })?;
        let result = self.call(callback, args).await?;
        with_vm(|vm| {
            change_request(request, &object, vm)?;
            match vm.is_none(&result) {
                true => Ok(None),
                false => response_of(&result, "process_request", vm).map(Some),
            }
        })
    }

    async fn ask_about_response(
        &self,
        callback: PyObjectRef,
        request: &Request,
        response: &mut Response,
    ) -> PyResult<()> {
        let base = &self.connection;
        let (object, args) = with_vm(|vm| -> PyResult<_> {
            let known = base.request.object(vm)?;
            if vm.is_none(&known) {
                base.request.set(request_object(request, vm)?);
            }
            let object = response_object(response, vm)?;
            base.response.set(object.clone());
            let connection = self.connection.as_object().to_owned();
            let args = vec![connection, base.request.object(vm)?, object.clone()];
            Ok((object, args))
        })?;
        let result = self.call(callback, args).await?;
        with_vm(|vm| {
            let object = match vm.is_none(&result) {
                true => object,
                false => result,
            };
            *response = response_of(&object, "process_response", vm)?;
            base.response.set(object);
            Ok(())
        })
    }

    fn is_allowed(&self, origin: Option<&str>, vm: &VirtualMachine) -> PyResult<bool> {
        let Some(origins) = &self.policy.origins else {
            return Ok(true);
        };
        for allowed in origins {
            let matches = match (allowed, origin) {
                (Origin::Missing, origin) => origin.is_none(),
                (Origin::Exactly(allowed), origin) => origin == Some(allowed),
                (Origin::Matching(_), None) => false,
                (Origin::Matching(pattern), Some(origin)) => {
                    let found = vm.call_method(pattern, "fullmatch", (origin,))?;
                    !vm.is_none(&found)
                }
            };
            if matches {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn select(
        &self,
        callback: &PyObjectRef,
        offered: &[String],
        vm: &VirtualMachine,
    ) -> PyResult<Option<String>> {
        let offered = offered.iter().map(|name| vm.ctx.new_str(&**name).into());
        let offered = vm.ctx.new_list(offered.collect());
        let chosen = callback.call((self.connection.clone(), offered), vm)?;
        if vm.is_none(&chosen) {
            return Ok(None);
        }
        match chosen.downcast_ref::<PyStr>() {
            Some(name) => Ok(Some(utf8(name, vm)?.to_owned())),
            None => {
                let class = chosen.class().name().to_string();
                let text = format!("select_subprotocol must return a str or None, not {class}");
                Err(vm.new_type_error(text))
            }
        }
    }
}

impl Decisions for Asked {
    fn secured(&mut self, secured: Secured) {
        self.connection.set_secured(secured);
    }

    async fn process_request(
        &mut self,
        request: &mut Request,
    ) -> Result<Option<Response>, Undecided> {
        with_vm(|vm| transcript::request(&self.connection, From::There, request, vm));
        let Some(callback) = self.policy.process_request.clone() else {
            return Ok(None);
        };
        let asked = self.ask_about_request(callback, request).await;
        asked.map_err(|error| with_vm(|vm| self.failed("process_request failed", error, vm)))
    }

    fn allows_origin(&mut self, origin: Option<&str>) -> Result<bool, Undecided> {
        with_vm(|vm| {
            let allowed = self.is_allowed(origin, vm);
            allowed.map_err(|error| self.failed("opening handshake failed", error, vm))
        })
    }

    fn select_subprotocol(&mut self, offered: &[String]) -> Result<Option<String>, Unselected> {
        let Some(callback) = self.policy.select_subprotocol.clone() else {
            return handshake::select_subprotocol(&self.policy.subprotocols, offered)
                .map_err(Unselected::Refused);
        };
        with_vm(|vm| match self.select(&callback, offered, vm) {
            Ok(chosen) => Ok(chosen),
            Err(error) => match is_refusal(&error, vm) {
                Some(text) => Err(Unselected::Refused(HandshakeError::Negotiation(text))),
                None => Err(Unselected::Undecided(self.failed(
                    "opening handshake failed",
                    error,
                    vm,
                ))),
            },
        })
    }

    async fn process_response(
        &mut self,
        request: &Request,
        response: &mut Response,
    ) -> Result<(), Undecided> {
        let Some(callback) = self.policy.process_response.clone() else {
            return Ok(());
        };
        let asked = self.ask_about_response(callback, request, response).await;
        asked.map_err(|error| with_vm(|vm| self.failed("process_response failed", error, vm)))
    }

    fn is_serving(&self) -> bool {
        self.serving.load(Ordering::Acquire)
    }
}

/// Logs an error of a connection, with its traceback.
pub(in crate::modules::websockets) fn log_error(
    connection: &Py<BaseConnection>,
    text: &str,
    exception: &PyBaseExceptionRef,
    vm: &VirtualMachine,
) {
    let source = connection.logger_source();
    let about = connection.as_object();
    log::log(
        about,
        &source,
        Level::Error,
        text,
        Vec::new(),
        Some(exception),
        vm,
    );
}

fn is_awaitable(object: &PyObjectRef, vm: &VirtualMachine) -> bool {
    object.downcast_ref::<PyCoroutine>().is_some()
        || object
            .class()
            .get_attr(vm.ctx.intern_str("__await__"))
            .is_some()
}
