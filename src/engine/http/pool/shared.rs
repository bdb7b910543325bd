//! HTTP/2 connections in the pool.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::MutexGuard;

use super::queue::Waiter;
use super::state::State;
use super::{Grant, Pool};
use crate::engine::http::http2::Connection;
use crate::engine::http::origin::Origin;
use crate::engine::net::fork;

/// An HTTP/2 connection, its slot, and how many requests are on it.
pub(super) struct Shared {
    pub(super) connection: Arc<Connection>,
    leases: usize,
    since: Instant,
}

impl Shared {
    fn new(connection: Arc<Connection>) -> Self {
        Self {
            connection,
            leases: 0,
            since: Instant::now(),
        }
    }

    pub(super) fn join(&mut self) -> Arc<Connection> {
        self.leases += 1;
        self.connection.clone()
    }

    pub(super) fn is_idle(&self) -> bool {
        self.leases == 0
    }

    pub(super) fn idle_since(&self) -> Option<Instant> {
        self.is_idle().then_some(self.since)
    }
}

/// The right to have one request on an HTTP/2 connection.
pub(in crate::engine::http) struct Lease {
    pool: Arc<Pool>,
    connection: Arc<Connection>,
}

impl Lease {
    pub(in crate::engine::http) fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.pool.born == fork::generation() {
            self.pool.give_back(&self.connection);
        }
    }
}

impl Pool {
    pub(super) fn lease(self: &Arc<Self>, connection: Arc<Connection>) -> Lease {
        Lease {
            pool: self.clone(),
            connection,
        }
    }

    /// Takes over the slot of whoever opened `connection`, and serves all who can use it.
    pub(super) fn share(
        self: &Arc<Self>,
        connection: Connection,
        opening: Option<Arc<Origin>>,
    ) -> Lease {
        let mut shared = Shared::new(Arc::new(connection));
        let own = self.lease(shared.join());
        let mut state = self.state.lock();
        if let Some(opening) = opening {
            state.end_opening(&opening);
        }
        state.forget_http1(own.connection.origin());
        let waiters = state.take_waiters_for(own.connection.origin());
        let grant = |waiter: Waiter| (waiter.grant, Grant::Join(self.lease(shared.join())));
        let grants: Vec<_> = waiters.into_iter().map(grant).collect();
        state.shared.push(shared);
        drop(state);
        for (waiter, grant) in grants {
            // A lease that nobody wants any more comes back when it is dropped.
            drop(waiter.send(grant));
        }
        own
    }

    fn give_back(self: &Arc<Self>, connection: &Arc<Connection>) {
        let mut state = self.state.lock();
        let known = |shared: &Shared| Arc::ptr_eq(&shared.connection, connection);
        let Some(at) = state.shared.iter().position(known) else {
            return;
        };
        let shared = &mut state.shared[at];
        shared.leases -= 1;
        if !shared.is_idle() {
            return;
        }
        shared.since = Instant::now();
        if !self.is_worth_keeping(&state, at) {
            return self.close_shared(state, at);
        }
        let expired = state.take_expired(self.limits.keepalive_expiry);
        drop(state);
        drop(expired);
    }

    fn is_worth_keeping(&self, state: &State, at: usize) -> bool {
        let connection = &state.shared[at].connection;
        let another = |shared: &Shared| {
            !Arc::ptr_eq(&shared.connection, connection)
                && shared.connection.origin() == connection.origin()
                && shared.connection.is_usable()
        };
        let max = self.limits.max_keepalive_connections.unwrap_or(usize::MAX);
        !state.closed
            && !state.has_waiter()
            && state.idle_count() <= max
            && connection.is_usable()
            && !state.shared.iter().any(another)
    }

    /// Forgets the idle connections that have ended.
    pub(super) fn remove_ended(self: &Arc<Self>) {
        if self.born != fork::generation() {
            return;
        }
        loop {
            let state = self.state.lock();
            let ended = |shared: &Shared| shared.is_idle() && !shared.connection.is_usable();
            match state.shared.iter().position(ended) {
                Some(at) => self.close_shared(state, at),
                None => return,
            }
        }
    }

    /// Passes the slot of an idle connection on.
    fn close_shared(self: &Arc<Self>, mut state: MutexGuard<'_, State>, at: usize) {
        let gone = state.take_shared(at);
        drop(state);
        drop(gone);
        self.clone().pass_on(None);
    }
}
