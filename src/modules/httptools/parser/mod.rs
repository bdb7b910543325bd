//! `HttpRequestParser` and `HttpResponseParser`.

mod base;
mod callable;
mod callbacks;
mod facts;
mod leniencies;
mod recent;
mod request;
mod response;

pub(super) use base::HttpParser;
pub(super) use request::HttpRequestParser;
pub(super) use response::HttpResponseParser;

use rustpython_vm::VirtualMachine;
use rustpython_vm::class::{PyClassImpl as _, StaticType as _};

use crate::modules::method::{ClassSignature, Method};

/// What `inspect.signature` says of the classes.
pub(super) fn describe(vm: &VirtualMachine) {
    Method::prepare_classes();
    drop(HttpParser::make_static_type());
    for class in [
        HttpRequestParser::static_type(),
        HttpResponseParser::static_type(),
    ] {
        ClassSignature::describe(class, "httptools", "protocol", vm);
    }
}
