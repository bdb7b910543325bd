//! Frames that were received and not yet taken, and the one who waits for the next.

use std::collections::VecDeque;
use std::task::{Context, Waker};

use super::message::{Fragment, Joined, Message};
use super::options::Watermarks;

/// Room for frames that an empty queue keeps.
const KEPT_CAPACITY: usize = 4;

/// What somebody takes from the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taking {
    /// A message as a whole.
    Message,
    /// The fragments of one message, one by one. Nobody else may take one until the last is
    /// taken, also while this receiver does not wait.
    Fragments,
}

/// A queue with one receiver.
#[derive(Debug)]
pub(super) struct Inbox {
    frames: VecDeque<Fragment>,
    /// Fragments of the message that a receiver waits for the rest of. They do not count towards
    /// the limit.
    joined: Option<Joined>,
    limit: Option<Watermarks>,
    /// Set between the moments when the queue is over its limit and when it has drained.
    paused: bool,
    taking: Option<Taking>,
    receiver: Option<Waker>,
    /// Set from when a frame is taken until its taker comes back for the next.
    busy: bool,
}

impl Inbox {
    pub(super) fn new(limit: Option<Watermarks>) -> Self {
        Self {
            frames: VecDeque::new(),
            joined: None,
            limit,
            paused: false,
            taking: None,
            receiver: None,
            busy: false,
        }
    }

    /// Whether the queue has been over its limit and has not drained since.
    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether no frame waits, and nobody can still be answering one.
    pub(super) fn is_settled(&self) -> bool {
        self.frames.is_empty() && !self.busy
    }

    /// Adds a frame. The receiver that is returned has to be woken.
    pub(super) fn push(&mut self, frame: Fragment) -> Option<Waker> {
        let joins = self.taking == Some(Taking::Message) && self.frames.is_empty();
        let frame = match joins {
            true => self.join(frame)?,
            false => frame,
        };
        self.frames.push_back(frame);
        self.paused |= self.limit.is_some_and(|l| self.frames.len() > l.high);
        self.receiver.take()
    }

    /// Adds a frame to those that a receiver of whole messages waits for; gives it out when there
    /// is nothing to join.
    fn join(&mut self, frame: Fragment) -> Option<Fragment> {
        if frame.is_final && self.joined.is_none() {
            return Some(frame);
        }
        let is_final = frame.is_final;
        let joined = self.joined.get_or_insert_with(|| Joined::new(&frame));
        joined.push(frame);
        match is_final {
            true => self.joined.take().map(|joined| joined.into_fragment(true)),
            false => None,
        }
    }

    /// Takes the oldest message, and tells whether reading should go on because of that. If there
    /// are only some fragments of it, they wait to be joined.
    pub(super) fn pop_message(&mut self) -> (Option<Message>, bool) {
        while let Some(frame) = self.frames.pop_front() {
            if let Some(message) = self.join(frame) {
                self.busy = true;
                return (Some(message.into_message()), self.has_resumed());
            }
        }
        (None, self.has_resumed())
    }

    /// Takes the oldest frame, and tells whether reading should go on because of that.
    pub(super) fn pop_fragment(&mut self) -> Option<(Fragment, bool)> {
        let frame = self.frames.pop_front()?;
        self.busy = true;
        // The rest of the message is for the same receiver.
        self.taking = (!frame.is_final).then_some(Taking::Fragments);
        Some((frame, self.has_resumed()))
    }

    fn has_resumed(&mut self) -> bool {
        let drained = self.limit.is_none_or(|l| self.frames.len() <= l.low);
        let resumed = self.paused && drained;
        self.paused &= !drained;
        if self.frames.is_empty() {
            self.frames.shrink_to(KEPT_CAPACITY);
        }
        resumed
    }

    /// Drops all frames, for nobody can take them.
    pub(super) fn clear(&mut self) {
        self.frames = VecDeque::new();
        self.joined = None;
        self.paused = false;
        self.busy = false;
    }

    /// Whether somebody is receiving.
    pub(super) fn has_receiver(&self) -> bool {
        self.taking.is_some()
    }

    /// Makes the caller the receiver. The waker that is returned has to be dropped.
    pub(super) fn wait(&mut self, taking: Taking, cx: &Context<'_>) -> Option<Waker> {
        self.taking = Some(taking);
        self.busy = false;
        match &self.receiver {
            Some(waker) if waker.will_wake(cx.waker()) => None,
            _ => self.receiver.replace(cx.waker().clone()),
        }
    }

    /// Ends the wait of a receiver of messages, or of one who waits for the first fragment of
    /// one: the next receiver gets all. The waker that is returned has to be woken or dropped.
    pub(super) fn release(&mut self) -> Option<Waker> {
        if let Some(joined) = self.joined.take() {
            self.frames.push_front(joined.into_fragment(false));
        }
        self.taking = None;
        self.receiver.take()
    }

    /// Ends the wait for the second or a later fragment; the message stays taken.
    pub(super) fn stop_waiting(&mut self) -> Option<Waker> {
        self.receiver.take()
    }

    /// Gives back what [`take_receiver`](Self::take_receiver) took from one who still waits.
    pub(super) fn put_receiver(&mut self, receiver: Option<Waker>) {
        self.receiver = receiver;
    }

    /// The receiver, which has to be woken.
    pub(super) fn take_receiver(&mut self) -> Option<Waker> {
        self.receiver.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ws::message::Kind;
    use bytes::Bytes;

    fn frame(kind: Kind, is_final: bool) -> Fragment {
        Fragment {
            kind,
            is_final,
            rsv: 0,
            payload: Bytes::from_static(b"x"),
            checked: true,
        }
    }

    fn fragments(count: usize) -> Vec<Fragment> {
        let kind = |i| match i {
            0 => Kind::Text,
            _ => Kind::Continuation,
        };
        (0..count).map(|i| frame(kind(i), i + 1 == count)).collect()
    }

    #[test]
    fn a_full_queue_pauses_until_it_has_drained_to_the_low_mark() {
        let mut inbox = Inbox::new(Some(Watermarks { high: 3, low: 1 }));
        for _ in 0..3 {
            inbox.push(frame(Kind::Text, true));
            assert!(!inbox.is_paused());
        }
        inbox.push(frame(Kind::Text, true));
        assert!(inbox.is_paused());
        let resumed: Vec<bool> = (0..4).map(|_| inbox.pop_message().1).collect();
        assert_eq!(resumed, [false, false, true, false]);
    }

    #[test]
    fn a_limit_of_zero_lets_one_message_through_at_a_time() {
        let mut inbox = Inbox::new(Some(Watermarks::new(0)));
        inbox.push(frame(Kind::Text, true));
        assert!(inbox.is_paused());
        assert_eq!(inbox.pop_message(), (Some(Message::text("x")), true));
    }

    #[test]
    fn fragments_fill_the_queue_unless_somebody_waits_for_the_message() {
        let mut inbox = Inbox::new(Some(Watermarks { high: 2, low: 1 }));
        let mut message = fragments(9).into_iter();
        for fragment in message.by_ref().take(3) {
            inbox.push(fragment);
        }
        assert!(inbox.is_paused());
        assert_eq!(inbox.pop_message(), (None, true));
        let cx = Context::from_waker(Waker::noop());
        inbox.wait(Taking::Message, &cx);
        for fragment in message.by_ref().take(5) {
            assert!(inbox.push(fragment).is_none());
        }
        assert!(inbox.push(message.next().unwrap()).is_some());
        let expected = Message::text("x".repeat(9));
        assert_eq!(inbox.pop_message(), (Some(expected), false));
    }

    #[test]
    fn what_was_joined_is_left_to_the_next_receiver() {
        let mut inbox = Inbox::new(None);
        let cx = Context::from_waker(Waker::noop());
        for fragment in fragments(3) {
            assert_eq!(inbox.pop_message().0, None);
            inbox.wait(Taking::Message, &cx);
            inbox.push(fragment);
            inbox.release();
        }
        assert_eq!(inbox.pop_message().0, Some(Message::text("xxx")));
    }
}
