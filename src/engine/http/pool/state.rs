//! What the pool's lock protects.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{self, Handle};

use super::queue::{Waiter, Waiting};
use super::shared::Shared;
use super::{Evicted, Pool};
use crate::engine::http::connection::Connection;
use crate::engine::http::http2;
use crate::engine::http::origin::{Destination, Origin};

/// How many origins are remembered not to speak HTTP/2. It costs little to find out anew.
const MAX_HTTP1_ORIGINS: usize = 64;

#[derive(Default)]
pub(super) struct State {
    /// Slots taken, those of idle connections included.
    pub(super) open: usize,
    /// The longest idle first.
    idle: VecDeque<Idle>,
    /// The HTTP/2 connections.
    pub(super) shared: Vec<Shared>,
    /// First connections to origins that may speak HTTP/2. At most one for each.
    opening: Vec<Arc<Origin>>,
    /// The latest that were offered HTTP/2 and chose HTTP/1.1, the newest last.
    http1_only: VecDeque<Arc<Origin>>,
    /// By id, the first to be served first.
    waiters: VecDeque<Waiter>,
    next_id: u64,
    pub(super) closed: bool,
}

pub(super) struct Idle {
    pub(super) connection: Connection,
    /// Where it was used last: a move to another runtime costs system calls.
    home: Option<runtime::Id>,
    since: Instant,
}

impl State {
    pub(super) fn add_idle(&mut self, connection: Connection) {
        self.idle.push_back(Idle {
            connection,
            home: current_runtime(),
            since: Instant::now(),
        });
    }

    /// The connection to `destination` that was used last, under this runtime if possible.
    pub(super) fn take_idle(&mut self, destination: Destination<'_>) -> Option<Idle> {
        let runtime = current_runtime();
        let mut found = None;
        for (at, idle) in self.idle.iter().enumerate().rev() {
            if !idle.connection.origin().serves(destination) {
                continue;
            }
            if idle.home == runtime {
                found = Some(at);
                break;
            }
            found = found.or(Some(at));
        }
        self.idle.remove(found?)
    }

    pub(super) fn idle_count(&self) -> usize {
        self.idle.len() + self.shared.iter().filter(|one| one.is_idle()).count()
    }

    /// Frees the slot of the connection that was idle for longest.
    pub(super) fn take_longest_idle(&mut self) -> Option<Evicted> {
        let exclusive = self.idle.front().map(|idle| idle.since);
        match (exclusive, self.longest_idle_shared()) {
            (None, None) => None,
            (Some(since), Some((_, other))) if since <= other => self.take_front(),
            (Some(_), None) => self.take_front(),
            (_, Some((at, _))) => Some(self.remove_shared(at)),
        }
    }

    fn take_front(&mut self) -> Option<Evicted> {
        let idle = self.idle.pop_front()?;
        self.open -= 1;
        Some(Evicted::Http1(idle.connection))
    }

    fn longest_idle_shared(&self) -> Option<(usize, Instant)> {
        let idle = self.shared.iter().enumerate();
        idle.filter_map(|(at, one)| Some((at, one.idle_since()?)))
            .min_by_key(|(_, since)| *since)
    }

    /// Takes an HTTP/2 connection out, and leaves its slot to the caller.
    pub(super) fn take_shared(&mut self, at: usize) -> Evicted {
        Evicted::Http2(self.shared.swap_remove(at).connection)
    }

    /// Takes an HTTP/2 connection out and frees its slot.
    fn remove_shared(&mut self, at: usize) -> Evicted {
        self.open -= 1;
        self.take_shared(at)
    }

    pub(super) fn take_expired(&mut self, expiry: Option<Duration>) -> Vec<Evicted> {
        let mut expired = Vec::new();
        let Some(expiry) = expiry else {
            return expired;
        };
        while let Some(idle) = self
            .idle
            .pop_front_if(|idle| idle.since.elapsed() >= expiry)
        {
            self.open -= 1;
            expired.push(Evicted::Http1(idle.connection));
        }
        while let Some((at, _)) = self
            .longest_idle_shared()
            .filter(|(_, since)| since.elapsed() >= expiry)
        {
            expired.push(self.remove_shared(at));
        }
        expired
    }

    pub(super) fn take_all_idle(&mut self) -> Vec<Evicted> {
        self.take_expired(Some(Duration::ZERO))
    }

    /// One more request for an HTTP/2 connection to `destination`. Those that have ended
    /// meanwhile go to `gone`.
    pub(super) fn join(
        &mut self,
        destination: Destination<'_>,
        gone: &mut Vec<Evicted>,
    ) -> Option<Arc<http2::Connection>> {
        let mut at = 0;
        while let Some(shared) = self.shared.get_mut(at) {
            if !shared.connection.origin().serves(destination) {
                at += 1;
            } else if shared.connection.is_usable() {
                return Some(shared.join());
            } else if shared.is_idle() {
                gone.push(self.remove_shared(at));
            } else {
                at += 1;
            }
        }
        None
    }

    /// Whether a connection is being opened that may take requests to `destination` beside its own.
    pub(super) fn is_opening(&self, destination: Destination<'_>) -> bool {
        self.opening.iter().any(|origin| origin.serves(destination))
    }

    /// Notes that such a connection is opened, unless there is one or it will not take others.
    pub(super) fn begin_opening(&mut self, destination: Destination<'_>) -> Option<Arc<Origin>> {
        let mut http1_only = self.http1_only.iter();
        if self.is_opening(destination) || http1_only.any(|origin| origin.serves(destination)) {
            return None;
        }
        let origin = Arc::new(Origin::of(destination));
        self.opening.push(origin.clone());
        Some(origin)
    }

    pub(super) fn end_opening(&mut self, opening: &Arc<Origin>) {
        self.opening.retain(|other| !Arc::ptr_eq(other, opening));
    }

    pub(super) fn remember_http1(&mut self, origin: Arc<Origin>) {
        if self.http1_only.len() == MAX_HTTP1_ORIGINS {
            self.http1_only.pop_front();
        }
        self.http1_only.push_back(origin);
    }

    pub(super) fn forget_http1(&mut self, origin: &Origin) {
        self.http1_only.retain(|other| **other != *origin);
    }

    pub(super) fn enqueue(
        &mut self,
        pool: &Arc<Pool>,
        destination: Destination<'_>,
        multiplex: bool,
    ) -> Waiting {
        let id = self.next_id;
        self.next_id += 1;
        let (waiter, waiting) = Waiting::new(pool.clone(), id, destination, multiplex);
        self.waiters.push_back(waiter);
        waiting
    }

    /// The first in the queue for whom something is to be done with a slot, or with a connection to
    /// `origin`: whoever waits for an HTTP/2 connection that is being opened wants no other.
    pub(super) fn next_waiter(&mut self, origin: Option<&Origin>) -> Option<Waiter> {
        let at = self.waiters.iter().position(|waiter| {
            origin.is_some_and(|origin| origin.serves(waiter.destination()))
                || self.wants_slot(waiter)
        });
        self.waiters.remove(at?)
    }

    fn wants_slot(&self, waiter: &Waiter) -> bool {
        !(waiter.multiplex && self.is_opening(waiter.destination()))
    }

    /// Whether anybody waits for a slot.
    pub(super) fn has_waiter(&self) -> bool {
        self.waiters.iter().any(|waiter| self.wants_slot(waiter))
    }

    /// All who may use an HTTP/2 connection to `origin`, in order.
    pub(super) fn take_waiters_for(&mut self, origin: &Origin) -> VecDeque<Waiter> {
        let waiters = mem::take(&mut self.waiters);
        let (served, others) = waiters
            .into_iter()
            .partition(|waiter| waiter.multiplex && origin.serves(waiter.destination()));
        self.waiters = others;
        served
    }

    pub(super) fn take_waiters(&mut self) -> VecDeque<Waiter> {
        mem::take(&mut self.waiters)
    }

    pub(super) fn forget(&mut self, id: u64) -> Option<Waiter> {
        let at = self.waiters.binary_search_by_key(&id, |waiter| waiter.id);
        self.waiters.remove(at.ok()?)
    }

    #[cfg(test)]
    pub(super) fn queue_length(&self) -> usize {
        self.waiters.len()
    }
}

fn current_runtime() -> Option<runtime::Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}
