//! An HTTP/1.1 connection and its driver, held and polled together.

use std::future::Future;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as _, Frame};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;

use super::alarm::Alarm;
use super::body::Outgoing;
use super::origin::Origin;
use super::peer::Peer;
use super::wire::{Account, Wire};
use crate::engine::net::{Transport, socket};

/// The largest response head, in bytes: status line and header fields together.
pub(super) const MAX_HEAD_SIZE: usize = 128 * 1024;
/// The most header fields in a response head.
pub(super) const MAX_HEADERS: usize = 100;
/// The most that is read ahead of the caller, in bytes.
const MAX_READ_BUFFER: usize = 512 * 1024;

type Driver = http1::Connection<TokioIo<Wire>, Outgoing>;
type Parts = http1::Parts<TokioIo<Wire>>;

/// A connection to one origin, with nothing of it in any task: it makes progress only while its
/// holder polls it, and is closed when its holder drops it.
pub(super) struct Connection(Box<Inner>);

struct Inner {
    sender: SendRequest<Outgoing>,
    /// Dropped as soon as it ends: only then does hyper give back a request that it did not send.
    driver: Option<Driver>,
    /// Of the driver, once it has ended: after a change of protocols the connection goes on.
    remains: Option<Parts>,
    account: Arc<Account>,
    alarm: Arc<Alarm>,
    /// Of `alarm`.
    waker: Waker,
    /// Of the socket that `driver` owns.
    descriptor: RawFd,
    origin: Origin,
    peer: Arc<Peer>,
}

impl Connection {
    pub(super) async fn open(transport: Transport, origin: Origin) -> hyper::Result<Self> {
        let account = Arc::new(Account::default());
        let descriptor = transport.socket().as_fd().as_raw_fd();
        let peer = Arc::new(Peer::of(&transport));
        let wire = TokioIo::new(Wire::new(transport, account.clone()));
        let (sender, driver) = http1::Builder::new()
            .max_header_size(MAX_HEAD_SIZE)
            .max_buf_size(MAX_READ_BUFFER)
            .handshake(wire)
            .await?;
        let alarm = Arc::new(Alarm::default());
        Ok(Self(Box::new(Inner {
            sender,
            driver: Some(driver),
            remains: None,
            account,
            waker: alarm.waker(),
            alarm,
            descriptor,
            origin,
            peer,
        })))
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.0.origin
    }

    pub(super) fn peer(&self) -> &Arc<Peer> {
        &self.0.peer
    }

    pub(super) fn account(&self) -> &Arc<Account> {
        &self.0.account
    }

    /// Hands the request to the driver. The future only looks for the answer; it does not drive.
    pub(super) fn send(
        &mut self,
        mut request: Request<Outgoing>,
    ) -> impl Future<Output = Result<Response<Incoming>, TrySendError<Request<Outgoing>>>> + use<>
    {
        self.0.account.reset();
        request.body_mut().report_to(&self.0.account);
        let Inner { sender, alarm, .. } = &mut *self.0;
        alarm.mute(|| sender.try_send_request(request))
    }

    /// Reads and writes what can be read and written now.
    ///
    /// An error of the driver's is not lost: hyper gives it to the response or its body too.
    pub(super) fn drive(&mut self, cx: &mut Context<'_>) {
        let inner = &mut *self.0;
        if let Some(driver) = &mut inner.driver {
            inner.alarm.set(cx);
            let mut cx = Context::from_waker(&inner.waker);
            if Pin::new(driver).poll(&mut cx).is_ready() {
                inner.end();
            }
        }
    }

    /// What the driver has put into `body`, the body of its current response.
    pub(super) fn poll_body(
        &self,
        body: &mut Incoming,
        cx: &Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let alarm = &self.0.alarm;
        let mut idle = Context::from_waker(Waker::noop());
        let polled = alarm.mute(|| Pin::new(body).poll_frame(&mut idle));
        if polled.is_pending() && alarm.missed() {
            cx.waker().wake_by_ref();
        }
        polled
    }

    /// Lets go of the task that held the connection.
    pub(super) fn rest(&self) {
        self.0.alarm.clear();
    }

    /// Whether both messages are complete and another exchange may follow.
    pub(super) fn is_reusable(&self) -> bool {
        self.0.driver.is_some() && self.0.sender.is_ready()
    }

    /// Whether the peer has closed an idle connection, or sent what it was not asked for.
    ///
    /// Over TLS a late session ticket looks the same; the price is a new connection.
    pub(super) fn is_stale(&self) -> bool {
        if self.0.driver.is_none() {
            return true;
        }
        // SAFETY: `driver` owns the socket, which keeps this descriptor until it is dropped or
        // fails to move to another runtime. The latter ends the driver with an error.
        let socket = unsafe { BorrowedFd::borrow_raw(self.0.descriptor) };
        socket::is_readable(socket)
    }

    /// The transport and the bytes that came after the response's head, once the response has
    /// changed protocols.
    pub(super) fn into_upgraded(mut self) -> Option<(Transport, Bytes)> {
        self.0.end();
        let Parts { io, read_buf, .. } = self.0.remains?;
        Some((io.into_inner().into_transport(), read_buf))
    }
}

impl Inner {
    fn end(&mut self) {
        if let Some(driver) = self.driver.take() {
            self.remains = Some(driver.into_parts());
        }
    }
}
