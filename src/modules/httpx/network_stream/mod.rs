//! The connection of a response, as `response.extensions["network_stream"]` shows it, with the
//! names and the behaviour of httpcore's `NetworkStream` and `AsyncNetworkStream`. What differs:
//!
//! - while the connection speaks HTTP its bytes are the client's: `read`, `write`, `start_tls` and
//!   `close` raise LocalProtocolError, and only `get_extra_info` answers;
//! - `get_extra_info` knows the two ends as they were when the connection was opened, so it answers
//!   after the response was read, too; it knows no "socket", since the socket is not Python's;
//! - "ssl_object" is a view of the handshake, with `version`, `selected_alpn_protocol` and
//!   `getpeercert(True)`;
//! - after `client.request("CONNECT", …)` the stream is open until it or the response is closed or
//!   forgotten; httpcore closes it once the response was read;
//! - over HTTP/2, CONNECT gives no stream.

mod awaited;
mod blocking;

use std::net::SocketAddr;
use std::sync::Arc;

use rustpython_vm::{
    FromArgs, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine, builtins::PyBytesRef,
    function::ArgBytesLike,
};

pub(super) use crate::modules::ssl_object::SslObject;
pub(super) use awaited::AsyncNetworkStream;
pub(super) use blocking::NetworkStream;

use super::exceptions::to_exception;
use super::streams::StreamKind;
use super::with_vm;
use crate::engine::http::NetworkStream as Stream;
use crate::engine::http::peer::Peer;
use crate::engine::tls::TlsConfig;
use crate::engine::{Error, Kind};
use crate::modules::convert::{new_bytes, new_str, seconds, wrong_type};
use crate::modules::ssl_context::{is_context, settings_of};

/// The object for a response that came over a connection to `peer`. `stream` is the connection
/// itself, if the response changed protocols.
pub(super) fn object(
    stream: Option<Arc<Stream>>,
    peer: Arc<Peer>,
    kind: StreamKind,
    vm: &VirtualMachine,
) -> PyObjectRef {
    let connection = Connection { stream, peer };
    match kind {
        StreamKind::ASYNC => AsyncNetworkStream::new(connection).into_ref(&vm.ctx).into(),
        _ => NetworkStream::new(connection).into_ref(&vm.ctx).into(),
    }
}

/// A connection, and what was known of it when it was opened.
#[derive(Clone, Debug)]
struct Connection {
    stream: Option<Arc<Stream>>,
    peer: Arc<Peer>,
}

#[derive(FromArgs)]
struct ReadArgs {
    #[pyarg(any)]
    max_bytes: usize,
    #[pyarg(any, default)]
    timeout: Option<PyObjectRef>,
}

#[derive(FromArgs)]
struct WriteArgs {
    #[pyarg(any)]
    buffer: ArgBytesLike,
    #[pyarg(any, default)]
    timeout: Option<PyObjectRef>,
}

#[derive(FromArgs)]
struct StartTlsArgs {
    #[pyarg(any)]
    ssl_context: PyObjectRef,
    #[pyarg(any, default)]
    server_hostname: Option<String>,
    #[pyarg(any, default)]
    timeout: Option<PyObjectRef>,
}

type Limit = Option<std::time::Duration>;

fn limit(timeout: Option<PyObjectRef>, vm: &VirtualMachine) -> PyResult<Limit> {
    match timeout {
        Some(timeout) => seconds(&timeout, "timeout", vm),
        None => Ok(None),
    }
}

/// What a TLS handshake needs to know.
struct Handshake {
    tls: TlsConfig,
    server_name: Option<String>,
    limit: Limit,
}

impl StartTlsArgs {
    fn parse(self, vm: &VirtualMachine) -> PyResult<Handshake> {
        let context: &PyObject = &self.ssl_context;
        if !is_context(context, vm)? {
            return Err(wrong_type("ssl_context", "an ssl.SSLContext", context, vm));
        }
        Ok(Handshake {
            tls: TlsConfig::new(settings_of(context, vm)?),
            server_name: self.server_hostname,
            limit: limit(self.timeout, vm)?,
        })
    }
}

impl Connection {
    /// # Errors
    /// LocalProtocolError while the connection speaks HTTP: its bytes belong to the client.
    fn stream(&self) -> PyResult<&Stream> {
        self.stream.as_deref().ok_or_else(|| {
            let message = "The connection still speaks HTTP: only a 101 response, or a 2xx \
                           response to CONNECT, gives it away.";
            raised(Error::new(Kind::LocalProtocol, message))
        })
    }

    async fn read(&self, max_bytes: usize, limit: Limit) -> PyResult<PyBytesRef> {
        let read = self.stream()?.read(max_bytes, limit).await;
        let bytes = read.map_err(raised)?;
        Ok(with_vm(|vm| new_bytes(bytes, vm)))
    }

    async fn write(&self, bytes: &[u8], limit: Limit) -> PyResult<()> {
        let written = self.stream()?.write(bytes, limit).await;
        written.map_err(raised)
    }

    fn close(&self) -> PyResult<()> {
        self.stream()?.close();
        Ok(())
    }

    /// The connection that takes the place of this one.
    async fn start_tls(&self, handshake: Handshake) -> PyResult<Self> {
        let Handshake {
            tls,
            server_name,
            limit,
        } = handshake;
        let secured = self.stream()?.start_tls(&tls, server_name, limit).await;
        let stream = secured.map_err(raised)?;
        let peer = stream.peer().unwrap_or_else(|| self.peer.clone());
        Ok(Self {
            stream: Some(Arc::new(stream)),
            peer,
        })
    }

    /// By httpcore's names; None for what is not known.
    fn extra_info(&self, info: &str, vm: &VirtualMachine) -> PyObjectRef {
        let address = |address: Option<SocketAddr>| match address {
            Some(address) => address_object(address, vm),
            None => vm.ctx.none(),
        };
        match info {
            "client_addr" => address(self.peer.local),
            "server_addr" => address(self.peer.remote),
            "ssl_object" => match &self.peer.tls {
                Some(tls) => SslObject::new(tls.clone()).into_ref(&vm.ctx).into(),
                None => vm.ctx.none(),
            },
            "is_readable" => match &self.stream {
                // What is closed is at its end, which can be read.
                Some(stream) => vm.ctx.new_bool(stream.is_readable()).into(),
                None => vm.ctx.none(),
            },
            _ => vm.ctx.none(),
        }
    }
}

fn raised(error: Error) -> rustpython_vm::builtins::PyBaseExceptionRef {
    with_vm(|vm| to_exception(error, None, vm))
}

/// As Python's sockets have addresses.
fn address_object(address: SocketAddr, vm: &VirtualMachine) -> PyObjectRef {
    let mut parts: Vec<PyObjectRef> = vec![
        new_str(&address.ip().to_string(), vm).into(),
        vm.ctx.new_int(address.port()).into(),
    ];
    if let SocketAddr::V6(address) = address {
        parts.push(vm.ctx.new_int(address.flowinfo()).into());
        parts.push(vm.ctx.new_int(address.scope_id()).into());
    }
    vm.ctx.new_tuple(parts).into()
}
