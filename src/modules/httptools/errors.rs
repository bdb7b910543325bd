//! httptools's exceptions, and which one an engine error becomes.

use std::borrow::Cow;
use std::sync::OnceLock;

use rustpython_vm::{
    Py, PyObject, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyModule, PyTypeRef},
};

use crate::engine::http1::message::Invalid;
use crate::engine::http1::url::InvalidUrl;
use crate::engine::http1::{Error, ErrorKind};

struct Classes {
    error: PyTypeRef,
    callback: PyTypeRef,
    invalid_status: PyTypeRef,
    invalid_method: PyTypeRef,
    invalid_url: PyTypeRef,
    upgrade: PyTypeRef,
}

static CLASSES: OnceLock<Classes> = OnceLock::new();

fn classes(vm: &VirtualMachine) -> &'static Classes {
    CLASSES.get_or_init(|| {
        let new = |name, base: &PyTypeRef, doc: &str| {
            let bases = Some(vec![base.clone()]);
            let class = vm
                .ctx
                .new_exception_type("httptools.parser.errors", name, bases);
            class.set_attr(vm.ctx.intern_str("__doc__"), vm.ctx.new_str(doc).into());
            class
        };
        let exception = vm.ctx.exceptions.exception_type.to_owned();
        let error = new(
            "HttpParserError",
            &exception,
            "What is parsed is malformed. The parser that raised it raises it for all further data.",
        );
        Classes {
            callback: new(
                "HttpParserCallbackError",
                &error,
                "A callback raised an exception, which is the __context__ of this one.",
            ),
            invalid_status: new(
                "HttpParserInvalidStatusError",
                &error,
                "The status code is not three digits, or the reason phrase is malformed.",
            ),
            invalid_method: new(
                "HttpParserInvalidMethodError",
                &error,
                "The request method is unknown.",
            ),
            invalid_url: new(
                "HttpParserInvalidURLError",
                &error,
                "The URL or the request target is malformed.",
            ),
            upgrade: new(
                "HttpParserUpgrade",
                &exception,
                "What follows the message is another protocol. The argument is the offset in the \
                 data at which it begins.",
            ),
            error,
        }
    })
}

/// Puts the classes into the module.
pub(super) fn register(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let classes = classes(vm);
    for class in [
        &classes.error,
        &classes.callback,
        &classes.invalid_status,
        &classes.invalid_method,
        &classes.invalid_url,
        &classes.upgrade,
    ] {
        let name = vm.ctx.intern_str(&*class.name());
        module.set_attr(name, class.clone(), vm)?;
    }
    Ok(())
}

/// The exception for an error of a parser.
pub(super) fn of_parser(error: Error, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let class = class_of(error.kind, vm).clone();
    vm.new_exception_msg(class, error.reason.into())
}

/// The exception for a whole message that is none.
pub(super) fn of_message(error: &Invalid, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let class = match error {
        Invalid::Malformed { error, .. } => class_of(error.kind, vm),
        _ => &classes(vm).error,
    };
    vm.new_exception_msg(class.clone(), error.to_string().into())
}

fn class_of(kind: ErrorKind, vm: &VirtualMachine) -> &'static PyTypeRef {
    let classes = classes(vm);
    match kind {
        ErrorKind::Method => &classes.invalid_method,
        ErrorKind::Target => &classes.invalid_url,
        ErrorKind::Status => &classes.invalid_status,
        ErrorKind::Callback => &classes.callback,
        ErrorKind::Other => &classes.error,
    }
}

/// HttpParserInvalidURLError.
pub(super) fn invalid_url(
    url: &PyObject,
    error: &InvalidUrl,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let message = match error {
        InvalidUrl::TooLong(_) => error.to_string(),
        InvalidUrl::Malformed(reason) => match url.repr(vm) {
            Ok(url) => format!("invalid url {}: {reason}", without_user(url.as_ref())),
            Err(_) => format!("invalid url: {reason}"),
        },
    };
    vm.new_exception_msg(classes(vm).invalid_url.clone(), message.into())
}

/// The text without what may be a password, for exceptions end in logs.
fn without_user(url: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = url.split_once("//") else {
        return url.into();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}//[secure]{}", &rest[at..]).into(),
        None => url.into(),
    }
}

/// HttpParserUpgrade.
pub(super) fn upgrade(offset: usize, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let offset = vm.ctx.new_int(offset).into();
    vm.new_exception(classes(vm).upgrade.clone(), vec![offset])
}

/// HttpParserCallbackError for what a callback raised.
pub(super) fn of_callback(
    error: Error,
    raised: PyBaseExceptionRef,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let exception = of_parser(error, vm);
    exception.set_context(Some(raised));
    exception
}
