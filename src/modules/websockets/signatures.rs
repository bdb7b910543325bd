//! What `inspect.signature` and `inspect.iscoroutinefunction` say of connections.

use rustpython_vm::VirtualMachine;

use super::connection::{Connection, note_originals};
use super::sync;
use crate::modules::method::{Description, Method};

const MODULE: &str = "websockets";

const fn coroutine(name: &'static str, parameters: &'static str) -> Description {
    Description {
        name,
        parameters,
        is_coroutine: true,
        shortcut: None,
    }
}

const CONNECTION: [Description; 9] = [
    coroutine("recv", "self, decode=None").with_shortcut(Connection::recv_any),
    blocking("recv_streaming", "self, decode=None"),
    coroutine("send", "self, message, *, text=None").with_shortcut(Connection::send_any),
    coroutine("ping", "self, data=None"),
    coroutine("pong", "self, data=b''"),
    coroutine("close", "self, code=1000, reason=''"),
    coroutine("wait_closed", "self"),
    coroutine("__aenter__", "self"),
    coroutine("__aexit__", "self, exc_type, exc_value, traceback"),
];

const fn blocking(name: &'static str, parameters: &'static str) -> Description {
    Description {
        name,
        parameters,
        is_coroutine: false,
        shortcut: None,
    }
}

const CONNECTION_OF_THREADS: [Description; 9] = [
    blocking("recv", "self, timeout=None, decode=None"),
    blocking("recv_streaming", "self, decode=None"),
    blocking("send", "self, message, *, text=None"),
    blocking("ping", "self, data=None, *, ack_on_close=False"),
    blocking("pong", "self, data=b''"),
    blocking("close", "self, code=1000, reason=''"),
    blocking("wait_closed", "self, timeout=None"),
    blocking("__enter__", "self"),
    blocking("__exit__", "self, exc_type, exc_value, traceback"),
];

/// Describes the methods of connections.
pub(super) fn describe(vm: &VirtualMachine) {
    use rustpython_vm::class::StaticType as _;

    Method::prepare_classes();
    Method::describe(Connection::static_type(), MODULE, &CONNECTION, vm);
    let of_threads = sync::Connection::static_type();
    Method::describe(of_threads, MODULE, &CONNECTION_OF_THREADS, vm);
    note_originals(vm);
}
