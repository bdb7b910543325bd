//! What the driver does with the state: read, parse, answer, write, keep the time.

use std::mem::{self, MaybeUninit};
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::ReadBuf;
use tokio::time::Instant;

use super::Inner;
use crate::engine::ws::close::{Close, code};
use crate::engine::ws::error::Cause;
use crate::engine::ws::options::deadline;
use crate::engine::ws::pings::{Due, Keepalive};
use crate::engine::ws::protocol::{Event, State};
use crate::engine::ws::shared::Wakes;

/// Bytes read at a time, on the stack: an idle connection has no read buffer.
const READ_SIZE: usize = 16 * 1024;
/// With more than this missing of a frame, its payload is read to where it stays.
const IN_PLACE_FROM: u64 = 16 * 1024;

/// Time for answering what came before a violation.
const VIOLATION_GRACE: Duration = Duration::from_secs(1);

/// What the driver should do next.
pub(in crate::engine::ws) enum Progress {
    /// Wait for the stream, for a handle, or until this moment.
    Wait(Option<Instant>),
    Finished,
}

impl Inner {
    /// Does all that can be done without waiting: reads, parses, answers, writes.
    pub(in crate::engine::ws) fn drive(
        &mut self,
        cx: &mut Context<'_>,
        wakes: &mut Wakes,
    ) -> Progress {
        self.remember_driver(cx, wakes);
        // Reading comes first: after a failed write, a close frame that has arrived still counts.
        let waker = mem::replace(&mut self.alarm_waker, Waker::noop().clone());
        self.read(&mut Context::from_waker(&waker), usize::MAX, wakes);
        self.alarm_waker = waker;
        self.judge();
        self.write(cx, wakes);
        self.settle(wakes)
    }

    /// Does what is due at this time.
    pub(in crate::engine::ws) fn tick(&mut self, wakes: &mut Wakes) {
        if self.close_deadline.is_some_and(|at| at <= Instant::now()) {
            return self.finish(Some(Cause::CloseTimeout), wakes);
        }
        if self.protocol.state() != State::Open || self.protocol.violation().is_some() {
            return;
        }
        match self.keepalive.as_mut().map(|keepalive| keepalive.due()) {
            Some(Due::Ping) => self.send_keepalive(),
            Some(Due::Timeout) => self.miss_keepalive(),
            Some(Due::Nothing) | None => {}
        }
    }

    fn remember_driver(&mut self, cx: &Context<'_>, wakes: &mut Wakes) {
        match &self.driver {
            Some(waker) if waker.will_wake(cx.waker()) => {}
            _ => {
                wakes.discard(self.driver.replace(cx.waker().clone()));
                wakes.discard(self.alarm.set_driver(cx));
            }
        }
    }

    /// A full inbox stops an open connection only: once a close frame was sent, what the peer
    /// sends is read up to its own close frame, and messages beyond the limit are dropped.
    fn may_read(&self) -> bool {
        !self.inbox.is_paused() || self.protocol.state() != State::Open
    }

    /// Reads until nothing is there, or so many times. Says whether there may be more.
    pub(super) fn read(&mut self, cx: &mut Context<'_>, times: usize, wakes: &mut Wakes) -> bool {
        self.parse_unread(wakes);
        self.alarm.answer();
        let mut space = [MaybeUninit::uninit(); READ_SIZE];
        for _ in 0..times {
            if !self.may_read() {
                return false;
            }
            let more = match self.protocol.takes_in_place(IN_PLACE_FROM) {
                true => self.read_in_place(cx, wakes),
                false => self.read_once(cx, ReadBuf::uninit(&mut space), wakes),
            };
            if !more {
                return false;
            }
        }
        true
    }

    /// Parses what was read when the inbox was full.
    pub(super) fn parse_unread(&mut self, wakes: &mut Wakes) {
        if self.unread.is_empty() {
            return;
        }
        let unread = mem::take(&mut self.unread);
        let left = self.parse(&unread, wakes);
        self.unread = unread.slice(unread.len() - left..);
    }

    /// Reads what fits into `buffer`. Says whether there may be more.
    fn read_once(
        &mut self,
        cx: &mut Context<'_>,
        mut buffer: ReadBuf<'_>,
        wakes: &mut Wakes,
    ) -> bool {
        if !self.transport.read(cx, &mut buffer) {
            return false;
        }
        let bytes = buffer.filled();
        if bytes.is_empty() {
            self.protocol.receive_eof();
            return false;
        }
        let left = self.parse(bytes, wakes);
        if left > 0 {
            self.unread = Bytes::copy_from_slice(&bytes[bytes.len() - left..]);
        }
        true
    }

    /// Reads what there is of a payload. Says whether there may be more.
    fn read_in_place(&mut self, cx: &mut Context<'_>, wakes: &mut Wakes) -> bool {
        let (mut readable, mut count) = (false, 0);
        let event = self.protocol.receive_in_place(|buffer| {
            readable = self.transport.read(cx, buffer);
            count = buffer.filled().len();
        });
        if readable && count == 0 {
            self.protocol.receive_eof();
        }
        if let Some(event) = event {
            self.process(event, wakes);
        }
        readable && count > 0
    }

    /// Parses until the inbox is full, and returns how many bytes are left then.
    fn parse(&mut self, mut input: &[u8], wakes: &mut Wakes) -> usize {
        while self.may_read()
            && let Some(event) = self.protocol.receive(&mut input)
        {
            self.process(event, wakes);
        }
        input.len()
    }

    fn process(&mut self, event: Event, wakes: &mut Wakes) {
        match event {
            Event::Data(fragment) => {
                self.overflowed |= self.inbox.is_paused();
                if !self.abandoned && !self.overflowed {
                    wakes.receiver = self.inbox.push(fragment).or(wakes.receiver.take());
                }
            }
            Event::Pong(payload) => {
                self.pings.acknowledge(&payload, &mut wakes.answered);
                if let Some(keepalive) = &mut self.keepalive {
                    keepalive.answered(&self.pings);
                }
            }
            Event::Ping(_) | Event::Close(_) => {}
        }
    }

    /// Acts on a violation when the messages that came before it are taken and answered, so that
    /// a peer gets the same answers however its frames fall into packets.
    fn judge(&mut self) {
        if self.protocol.violation().is_none() {
            return;
        }
        let now = Instant::now();
        let grace = *self.grace_deadline.get_or_insert(now + VIOLATION_GRACE);
        let unanswerable = self.abandoned || self.protocol.state() != State::Open;
        if self.inbox.is_settled() || unanswerable || grace <= now {
            self.protocol.fail_violated();
        }
    }

    fn settle(&mut self, wakes: &mut Wakes) -> Progress {
        if self.transport.has_failed() || self.protocol.state() == State::Closed {
            let cause = self.transport.take_error().map(Arc::new).map(Cause::Io);
            self.finish(cause, wakes);
        }
        if self.closed.is_some() {
            return Progress::Finished;
        }
        if self.protocol.state() != State::Open {
            self.close_deadline = self.close_deadline.or_else(|| deadline(self.close_timeout));
            wakes.drained = true;
            return Progress::Wait(self.close_deadline);
        }
        let keepalive = self.keepalive.as_deref().and_then(Keepalive::deadline);
        Progress::Wait(self.grace_deadline.or(keepalive))
    }

    fn send_keepalive(&mut self) {
        let payload = self.pings.fresh_payload();
        if self.protocol.send_ping(&payload).is_ok() {
            self.pings.forget_unawaited();
            self.pings.add(payload.clone(), None);
            if let Some(keepalive) = &mut self.keepalive {
                keepalive.sent(payload);
            }
        }
    }

    /// Fails the connection, unless it is this end that has stopped reading.
    fn miss_keepalive(&mut self) {
        match &mut self.keepalive {
            Some(keepalive) if self.inbox.is_paused() => keepalive.extend(),
            _ => {
                let code = code::INTERNAL_ERROR;
                self.protocol
                    .fail(Close::new(code, "keepalive ping timeout"));
            }
        }
    }
}
