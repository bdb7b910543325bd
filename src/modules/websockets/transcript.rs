//! The opening handshake in the log, at level DEBUG.

use rustpython_vm::{AsObject, Py, PyObjectRef, VirtualMachine};

use super::base_connection::BaseConnection;
use super::log::{Level, Source, log};
use crate::engine::ws::handshake::{Headers, MASK, Request, Response, is_secret};
use crate::modules::convert::{header_str, new_str};

/// Which end a message came from.
#[derive(Clone, Copy)]
pub(super) enum From {
    /// This one.
    Here,
    /// The peer.
    There,
}

impl From {
    /// Before each line.
    fn mark(self) -> char {
        match self {
            Self::Here => '>',
            Self::There => '<',
        }
    }
}

/// What the client sent.
pub(super) fn request(
    connection: &Py<BaseConnection>,
    from: From,
    request: &Request,
    vm: &VirtualMachine,
) {
    let Some(source) = listener(connection, vm) else {
        return;
    };
    let texts = [&*request.method, &*request.path, request.version];
    let args = texts.map(|text| new_str(text, vm).into());
    let mark = from.mark();
    debug(
        connection,
        &source,
        &format!("{mark} %s %s %s"),
        args.into(),
        vm,
    );
    headers(connection, &source, mark, &request.headers, vm);
}

/// What the client was answered.
pub(super) fn response(
    connection: &Py<BaseConnection>,
    from: From,
    response: &Response,
    vm: &VirtualMachine,
) {
    let Some(source) = listener(connection, vm) else {
        return;
    };
    let status = vm.ctx.new_int(response.status.as_u16()).into();
    let reason = new_str(&response.reason, vm).into();
    let mark = from.mark();
    let text = format!("{mark} HTTP/1.1 %d %s");
    debug(connection, &source, &text, vec![status, reason], vm);
    headers(connection, &source, mark, &response.headers, vm);
    if !response.body.is_empty() {
        let length = vm.ctx.new_int(response.body.len()).into();
        let text = format!("{mark} [body] (%d bytes)");
        debug(connection, &source, &text, vec![length], vm);
    }
}

fn listener(connection: &Py<BaseConnection>, vm: &VirtualMachine) -> Option<Source> {
    let source = connection.logger_source();
    let listening = source.listening(Level::Debug, vm);
    listening.ok().flatten().map(|_| source)
}

fn headers(
    connection: &Py<BaseConnection>,
    source: &Source,
    mark: char,
    headers: &Headers,
    vm: &VirtualMachine,
) {
    let text = &format!("{mark} %s: %s");
    for (name, value) in headers.iter() {
        let value = match is_secret(name) {
            true => new_str(MASK, vm).into(),
            false => header_str(value, vm).into(),
        };
        debug(
            connection,
            source,
            text,
            vec![new_str(name, vm).into(), value],
            vm,
        );
    }
}

fn debug(
    connection: &Py<BaseConnection>,
    source: &Source,
    text: &str,
    args: Vec<PyObjectRef>,
    vm: &VirtualMachine,
) {
    log(
        connection.as_object(),
        source,
        Level::Debug,
        text,
        args,
        None,
        vm,
    );
}
