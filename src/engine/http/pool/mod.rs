//! Connections kept for the next request, and a bound on how many there are.

mod limits;
mod queue;
mod shared;
mod slot;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::connection::Connection;
use super::http2;
use super::origin::Destination;
use super::url::Url;
use crate::engine::error::{Error, Kind};
use crate::engine::net::fork;
pub use limits::Limits;
use queue::{Waiter, Waiting};
pub(super) use shared::Lease;
pub(super) use slot::Slot;
use state::State;

/// The connections of one client, shared by its threads.
///
/// A request needs a [`Slot`], of which there are `max_connections`, or a [`Lease`] of an HTTP/2
/// connection, which has one slot for all of its requests. While none is free requests wait in one
/// queue for all origins, and the first is served first. So long as any waits for a slot, no
/// connection is idle: it is handed on, or closed to make way for one to another origin.
///
/// Requests that an HTTP/2 connection may take wait while the first connection to their origin is
/// being opened, also when there are free slots: it may serve all of them. If it turns out to be
/// an HTTP/1.1 one, they get slots.
///
/// The lock is never held across an await, a wake-up or the closing of a connection.
pub(super) struct Pool {
    limits: Limits,
    /// The fork generation to which the connections belong.
    born: u64,
    state: Mutex<State>,
}

/// Leave to go on.
pub(super) enum Grant {
    /// Over an HTTP/1.1 connection that has served before.
    Reuse(Connection, Slot),
    /// Over one to be opened.
    Open(Slot),
    /// Over an HTTP/2 connection that is there.
    Join(Lease),
}

enum Attempt {
    Granted(Grant),
    Queued(Waiting),
}

/// A connection that left the pool, to be dropped without the lock.
#[expect(dead_code, reason = "only kept to be dropped")]
enum Evicted {
    Http1(Connection),
    Http2(Arc<http2::Connection>),
}

impl Pool {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            born: fork::generation(),
            state: Mutex::default(),
        }
    }

    /// Waits for leave to send a request to `destination`, for up to `limit`. `multiplex` says whether
    /// that may go over HTTP/2.
    ///
    /// The limit does not run while a connection is opened that may take the request.
    ///
    /// # Errors
    /// `PoolTimeout`; `LocalProtocol` when the pool is closed, then or meanwhile.
    pub(super) async fn checkout(
        self: &Arc<Self>,
        destination: Destination<'_>,
        multiplex: bool,
        limit: Option<Duration>,
    ) -> Result<Grant, Error> {
        let grant = match self.try_checkout(destination, multiplex)? {
            Attempt::Granted(grant) => grant,
            Attempt::Queued(waiting) => Box::pin(waiting.wait(destination, limit)).await?,
        };
        Ok(self.without_stale(grant, destination))
    }

    fn try_checkout(
        self: &Arc<Self>,
        destination: Destination<'_>,
        multiplex: bool,
    ) -> Result<Attempt, Error> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(closed(destination.url));
        }
        let mut gone = state.take_expired(self.limits.keepalive_expiry);
        let attempt = self.attempt(&mut state, destination, multiplex, &mut gone);
        drop(state);
        drop(gone);
        Ok(attempt)
    }

    fn attempt(
        self: &Arc<Self>,
        state: &mut State,
        destination: Destination<'_>,
        multiplex: bool,
        gone: &mut Vec<Evicted>,
    ) -> Attempt {
        if multiplex && let Some(connection) = state.join(destination, gone) {
            return Attempt::Granted(Grant::Join(self.lease(connection)));
        }
        if let Some(idle) = state.take_idle(destination) {
            return Attempt::Granted(Grant::Reuse(idle.connection, self.slot()));
        }
        let wait = multiplex && state.is_opening(destination);
        if wait || !self.make_room(state, gone) {
            return Attempt::Queued(state.enqueue(self, destination, multiplex));
        }
        Attempt::Granted(self.leave_to_open(state, destination, multiplex))
    }

    /// Takes a slot; the one of an idle connection if there is no other.
    fn make_room(&self, state: &mut State, gone: &mut Vec<Evicted>) -> bool {
        let max = self.limits.max_connections.unwrap_or(usize::MAX);
        if state.open >= max {
            match state.take_longest_idle() {
                Some(idle) => gone.push(idle),
                None => return false,
            }
        }
        state.open += 1;
        true
    }

    /// For a slot that has been taken.
    fn leave_to_open(
        self: &Arc<Self>,
        state: &mut State,
        destination: Destination<'_>,
        multiplex: bool,
    ) -> Grant {
        let opening = match multiplex {
            true => state.begin_opening(destination),
            false => None,
        };
        Grant::Open(Slot::new(self.clone(), opening))
    }

    /// Passes over connections that their peers have closed while they were idle.
    fn without_stale(self: &Arc<Self>, grant: Grant, destination: Destination<'_>) -> Grant {
        let mut grant = grant;
        while let Grant::Reuse(connection, slot) = grant {
            if !connection.is_stale() {
                return Grant::Reuse(connection, slot);
            }
            drop(connection);
            let next = self.state.lock().take_idle(destination);
            grant = match next {
                // Its slot serves; the stale one's goes to the next in the queue.
                Some(idle) => Grant::Reuse(idle.connection, self.slot()),
                None => return Grant::Open(slot),
            };
        }
        grant
    }

    /// Takes back a connection that is ready for another exchange.
    fn put(self: Arc<Self>, mut connection: Connection) {
        loop {
            let waiter = {
                let mut state = self.state.lock();
                match state.next_waiter(Some(connection.origin())) {
                    Some(waiter) => waiter,
                    None => {
                        let surplus = self.keep(&mut state, connection);
                        drop(state);
                        drop(surplus);
                        return;
                    }
                }
            };
            if !connection.origin().serves(waiter.destination()) {
                drop(connection);
                return self.pass_on(Some(waiter));
            }
            match waiter.grant.send(Grant::Reuse(connection, self.slot())) {
                Err(Grant::Reuse(unwanted, slot)) => {
                    slot.disarm();
                    connection = unwanted;
                }
                _ => return,
            }
        }
    }

    /// Returns what there is no room for.
    fn keep(&self, state: &mut State, connection: Connection) -> Vec<Evicted> {
        let mut surplus = state.take_expired(self.limits.keepalive_expiry);
        if state.closed || self.has_enough_idle(state) {
            state.open -= 1;
            surplus.push(Evicted::Http1(connection));
        } else {
            state.add_idle(connection);
        }
        surplus
    }

    fn has_enough_idle(&self, state: &State) -> bool {
        let max = self.limits.max_keepalive_connections.unwrap_or(usize::MAX);
        state.idle_count() >= max
    }

    /// Gives a slot to `first`, or else to the first in the queue that still waits for one, or
    /// frees it.
    fn pass_on(self: Arc<Self>, mut first: Option<Waiter>) {
        loop {
            let (waiter, grant) = {
                let mut state = self.state.lock();
                let Some(waiter) = first.take().or_else(|| state.next_waiter(None)) else {
                    state.open -= 1;
                    return;
                };
                let grant = self.leave_to_open(&mut state, waiter.destination(), waiter.multiplex);
                (waiter, grant)
            };
            match waiter.grant.send(grant) {
                Err(Grant::Open(slot)) => self.take_back(slot),
                _ => return,
            }
        }
    }

    /// Gives slots to those in the queue that no longer wait for an HTTP/2 connection.
    fn serve(self: &Arc<Self>) {
        loop {
            let mut gone = Vec::new();
            let waiter = {
                let mut state = self.state.lock();
                if !state.has_waiter() || !self.make_room(&mut state, &mut gone) {
                    return;
                }
                state.next_waiter(None)
            };
            drop(gone);
            if let Some(waiter) = waiter {
                self.clone().pass_on(Some(waiter));
            }
        }
    }

    /// Leaves the slot taken.
    fn take_back(&self, slot: Slot) {
        if let Some(opening) = slot.disarm() {
            self.state.lock().end_opening(&opening);
        }
    }

    /// Closes the idle connections, turns the waiting requests away, and all later ones.
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        let gone = state.take_all_idle();
        let waiters = state.take_waiters();
        drop(state);
        drop((gone, waiters));
    }

    /// In a forked child: an empty pool in place of `self`, whose idle connections are closed
    /// here unless another thread held the lock during the fork. Those of HTTP/2 stay open: the
    /// thread that owns their sockets is not there.
    pub(super) fn inherit(&self) -> Self {
        let heir = Self::new(self.limits);
        if let Some(mut state) = self.state.try_lock() {
            heir.state.lock().closed = state.closed;
            let gone = state.take_all_idle();
            drop(state);
            drop(gone);
        }
        heir
    }

    /// Connections open and being opened, and how many of them are idle.
    pub(super) fn counts(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.open, state.idle_count())
    }

    fn slot(self: &Arc<Self>) -> Slot {
        Slot::new(self.clone(), None)
    }
}

fn closed(url: &Url) -> Error {
    let url = url.without_userinfo();
    let message = format!("Cannot send a request to {url}: the client has been closed.");
    Error::new(Kind::LocalProtocol, message).at(&url)
}
