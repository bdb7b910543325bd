//! How what is sent gets into the output: in the order of the calls, and not too much of it.

use std::pin::pin;

use bytes::Bytes;
use tokio::sync::{MutexGuard, Notify};

use super::codecs::Codecs;
use super::connection::Connection;
use super::error::{Closed, ConnectionError};
use super::extensions::RawFrame;
use super::inner::{Inner, NotSent, Offer};
use super::message::{Kind, Message};
use super::protocol::State;
use super::shared::Shared;

/// The result of queueing, whether the output is over its limit now, and the turn.
type Queued<'a, R> = (R, bool, MutexGuard<'a, ()>);

impl Connection {
    /// Queues a data frame; `queued` is called when that is done, in the same poll.
    pub(super) async fn queue_data(
        &self,
        kind: Kind,
        payload: Bytes,
        is_final: bool,
        mut queued: impl FnMut(),
    ) -> Result<(), ConnectionError> {
        if let Some(codecs) = self.codecs() {
            let frame = RawFrame {
                kind,
                is_final,
                rsv: 0,
                payload,
            };
            return self.queue_encoded(codecs, frame, queued).await;
        }
        let mut payload = Some(payload);
        self.queue(kind != Kind::Continuation, |inner| {
            let payload = payload.take().unwrap_or_default();
            inner.queue_fragment(kind, payload, is_final);
            queued();
            Ok(())
        })
        .await
    }

    /// Queues a frame that extensions of the user's change before, outside of the lock.
    async fn queue_encoded(
        &self,
        codecs: &Codecs,
        frame: RawFrame,
        mut queued: impl FnMut(),
    ) -> Result<(), ConnectionError> {
        let begins = frame.kind != Kind::Continuation;
        // An encoder has a state, so that what it has encoded has to go out, and in this order.
        let ((), _, turn) = self.take_turn(begins, |_| Ok(())).await?;
        let mut encoded = Some(codecs.encode(frame)?);
        let shared = self.shared();
        let full = loop {
            let queue = |inner: &mut Inner| {
                if let Some(frame) = encoded.take() {
                    inner.queue_raw(frame);
                    queued();
                }
                Ok(())
            };
            match shared.update(|inner, wakes| inner.offer(false, queue, wakes)) {
                Offer::Queued((), full) => break full,
                Offer::Refused(error) => return Err(error),
                Offer::Closing => return Err(shared.wait_closed().await.into()),
                Offer::Full | Offer::Busy => shared.wait_drained().await,
            }
        };
        drop(turn);
        self.wait_written(full).await
    }

    /// As [`send_now`](Self::send_now), through extensions of the user's. The caller has the turn.
    pub(super) fn send_encoded_now(
        &self,
        codecs: &Codecs,
        message: Message,
        write: bool,
    ) -> Result<(), NotSent> {
        let shared = self.shared();
        // What was encoded has to go out: first whether it may.
        shared.read(|inner| inner.can_send_now())?;
        let frame = RawFrame {
            kind: message.kind(),
            is_final: true,
            rsv: 0,
            payload: message.into_payload(),
        };
        let frame = codecs.encode(frame).map_err(|_| NotSent::Busy)?;
        shared.update(|inner, wakes| inner.send_raw_now(frame, write, wakes))
    }

    /// Queues a frame with `make`, waiting for room before it and for the output to drain after
    /// it. `make` is called again only when it has failed or was not called at all. What `begins`
    /// a message waits for the end of one that is being sent in fragments.
    pub(super) async fn queue<R>(
        &self,
        begins: bool,
        make: impl FnMut(&mut Inner) -> Result<R, ConnectionError>,
    ) -> Result<R, ConnectionError> {
        let (result, full, turn) = self.take_turn(begins, make).await?;
        drop(turn);
        self.wait_written(full).await?;
        Ok(result)
    }

    async fn take_turn<R>(
        &self,
        begins: bool,
        mut make: impl FnMut(&mut Inner) -> Result<R, ConnectionError>,
    ) -> Result<Queued<'_, R>, ConnectionError> {
        let shared = self.shared();
        let mut turn = shared.turn.lock().await;
        loop {
            match shared.update(|inner, wakes| inner.offer(begins, &mut make, wakes)) {
                Offer::Queued(result, full) => return Ok((result, full, turn)),
                Offer::Refused(error) => return Err(error),
                Offer::Closing => return Err(shared.wait_closed().await.into()),
                Offer::Full => shared.wait_drained().await,
                Offer::Busy => {
                    // Pings and the fragments themselves go on meanwhile.
                    drop(turn);
                    shared.wait_between_messages().await;
                    turn = shared.turn.lock().await;
                }
            }
        }
    }

    async fn wait_written(&self, full: bool) -> Result<(), ConnectionError> {
        if full {
            self.shared().wait_written().await?;
        }
        Ok(())
    }
}

impl Shared {
    pub(super) async fn wait_closed(&self) -> Closed {
        wait(&self.closed, || self.read(|inner| inner.closed().cloned())).await
    }

    /// Waits until there is room for another frame, or there will be no more frames.
    async fn wait_drained(&self) {
        let has_room = |inner: &Inner| !inner.is_full() || inner.protocol.state() != State::Open;
        wait(&self.drained, || self.read(has_room).then_some(())).await;
    }

    /// Waits until no fragmented message is being sent, or there will be no more messages.
    async fn wait_between_messages(&self) {
        let is_between = || self.read(Inner::is_between_messages).then_some(());
        wait(&self.drained, is_between).await;
    }

    /// Waits until what was queued is on its way, all but a few bytes.
    async fn wait_written(&self) -> Result<(), Closed> {
        let outcome = |inner: &Inner| match inner.closed() {
            _ if !inner.is_full() => Some(Ok(())),
            closed => closed.cloned().map(Err),
        };
        wait(&self.drained, || self.read(outcome)).await
    }
}

/// Waits until `check` finds something. Whatever can change its answer notifies.
async fn wait<R>(notify: &Notify, check: impl Fn() -> Option<R>) -> R {
    loop {
        let mut notified = pin!(notify.notified());
        // Enabled before the check, so that no notification falls in between.
        notified.as_mut().enable();
        if let Some(found) = check() {
            return found;
        }
        notified.await;
    }
}
