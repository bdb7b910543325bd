//! Connections kept for the next request, and a bound on how many there are.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;

use super::connection::Connection;
use super::url::Url;
use crate::engine::error::{Error, Kind};
use crate::engine::net::fork;

/// How many connections a client holds, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time, in use or idle. `None`: any number.
    pub max_connections: Option<usize>,
    /// Idle connections at a time. `None`: as many as there are connections.
    pub max_keepalive_connections: Option<usize>,
    /// How long a connection may be idle. `None`: as long as the server likes.
    pub keepalive_expiry: Option<Duration>,
}

impl Default for Limits {
    /// 100 connections, 20 of them idle for up to five seconds.
    fn default() -> Self {
        Self {
            max_connections: Some(100),
            max_keepalive_connections: Some(20),
            keepalive_expiry: Some(Duration::from_secs(5)),
        }
    }
}

/// The connections of one client, shared by its threads.
///
/// A request needs a [`Slot`], of which there are `max_connections`. While none is free requests
/// wait in one queue for all origins, and the first is served first. So long as any waits, no
/// connection is idle: it is handed on, or closed to make way for one to another origin.
///
/// The lock is never held across an await, a wake-up or the closing of a connection.
pub(super) struct Pool {
    limits: Limits,
    /// The fork generation to which the connections belong.
    born: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Slots taken, those of idle connections included.
    open: usize,
    /// The longest idle first.
    idle: VecDeque<Idle>,
    /// By id, the first to be served first.
    waiters: VecDeque<Waiter>,
    next_id: u64,
    closed: bool,
}

struct Idle {
    connection: Connection,
    /// Where it was used last: a move to another runtime costs system calls.
    home: Option<runtime::Id>,
    since: Instant,
}

struct Waiter {
    id: u64,
    url: Url,
    grant: oneshot::Sender<Grant>,
}

/// Leave to go on.
pub(super) enum Grant {
    /// Over a connection that has served before.
    Reuse(Connection, Slot),
    /// Over one to be opened.
    Open(Slot),
}

/// The right to have one connection. Dropping it passes it on to the first in the queue.
pub(super) struct Slot {
    pool: Option<Arc<Pool>>,
}

impl Pool {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            born: fork::generation(),
            state: Mutex::default(),
        }
    }

    /// Waits for leave to send a request to `url`, for up to `limit`.
    ///
    /// # Errors
    /// `PoolTimeout`; `LocalProtocol` when the pool is closed, then or meanwhile.
    pub(super) async fn checkout(
        self: &Arc<Self>,
        url: &Url,
        limit: Option<Duration>,
    ) -> Result<Grant, Error> {
        let grant = match self.try_checkout(url)? {
            Attempt::Granted(grant) => grant,
            Attempt::Queued(waiting) => waiting.wait(url, limit).await?,
        };
        Ok(self.without_stale(grant, url))
    }

    fn try_checkout(self: &Arc<Self>, url: &Url) -> Result<Attempt, Error> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(closed(url));
        }
        let expired = state.take_expired(self.limits.keepalive_expiry);
        let (attempt, evicted) = self.attempt(&mut state, url);
        drop(state);
        drop((expired, evicted));
        Ok(attempt)
    }

    /// Also returns the idle connection that has to close so that another can be opened.
    fn attempt(self: &Arc<Self>, state: &mut State, url: &Url) -> (Attempt, Option<Idle>) {
        if let Some(idle) = state.take_idle(url) {
            let grant = Grant::Reuse(idle.connection, self.slot());
            return (Attempt::Granted(grant), None);
        }
        let max = self.limits.max_connections.unwrap_or(usize::MAX);
        let evicted = match state.open < max {
            true => {
                state.open += 1;
                None
            }
            false => match state.idle.pop_front() {
                // Its slot goes to the newcomer.
                Some(idle) => Some(idle),
                None => return (Attempt::Queued(state.enqueue(self, url)), None),
            },
        };
        (Attempt::Granted(Grant::Open(self.slot())), evicted)
    }

    /// Passes over connections that their peers have closed while they were idle.
    fn without_stale(self: &Arc<Self>, grant: Grant, url: &Url) -> Grant {
        let mut grant = grant;
        while let Grant::Reuse(connection, slot) = grant {
            if !connection.is_stale() {
                return Grant::Reuse(connection, slot);
            }
            drop(connection);
            let next = self.state.lock().take_idle(url);
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
                match state.waiters.pop_front() {
                    Some(waiter) => waiter,
                    None => {
                        let surplus = self.keep(&mut state, connection);
                        drop(state);
                        drop(surplus);
                        return;
                    }
                }
            };
            if !connection.origin().serves(&waiter.url) {
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
    fn keep(&self, state: &mut State, connection: Connection) -> Vec<Connection> {
        let mut surplus = state.take_expired(self.limits.keepalive_expiry);
        let max = self.limits.max_keepalive_connections.unwrap_or(usize::MAX);
        if state.closed || state.idle.len() >= max {
            state.open -= 1;
            surplus.push(connection);
        } else {
            state.idle.push_back(Idle {
                connection,
                home: current_runtime(),
                since: Instant::now(),
            });
        }
        surplus
    }

    /// Gives a slot to `first`, or else to the first in the queue that still waits, or frees it.
    fn pass_on(self: Arc<Self>, mut first: Option<Waiter>) {
        loop {
            let waiter = match first.take() {
                Some(waiter) => waiter,
                None => {
                    let mut state = self.state.lock();
                    match state.waiters.pop_front() {
                        Some(waiter) => waiter,
                        None => {
                            state.open -= 1;
                            return;
                        }
                    }
                }
            };
            match waiter.grant.send(Grant::Open(self.slot())) {
                Err(Grant::Open(slot) | Grant::Reuse(_, slot)) => slot.disarm(),
                Ok(()) => return,
            }
        }
    }

    /// Closes the idle connections, turns the waiting requests away, and all later ones.
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        let waiters = std::mem::take(&mut state.waiters);
        state.open -= idle.len();
        drop(state);
        drop((idle, waiters));
    }

    /// In a forked child: an empty pool in place of `self`, whose idle connections are closed
    /// here unless another thread held the lock during the fork.
    pub(super) fn inherit(&self) -> Self {
        let heir = Self::new(self.limits);
        if let Some(mut state) = self.state.try_lock() {
            heir.state.lock().closed = state.closed;
            let idle = std::mem::take(&mut state.idle);
            drop(state);
            drop(idle);
        }
        heir
    }

    /// Connections open and being opened, and how many of them are idle.
    pub(super) fn counts(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.open, state.idle.len())
    }

    fn slot(self: &Arc<Self>) -> Slot {
        Slot {
            pool: Some(self.clone()),
        }
    }
}

fn closed(url: &Url) -> Error {
    let url = url.without_userinfo();
    let message = format!("Cannot send a request to {url}: the client has been closed.");
    Error::new(Kind::LocalProtocol, message).at(&url)
}

fn current_runtime() -> Option<runtime::Id> {
    Handle::try_current().ok().map(|handle| handle.id())
}

impl State {
    /// The connection to the origin of `url` that was used last, under this runtime if possible.
    fn take_idle(&mut self, url: &Url) -> Option<Idle> {
        let runtime = current_runtime();
        let mut found = None;
        for (at, idle) in self.idle.iter().enumerate().rev() {
            if !idle.connection.origin().serves(url) {
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

    fn take_expired(&mut self, expiry: Option<Duration>) -> Vec<Connection> {
        let mut expired = Vec::new();
        let Some(expiry) = expiry else {
            return expired;
        };
        while let Some(idle) = self
            .idle
            .pop_front_if(|idle| idle.since.elapsed() >= expiry)
        {
            self.open -= 1;
            expired.push(idle.connection);
        }
        expired
    }

    fn enqueue(&mut self, pool: &Arc<Pool>, url: &Url) -> Waiting {
        let (grant, granted) = oneshot::channel();
        let id = self.next_id;
        self.next_id += 1;
        self.waiters.push_back(Waiter {
            id,
            url: url.clone(),
            grant,
        });
        Waiting {
            pool: pool.clone(),
            id,
            granted,
        }
    }

    fn forget(&mut self, id: u64) -> Option<Waiter> {
        let at = self.waiters.binary_search_by_key(&id, |waiter| waiter.id);
        self.waiters.remove(at.ok()?)
    }
}

enum Attempt {
    Granted(Grant),
    Queued(Waiting),
}

/// A place in the queue. Dropping it gives the place up, and what was granted meanwhile back.
struct Waiting {
    pool: Arc<Pool>,
    id: u64,
    granted: oneshot::Receiver<Grant>,
}

impl Waiting {
    async fn wait(mut self, url: &Url, limit: Option<Duration>) -> Result<Grant, Error> {
        let granted = match limit {
            None => (&mut self.granted).await,
            Some(limit) => match tokio::time::timeout(limit, &mut self.granted).await {
                Ok(granted) => granted,
                Err(_) => return Err(self.too_long(url, limit)),
            },
        };
        granted.map_err(|_| closed(url))
    }

    fn too_long(&self, url: &Url, limit: Duration) -> Error {
        let url = url.without_userinfo();
        let max = self.pool.limits.max_connections.unwrap_or_default();
        let wait = format_args!("waiting for a connection to {url}: all {max} were in use");
        Error::timed_out(Kind::PoolTimeout, limit, wait).at(&url)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.pool.born != fork::generation() {
            return;
        }
        let waiter = self.pool.state.lock().forget(self.id);
        if waiter.is_none() {
            // It was served, or is being served right now: refuse, or hand back.
            self.granted.close();
            if let Ok(Grant::Reuse(connection, slot)) = self.granted.try_recv() {
                slot.put(connection);
            }
        }
    }
}

impl Slot {
    /// Keeps `connection`, which is ready for another exchange, for the next request.
    pub(super) fn put(mut self, connection: Connection) {
        if let Some(pool) = self.pool.take()
            && pool.born == fork::generation()
        {
            pool.put(connection);
        }
    }

    /// Leaves the slot taken: it is accounted for elsewhere.
    fn disarm(mut self) {
        self.pool = None;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.take()
            && pool.born == fork::generation()
        {
            pool.pass_on(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn a_waiter_that_leaves_leaves_no_trace_in_the_queue() {
        let pool = Arc::new(Pool::new(Limits {
            max_connections: Some(0),
            ..Limits::default()
        }));
        let url = Url::parse("http://host/").expect("a URL");
        let mut cx = Context::from_waker(Waker::noop());
        let mut stays = pin!(pool.checkout(&url, None));
        assert!(stays.as_mut().poll(&mut cx).is_pending());
        for _ in 0..100 {
            let mut leaves = Box::pin(pool.checkout(&url, None));
            assert!(leaves.as_mut().poll(&mut cx).is_pending());
        }
        assert_eq!(pool.state.lock().waiters.len(), 1);
        pool.close();
        match stays.as_mut().poll(&mut cx) {
            Poll::Ready(Err(error)) => assert_eq!(error.kind(), Kind::LocalProtocol),
            _ => panic!("a closed pool serves nobody"),
        }
    }
}
