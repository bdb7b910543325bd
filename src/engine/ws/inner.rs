//! The state of a connection. Everything here runs under the lock of [`Shared`], without waiting.
//!
//! [`Shared`]: super::shared::Shared

mod broadcast;
mod drive;
mod receive;

use std::mem;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::alarm::Alarm;
use super::close::{Close, code};
use super::error::{Cause, Closed, ConnectionError, SendError, Violation};
use super::extensions::RawFrame;
use super::inbox::Inbox;
use super::message::Kind;
use super::options::{DEFAULT_CLOSE_TIMEOUT, Options};
use super::pings::{Keepalive, Pings};
use super::protocol::{Protocol, State};
use super::shared::Wakes;
use super::transport::{Stream, Transport};

pub use broadcast::NotSent;
pub(super) use drive::Progress;

/// The state of a connection.
pub(super) struct Inner {
    pub(super) protocol: Protocol,
    transport: Transport,
    inbox: Inbox,
    /// Bytes that were read and not parsed, because the inbox was full.
    unread: Bytes,
    pings: Pings,
    /// Boxed, since the rest is just under what allocators round up to.
    keepalive: Option<Box<Keepalive>>,
    driver: Option<Waker>,
    /// Woken when there is something to read.
    alarm: Arc<Alarm>,
    /// That of `alarm`.
    alarm_waker: Waker,
    /// Where the driver runs and the stream is registered, until the end: a runtime's descriptors
    /// live as long as a handle on it.
    runtime: Option<Handle>,
    close_timeout: Option<Duration>,
    close_deadline: Option<Instant>,
    /// When a violation is acted on at the latest.
    grace_deadline: Option<Instant>,
    /// Set when no handle is left, and so nobody to take a message.
    abandoned: bool,
    /// Set when a frame had to be dropped: those that follow make no sense without it.
    overflowed: bool,
    closed: Option<Closed>,
}

/// What came of an attempt to queue a frame.
pub(super) enum Offer<R> {
    /// It is queued; `true` when the output is over its limit now.
    Queued(R, bool),
    Refused(ConnectionError),
    /// The output is over its limit; nothing was queued.
    Full,
    /// A fragmented message is being sent, and this is none of its fragments.
    Busy,
    /// The connection is about to be closed; nothing was queued.
    Closing,
}

impl Inner {
    pub(super) fn new(stream: Box<dyn Stream>, mut protocol: Protocol, options: Options) -> Self {
        protocol.open();
        let alarm = Arc::new(Alarm::default());
        Self {
            protocol,
            transport: Transport::new(stream, options.write_limit),
            inbox: Inbox::new(options.max_queue),
            pings: Pings::default(),
            keepalive: Keepalive::new(&options).map(Box::new),
            unread: options.leftover,
            driver: None,
            alarm_waker: alarm.waker(),
            alarm,
            runtime: options.runtime,
            close_timeout: options.close_timeout,
            close_deadline: None,
            grace_deadline: None,
            abandoned: false,
            overflowed: false,
            closed: None,
        }
    }

    pub(super) fn closed(&self) -> Option<&Closed> {
        self.closed.as_ref()
    }

    /// Whether there is too much output for another frame.
    pub(super) fn is_full(&self) -> bool {
        self.transport.is_full()
    }

    pub(super) fn latency(&self) -> Duration {
        self.pings.latency()
    }

    /// Queues a frame and writes as much as the stream takes. `begins` says whether it begins a
    /// message, which it cannot do inside of another one.
    pub(super) fn offer<R>(
        &mut self,
        begins: bool,
        queue: impl FnOnce(&mut Self) -> Result<R, ConnectionError>,
        wakes: &mut Wakes,
    ) -> Offer<R> {
        if self.protocol.state() != State::Open || self.transport.has_failed() {
            return Offer::Closing;
        }
        if begins && self.protocol.is_sending_message() {
            return Offer::Busy;
        }
        if self.transport.is_full() {
            return Offer::Full;
        }
        let was_sending = self.protocol.is_sending_message();
        match queue(self) {
            Ok(result) => {
                wakes.drained |= was_sending && !self.protocol.is_sending_message();
                self.write_from_handle(wakes);
                Offer::Queued(result, self.transport.is_full())
            }
            Err(error) => Offer::Refused(error),
        }
    }

    /// Whether a message can be begun, or never will be.
    pub(super) fn is_between_messages(&self) -> bool {
        !self.protocol.is_sending_message() || self.protocol.state() != State::Open
    }

    /// Queues a frame that extensions of the user's have made.
    pub(super) fn queue_raw(&mut self, frame: RawFrame) {
        // As above.
        let _ = self.protocol.send_raw(frame);
    }

    /// Fails the connection for what a receiver has found.
    pub(super) fn fail_for(&mut self, violation: Violation, wakes: &mut Wakes) {
        self.protocol.fail_for(violation);
        wakes.drained = true;
        self.wake_driver(wakes);
    }

    /// Queues a fragment of the message that the caller is sending.
    pub(super) fn queue_fragment(&mut self, kind: Kind, payload: Bytes, is_final: bool) {
        // An error could only be the state, which the caller has checked.
        let _ = self.protocol.send_fragment(kind, payload, is_final);
    }

    /// Fails the connection because a fragmented message will never be whole.
    pub(super) fn fail_sending(&mut self, wakes: &mut Wakes) {
        if self.protocol.is_sending_message() {
            self.fail_message(wakes);
        }
    }

    /// Fails the connection because a message cannot be sent.
    pub(super) fn fail_message(&mut self, wakes: &mut Wakes) {
        if self.closed.is_none() {
            let close = Close::new(code::INTERNAL_ERROR, "error in fragmented message");
            self.protocol.fail(close);
            wakes.drained = true;
            self.wake_driver(wakes);
        }
    }

    /// Queues a ping; a random payload stands in for `None`.
    pub(super) fn queue_ping(
        &mut self,
        payload: Option<Bytes>,
        waiter: oneshot::Sender<Duration>,
    ) -> Result<(), ConnectionError> {
        let payload = payload.unwrap_or_else(|| self.pings.fresh_payload());
        if self.pings.contains(&payload) {
            return Err(ConnectionError::ConcurrentPing);
        }
        refuse_invalid(self.protocol.send_ping(&payload))?;
        self.pings.add(payload, Some(waiter));
        Ok(())
    }

    /// Queues a pong that nobody asked for.
    pub(super) fn queue_pong(&mut self, payload: &[u8]) -> Result<(), ConnectionError> {
        refuse_invalid(self.protocol.send_pong(payload))
    }

    /// Starts the closing handshake, unless that has been done already.
    pub(super) fn start_close(&mut self, close: Close, wakes: &mut Wakes) {
        if self.protocol.state() == State::Open {
            if self.protocol.is_sending_message() {
                let code = code::INTERNAL_ERROR;
                self.protocol
                    .fail(Close::new(code, "close during fragmented message"));
            } else if self.protocol.send_close(Some(close)).is_err() {
                // The caller has checked the code and the reason.
                self.protocol.fail(Close::new(code::INTERNAL_ERROR, ""));
            }
            self.write_from_handle(wakes);
            wakes.drained = true;
        }
        // The driver has a deadline to keep, and perhaps a full inbox to read past.
        self.wake_driver(wakes);
    }

    /// Notes that the last handle is gone: the driver closes the connection on its own.
    ///
    /// The last handle may be dropped where no runtime is current, in plain code of the
    /// interpreter or on another thread, and there the stream cannot be used: the driver writes.
    pub(super) fn abandon(&mut self, wakes: &mut Wakes) {
        self.abandoned = true;
        self.inbox.clear();
        self.close_timeout.get_or_insert(DEFAULT_CLOSE_TIMEOUT);
        // An error means that the closing handshake has been started already.
        let _ = self
            .protocol
            .send_close(Some(Close::new(code::GOING_AWAY, "")));
        self.wake_driver(wakes);
    }

    /// Ends the connection: closes the stream and wakes everybody. Idempotent.
    pub(super) fn finish(&mut self, cause: Option<Cause>, wakes: &mut Wakes) {
        if self.closed.is_some() {
            return;
        }
        self.transport.close();
        if let Some(cause) = cause {
            self.protocol.blame(cause);
        }
        self.protocol.receive_eof();
        self.protocol.discard_output();
        self.unread = Bytes::new();
        self.runtime = None;
        self.closed = Some(self.protocol.outcome());
        wakes.receiver = self.inbox.take_receiver().or(wakes.receiver.take());
        wakes.abandoned = Some(mem::take(&mut self.pings));
        wakes.discard(self.driver.take());
        for waker in self.alarm.clear() {
            wakes.discard(waker);
        }
        wakes.drained = true;
        wakes.closed = true;
    }

    fn wake_driver(&self, wakes: &mut Wakes) {
        wakes.driver.clone_from(&self.driver);
    }

    fn write(&mut self, cx: &mut Context<'_>, wakes: &mut Wakes) {
        wakes.drained |= self.transport.write(cx, &mut self.protocol);
    }

    /// Writes on a caller's thread, so that a message needs no switch to the driver. When the
    /// stream is not ready it is the driver that will be woken.
    fn write_from_handle(&mut self, wakes: &mut Wakes) {
        let Some(waker) = self.driver.take() else {
            // The driver has not run yet, and writes when it does.
            self.transport.measure(self.protocol.output().len());
            return;
        };
        // The stream stays where the driver is: under another runtime it would move there.
        let runtime = self.runtime.take();
        let entered = runtime.as_ref().map(Handle::enter);
        self.write(&mut Context::from_waker(&waker), wakes);
        drop(entered);
        self.runtime = runtime;
        self.driver = Some(waker);
        if self.transport.has_failed() {
            self.wake_driver(wakes);
        }
    }
}

/// What is wrong with a frame is told to the caller; that the state is wrong was ruled out.
fn refuse_invalid(sent: Result<(), SendError>) -> Result<(), ConnectionError> {
    match sent {
        Err(SendError::InvalidFrame(violation)) => Err(violation.into()),
        Ok(()) | Err(SendError::InvalidState(_)) => Ok(()),
    }
}
