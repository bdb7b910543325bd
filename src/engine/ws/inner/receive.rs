//! What a receiver does with the state: takes what is there, or reads and waits.

use std::mem;
use std::task::{Context, Poll, Waker};

use tokio::runtime::Handle;

use super::Inner;
use crate::engine::ws::error::ConnectionError;
use crate::engine::ws::inbox::Taking;
use crate::engine::ws::message::{Fragment, Message};
use crate::engine::ws::pings::Keepalive;
use crate::engine::ws::protocol::State;
use crate::engine::ws::shared::Wakes;

/// Reads of a receiver before the driver takes over: a peer that never pauses must not keep it.
const READS: usize = 8;

impl Inner {
    /// Takes a message, or waits for one. `waiting` tells this receiver from another one.
    pub(in crate::engine::ws) fn poll_recv(
        &mut self,
        cx: &Context<'_>,
        waiting: bool,
        wakes: &mut Wakes,
    ) -> Poll<Result<Message, ConnectionError>> {
        if self.inbox.has_receiver() && !waiting {
            return Poll::Ready(Err(ConnectionError::ConcurrentRecv));
        }
        self.poll_take(Taking::Message, waiting, cx, wakes, |inner, wakes| {
            let (message, resumed) = inner.inbox.pop_message();
            inner.go_on(resumed, wakes);
            message
        })
    }

    /// Takes the next fragment of a message, or waits for it. `claimed` tells this receiver from
    /// another one, `waiting` whether it has waited for this fragment.
    pub(in crate::engine::ws) fn poll_fragment(
        &mut self,
        cx: &Context<'_>,
        claimed: bool,
        waiting: bool,
        wakes: &mut Wakes,
    ) -> Poll<Result<Fragment, ConnectionError>> {
        if self.inbox.has_receiver() && !claimed {
            return Poll::Ready(Err(ConnectionError::ConcurrentStream));
        }
        self.poll_take(Taking::Fragments, waiting, cx, wakes, |inner, wakes| {
            let (fragment, resumed) = inner.inbox.pop_fragment()?;
            inner.go_on(resumed, wakes);
            Some(fragment)
        })
    }

    /// Takes what is there. Else it waits, and reads once it has been `waiting`: not before, so
    /// that a peer that never pauses cannot keep a loop from its other tasks. Until then the stream
    /// has the alarm of the last read, or the driver is about to read.
    fn poll_take<T>(
        &mut self,
        taking: Taking,
        waiting: bool,
        cx: &Context<'_>,
        wakes: &mut Wakes,
        take: impl Fn(&mut Self, &mut Wakes) -> Option<T>,
    ) -> Poll<Result<T, ConnectionError>> {
        let mut taken = take(self, wakes);
        if taken.is_none() {
            if let Some(closed) = &self.closed {
                return Poll::Ready(Err(closed.clone().into()));
            }
            wakes.discard(self.inbox.wait(taking, cx));
            if self.reads_here() {
                wakes.discard(self.alarm.set_receiver(cx));
                if waiting {
                    taken = self.take_by_reading(taking, wakes, take);
                }
            }
        }
        let Some(taken) = taken else {
            if self.protocol.violation().is_some() {
                self.wake_driver(wakes);
            }
            return Poll::Pending;
        };
        let (receiver, rung) = self.alarm.take_receiver();
        wakes.discard(receiver);
        if rung {
            self.wake_driver(wakes);
        }
        Poll::Ready(Ok(taken))
    }

    fn take_by_reading<T>(
        &mut self,
        taking: Taking,
        wakes: &mut Wakes,
        take: impl Fn(&mut Self, &mut Wakes) -> Option<T>,
    ) -> Option<T> {
        // It need not wake itself.
        let receiver = self.inbox.take_receiver();
        self.read_here(wakes);
        let taken = take(self, wakes);
        match (&taken, taking) {
            (None, _) => self.inbox.put_receiver(receiver),
            (Some(_), Taking::Message) => {
                wakes.discard(receiver);
                wakes.discard(self.inbox.release());
            }
            (Some(_), Taking::Fragments) => wakes.discard(receiver),
        }
        taken
    }

    /// Ends the wait of a receiver.
    pub(in crate::engine::ws) fn stop_receiving(&mut self, wakes: &mut Wakes) {
        wakes.discard(self.inbox.release());
        self.stop_reading(wakes);
    }

    /// Ends the wait of a receiver that is inside of a message.
    pub(in crate::engine::ws) fn stop_waiting(&mut self, wakes: &mut Wakes) {
        wakes.discard(self.inbox.stop_waiting());
        self.stop_reading(wakes);
    }

    /// Leaves the reading to the driver. It has to look: a wake-up may be on its way to the receiver.
    fn stop_reading(&mut self, wakes: &mut Wakes) {
        let (receiver, rung) = self.alarm.take_receiver();
        if receiver.is_some() || rung {
            self.wake_driver(wakes);
        }
        wakes.discard(receiver);
    }

    /// After a frame was taken from a queue that was full.
    fn go_on(&mut self, resumed: bool, wakes: &mut Wakes) {
        if resumed {
            self.parse_unread(wakes);
            self.wake_driver(wakes);
        }
    }

    /// Whether the receiver may read: where the driver runs too. Elsewhere the stream would move.
    fn reads_here(&self) -> bool {
        let runs_here = |runtime: &Handle| {
            let current = Handle::try_current();
            current.is_ok_and(|current| current.id() == runtime.id())
        };
        self.driver.is_some() && self.runtime.as_ref().is_some_and(runs_here)
    }

    /// Reads in place of the driver, and wakes it for whatever else there is to do then.
    fn read_here(&mut self, wakes: &mut Wakes) {
        let keepalive = self.keepalive.as_deref().and_then(Keepalive::deadline);
        let waker = mem::replace(&mut self.alarm_waker, Waker::noop().clone());
        let more = self.read(&mut Context::from_waker(&waker), READS, wakes);
        self.alarm_waker = waker;
        if more
            || !self.protocol.output().is_empty()
            || self.protocol.state() != State::Open
            || self.protocol.violation().is_some()
            || self.transport.has_failed()
            || self.keepalive.as_deref().and_then(Keepalive::deadline) != keepalive
        {
            self.wake_driver(wakes);
        }
    }
}
