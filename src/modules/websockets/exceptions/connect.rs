//! Why `connect` failed.

use std::error::Error as StdError;
use std::io;

use rustpython_vm::{PyResult, VirtualMachine, builtins::PyBaseExceptionRef};

use super::{message, new, of_handshake, os_error, timeout};
use crate::engine::Error;
use crate::engine::error::find;
use crate::engine::ws::handshake::{HandshakeError, SecurityError};
use crate::engine::ws::{ConnectError, InvalidProxy, InvalidUri, ProxyFailure, RedirectError};
use crate::modules::raised::Raised;
use crate::modules::websockets::convert::response_object;

/// Why `connect` failed.
pub(in crate::modules::websockets) fn of_connect(
    error: ConnectError,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    match error {
        ConnectError::Uri(invalid) => invalid_uri(&invalid, vm),
        ConnectError::InvalidProxy(invalid) => invalid_proxy(&invalid, vm),
        ConnectError::Unresolved(unresolved) => gaierror(&unresolved.to_string(), vm),
        ConnectError::Network(error) => of_network(&error, vm),
        ConnectError::Proxy { uri, source } => {
            let exception = of_proxy(&source, vm);
            name_uri(&exception, &uri, vm);
            exception
        }
        ConnectError::Handshake { uri, source } => {
            let exception = of_response(&source, vm);
            name_uri(&exception, &uri, vm);
            exception
        }
        ConnectError::Redirect { source, answer } => {
            let exception = of_redirect(&source, vm);
            exception.set_cause(answer.map(|answer| of_connect(*answer, vm)));
            exception
        }
        ConnectError::Timeout { uri, .. } => {
            let exception = timeout("timed out during opening handshake", vm);
            name_uri(&exception, &uri, vm);
            exception
        }
        ConnectError::User(raised) => match Raised::out_of_box(raised) {
            Ok(exception) => exception,
            Err(other) => vm.new_runtime_error(other.to_string()),
        },
    }
}

/// InvalidURI.
pub(in crate::modules::websockets) fn invalid_uri(
    invalid: &InvalidUri,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    let strings = [invalid.uri.clone(), invalid.reason.to_string()];
    let args = strings.map(|text| vm.ctx.new_str(text).into());
    new("InvalidURI", args.into(), vm)
}

fn invalid_proxy(invalid: &InvalidProxy, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let strings = [invalid.proxy.clone(), invalid.reason.to_string()];
    let args = strings.map(|text| vm.ctx.new_str(text).into());
    new("InvalidProxy", args.into(), vm)
}

/// Why a redirect is not followed.
pub(in crate::modules::websockets) fn of_redirect(
    error: &RedirectError,
    vm: &VirtualMachine,
) -> PyBaseExceptionRef {
    match error {
        RedirectError::Uri(invalid) => invalid_uri(invalid, vm),
        RedirectError::Insecure(_) | RedirectError::TooMany(_) => {
            message("SecurityError", error.to_string(), vm)
        }
        RedirectError::GivenSocket(_)
        | RedirectError::UnixSocket(_)
        | RedirectError::Address(_) => vm.new_value_error(error.to_string()),
    }
}

fn of_proxy(failure: &ProxyFailure, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let (name, cause) = match failure {
        ProxyFailure::Status(response) => {
            return match response_object(response, vm) {
                Ok(response) => new("InvalidProxyStatus", vec![response], vm),
                Err(error) => error,
            };
        }
        ProxyFailure::Message(error) => ("InvalidProxyMessage", error),
        ProxyFailure::Other(error) => ("ProxyError", error),
    };
    let exception = message(name, failure.to_string(), vm);
    let cause = cause.source().map(|source| cause_of(source, vm));
    exception.set_cause(cause);
    exception
}

fn cause_of(source: &(dyn StdError + 'static), vm: &VirtualMachine) -> PyBaseExceptionRef {
    match find::<io::Error>(source) {
        Some(error) if error.kind() == io::ErrorKind::UnexpectedEof => eof(&source.to_string(), vm),
        Some(error) => os_error(error, &source.to_string(), vm),
        None => vm.new_value_error(source.to_string()),
    }
}

/// What the server's answer was, where the package has a cause: the end of the stream is an
/// EOFError, which makes another attempt worth while.
fn of_response(error: &HandshakeError, vm: &VirtualMachine) -> PyBaseExceptionRef {
    match error {
        HandshakeError::InvalidMessage {
            reason,
            eof: is_end,
            ..
        } => {
            let exception = message("InvalidMessage", error.to_string(), vm);
            exception.set_cause(Some(match is_end {
                true => eof(reason, vm),
                false => vm.new_value_error(reason.clone()),
            }));
            exception
        }
        HandshakeError::Io { source, .. } => {
            let exception = message("InvalidMessage", error.to_string(), vm);
            let end = eof("connection closed before the end of the handshake", vm);
            end.set_cause(Some(os_error(source, &source.to_string(), vm)));
            exception.set_cause(Some(end));
            exception
        }
        HandshakeError::Security(SecurityError::StatusLineTooLong(_)) => of_handshake(error, vm),
        HandshakeError::Security(limit) => {
            let text = format!("did not receive a valid HTTP response: {limit}");
            let exception = message("InvalidMessage", text, vm);
            exception.set_cause(Some(of_handshake(error, vm)));
            exception
        }
        _ => of_handshake(error, vm),
    }
}

fn eof(text: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let class = vm.ctx.exceptions.eof_error.to_owned();
    vm.new_exception_msg(class, text.into())
}

/// An OSError; of the TLS handshake, one of `ssl`.
fn of_network(error: &Error, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let text = error.to_string();
    match find::<rustls::Error>(error) {
        Some(rustls::Error::InvalidCertificate(_)) => {
            // What scripts look for in it.
            let text =
                format!("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {text}");
            ssl_error("SSLCertVerificationError", &text, vm)
        }
        Some(_) => ssl_error("SSLError", &text, vm),
        None => match find::<io::Error>(error) {
            Some(cause) => os_error(cause, &text, vm),
            None => vm.new_os_error(text),
        },
    }
}

fn ssl_error(name: &'static str, text: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    // SSL_ERROR_SSL, OpenSSL's "a failure in the library", as `ssl` itself has it.
    const FAILURE: i32 = 1;
    let make = || -> PyResult<PyBaseExceptionRef> {
        let class = vm.import("ssl", 0)?.get_attr(name, vm)?;
        class
            .call((FAILURE, text.to_owned()), vm)?
            .try_into_value(vm)
    };
    make().unwrap_or_else(|error| error)
}

/// The resolver's own number is not known; `errno` is None.
fn gaierror(text: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let make = || -> PyResult<PyBaseExceptionRef> {
        let class = vm.import("socket", 0)?.get_attr("gaierror", vm)?;
        class.call((vm.ctx.new_str(text),), vm)?.try_into_value(vm)
    };
    make().unwrap_or_else(|error| error)
}

/// The text of an exception is the package's, which does not name the URI: a note does.
fn name_uri(exception: &PyBaseExceptionRef, uri: &str, vm: &VirtualMachine) {
    use rustpython_vm::AsObject as _;
    // Exceptions take attributes and notes; that of a script's own making may refuse.
    let exception = exception.as_object();
    let _ = exception.set_attr("uri", vm.ctx.new_str(uri), vm);
    let _ = vm.call_method(exception, "add_note", (format!("The URI was {uri}."),));
}
