//! Messages that were received and not yet taken, and the one who waits for the next.

use std::collections::VecDeque;
use std::task::{Context, Waker};

use super::message::Message;
use super::options::Watermarks;

/// Room for messages that an empty queue keeps.
const KEPT_CAPACITY: usize = 4;

/// A queue with one receiver.
#[derive(Debug)]
pub(super) struct Inbox {
    messages: VecDeque<Message>,
    limit: Option<Watermarks>,
    /// Set between the moments when the queue is over its limit and when it has drained.
    paused: bool,
    receiving: bool,
    receiver: Option<Waker>,
    /// Set from when a message is taken until its taker comes back for the next.
    busy: bool,
}

impl Inbox {
    pub(super) fn new(limit: Option<Watermarks>) -> Self {
        Self {
            messages: VecDeque::new(),
            limit,
            paused: false,
            receiving: false,
            receiver: None,
            busy: false,
        }
    }

    /// Whether the queue has been over its limit and has not drained since.
    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether no message waits, and nobody can still be answering one.
    pub(super) fn is_settled(&self) -> bool {
        self.messages.is_empty() && !self.busy
    }

    /// Adds a message. The receiver that is returned has to be woken.
    pub(super) fn push(&mut self, message: Message) -> Option<Waker> {
        self.messages.push_back(message);
        self.paused |= self.limit.is_some_and(|l| self.messages.len() > l.high);
        self.receiver.take()
    }

    /// Takes the oldest message, and tells whether reading should go on because of that.
    pub(super) fn pop(&mut self) -> Option<(Message, bool)> {
        let message = self.messages.pop_front()?;
        self.busy = true;
        let drained = self.limit.is_none_or(|l| self.messages.len() <= l.low);
        let resumed = self.paused && drained;
        self.paused &= !drained;
        if self.messages.is_empty() {
            self.messages.shrink_to(KEPT_CAPACITY);
        }
        Some((message, resumed))
    }

    /// Drops all messages, for nobody can take them.
    pub(super) fn clear(&mut self) {
        self.messages = VecDeque::new();
        self.paused = false;
        self.busy = false;
    }

    /// Whether somebody is receiving.
    pub(super) fn has_receiver(&self) -> bool {
        self.receiving
    }

    /// Makes the caller the receiver. The waker that is returned has to be dropped.
    pub(super) fn wait(&mut self, cx: &Context<'_>) -> Option<Waker> {
        self.receiving = true;
        self.busy = false;
        match &self.receiver {
            Some(waker) if waker.will_wake(cx.waker()) => None,
            _ => self.receiver.replace(cx.waker().clone()),
        }
    }

    /// Ends a wait. The waker that is returned has to be woken or dropped.
    pub(super) fn release(&mut self) -> Option<Waker> {
        self.receiving = false;
        self.receiver.take()
    }

    /// The receiver, which has to be woken.
    pub(super) fn take_receiver(&mut self) -> Option<Waker> {
        self.receiver.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_pauses_until_it_has_drained_to_the_low_mark() {
        let mut inbox = Inbox::new(Some(Watermarks { high: 3, low: 1 }));
        for _ in 0..3 {
            inbox.push(Message::text("x"));
            assert!(!inbox.is_paused());
        }
        inbox.push(Message::text("x"));
        assert!(inbox.is_paused());
        let resumed: Vec<bool> = std::iter::from_fn(|| inbox.pop()).map(|(_, r)| r).collect();
        assert_eq!(resumed, [false, false, true, false]);
    }

    #[test]
    fn a_limit_of_zero_lets_one_message_through_at_a_time() {
        let mut inbox = Inbox::new(Some(Watermarks::new(0)));
        inbox.push(Message::text("x"));
        assert!(inbox.is_paused());
        assert!(inbox.pop().is_some_and(|(_, resumed)| resumed));
    }
}
