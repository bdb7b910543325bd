//! What `inspect.signature` and `inspect.iscoroutinefunction` say of connections.

use rustpython_vm::VirtualMachine;

use super::connection::{Connection, note_originals};
use crate::modules::method::{Description, Method};

const MODULE: &str = "websockets";

const fn coroutine(name: &'static str, parameters: &'static str) -> Description {
    Description {
        name,
        parameters,
        is_coroutine: true,
    }
}

const CONNECTION: [Description; 9] = [
    coroutine("recv", "self, decode=None"),
    Description {
        name: "recv_streaming",
        parameters: "self, decode=None",
        is_coroutine: false,
    },
    coroutine("send", "self, message, *, text=None"),
    coroutine("ping", "self, data=None"),
    coroutine("pong", "self, data=b''"),
    coroutine("close", "self, code=1000, reason=''"),
    coroutine("wait_closed", "self"),
    coroutine("__aenter__", "self"),
    coroutine("__aexit__", "self, exc_type, exc_value, traceback"),
];

/// Describes the methods of connections.
pub(super) fn describe(vm: &VirtualMachine) {
    use rustpython_vm::class::StaticType as _;

    Method::prepare_classes();
    Method::describe(Connection::static_type(), MODULE, &CONNECTION, vm);
    note_originals(vm);
}
