//! The right to have a connection.

use std::io;
use std::sync::Arc;

use super::{Lease, Pool};
use crate::engine::http::connection::Connection;
use crate::engine::http::http2;
use crate::engine::http::origin::Origin;
use crate::engine::net::fork;

/// The right to have one connection. Dropping it passes it on to the first in the queue.
pub(in crate::engine::http) struct Slot {
    pool: Option<Arc<Pool>>,
    /// Set while others wait for the connection, which may speak HTTP/2.
    opening: Option<Arc<Origin>>,
}

impl Slot {
    pub(super) fn new(pool: Arc<Pool>, opening: Option<Arc<Origin>>) -> Self {
        Self {
            pool: Some(pool),
            opening,
        }
    }

    /// Keeps `connection`, which is ready for another exchange, for the next request.
    pub(in crate::engine::http) fn put(mut self, connection: Connection) {
        if let Some(pool) = self.take_pool() {
            pool.put(connection);
        }
    }

    /// The connection was opened and speaks HTTP/1.1: no other request waits for it.
    pub(in crate::engine::http) fn opened_http1(&mut self) {
        if let Some(opening) = self.opening.take()
            && let Some(pool) = &self.pool
        {
            let mut state = pool.state.lock();
            state.end_opening(&opening);
            state.remember_http1(opening);
            drop(state);
            pool.serve();
        }
    }

    /// The connection was opened and speaks HTTP/2: it is for all requests to its origin.
    ///
    /// # Errors
    /// In a child that was forked meanwhile.
    pub(in crate::engine::http) fn share(
        mut self,
        connection: http2::Connection,
    ) -> io::Result<Lease> {
        let opening = self.opening.take();
        match self.take_pool() {
            Some(pool) => Ok(pool.share(connection, opening)),
            None => Err(io::Error::other("the process was forked meanwhile")),
        }
    }

    /// What to do when the connection, which may not be used after that, has ended by itself.
    pub(in crate::engine::http) fn on_end(&self) -> impl FnOnce() + Send + use<> {
        let pool = self.pool.as_ref().map(Arc::downgrade);
        move || {
            if let Some(pool) = pool.and_then(|pool| pool.upgrade()) {
                pool.remove_ended();
            }
        }
    }

    /// Leaves the slot taken: it is accounted for elsewhere. So are they who wait for it.
    pub(super) fn disarm(mut self) -> Option<Arc<Origin>> {
        self.pool = None;
        self.opening.take()
    }

    fn take_pool(&mut self) -> Option<Arc<Pool>> {
        self.pool
            .take()
            .filter(|pool| pool.born == fork::generation())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(pool) = self.take_pool() {
            if let Some(opening) = self.opening.take() {
                pool.state.lock().end_opening(&opening);
            }
            pool.pass_on(None);
        }
    }
}
