//! What comes before and after the opening handshake of a client, in a loop and in a thread alike.

use rustpython_vm::{AsObject, Py, PyObjectRef, PyResult, VirtualMachine};

use super::policy::Policy;
use crate::engine::net::{Address, Socket};
use crate::engine::ws::handshake::{HandshakeError, Response, SecurityError};
use crate::engine::ws::{Accept, AcceptError, Accepted};
use crate::modules::convert::new_str;
use crate::modules::websockets::base_connection::{BaseConnection, Ends};
use crate::modules::websockets::exceptions::of_accept;
use crate::modules::websockets::log::{self, Level};
use crate::modules::websockets::transcript::{self, From};

/// How to accept a client, whose connection's object learns what is known by now.
pub(in crate::modules::websockets) fn acceptance(
    policy: &Policy,
    connection: &BaseConnection,
    socket: &Socket,
    peer: Address,
    vm: &VirtualMachine,
) -> PyResult<Accept> {
    let mut accept = policy.accept.clone();
    if let Some(tls) = &policy.tls {
        accept.tls = Some(tls.current(vm)?);
    }
    if let Some(options) = connection.take_behaviour() {
        accept.options = options;
    }
    connection.set_logger(policy.logger.clone());
    connection.set_ends(Ends {
        local: Address::local(socket),
        remote: Some(peer),
    });
    Ok(accept)
}

/// Notes and logs what became of the opening handshake. Says whether there is a connection.
pub(in crate::modules::websockets) fn settle(
    connection: &Py<BaseConnection>,
    accepted: Result<Accepted, AcceptError>,
    vm: &VirtualMachine,
) -> bool {
    match accepted {
        Ok(Accepted::Open(established)) => {
            transcript::response(connection, From::Here, &established.response, vm);
            connection.open(*established);
            info(connection, "connection open", Vec::new(), vm);
            return true;
        }
        Ok(Accepted::Answered {
            response,
            refusal,
            judged,
        }) => {
            if let Some(refusal) = refusal {
                debug_failure(connection, &AcceptError::Handshake(refusal), vm);
            }
            transcript::response(connection, From::Here, &response, vm);
            let text = match judged {
                true => "connection rejected (%d %s)",
                false => "HTTP response sent (%d %s)",
            };
            info(connection, text, status_args(&response, vm), vm);
            connection.response.fill(response);
        }
        Err(error) => debug_failure(connection, &error, vm),
    }
    connection.refuse();
    false
}

fn status_args(response: &Response, vm: &VirtualMachine) -> Vec<PyObjectRef> {
    let status = vm.ctx.new_int(response.status.as_u16()).into();
    vec![status, new_str(&response.reason, vm).into()]
}

fn info(connection: &Py<BaseConnection>, text: &str, args: Vec<PyObjectRef>, vm: &VirtualMachine) {
    let source = connection.logger_source();
    log::log(
        connection.as_object(),
        &source,
        Level::Info,
        text,
        args,
        None,
        vm,
    );
}

fn debug_failure(connection: &Py<BaseConnection>, error: &AcceptError, vm: &VirtualMachine) {
    let source = connection.logger_source();
    if !matches!(source.listening(Level::Debug, vm), Ok(Some(_))) {
        return;
    }
    let text = match error {
        AcceptError::Tls(_) => "! TLS handshake failed",
        AcceptError::Timeout(_) => "! timed out during opening handshake",
        AcceptError::Abandoned => "! opening handshake abandoned",
        AcceptError::Handshake(error) => match error {
            HandshakeError::InvalidMessage { .. } | HandshakeError::Io { .. } => {
                "! no valid HTTP request"
            }
            HandshakeError::Security(SecurityError::RequestLineTooLong(_)) => {
                "! request line too long"
            }
            HandshakeError::Security(_) => "! header fields too large",
            HandshakeError::InvalidOrigin(_) => "! invalid origin",
            HandshakeError::InvalidMethod(_) => "! invalid method",
            HandshakeError::InvalidProtocol(_) => "! invalid protocol",
            HandshakeError::InvalidUpgrade { .. } => "! invalid upgrade",
            _ => "! invalid handshake",
        },
    };
    let exception = of_accept(error, vm);
    let about = connection.as_object();
    let exception = Some(&exception);
    log::log(
        about,
        &source,
        Level::Debug,
        text,
        Vec::new(),
        exception,
        vm,
    );
}

/// The path of the request, for a handler that takes it.
pub(in crate::modules::websockets) fn path_of(
    connection: &BaseConnection,
    vm: &VirtualMachine,
) -> PyResult {
    let request = &connection.request;
    match request.peek(|request| new_str(&request.path, vm)) {
        Some(path) => Ok(path.into()),
        None => request.object(vm)?.get_attr("path", vm),
    }
}
