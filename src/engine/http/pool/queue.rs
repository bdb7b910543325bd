//! Places in the pool's queue.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Grant, Pool, closed};
use crate::engine::error::{Error, Kind};
use crate::engine::http::origin::Destination;
use crate::engine::http::url::Url;
use crate::engine::net::fork;

/// A place as the pool sees it.
pub(super) struct Waiter {
    pub(super) id: u64,
    url: Url,
    server_name: Option<Box<str>>,
    /// Whether an HTTP/2 connection may serve it.
    pub(super) multiplex: bool,
    pub(super) grant: oneshot::Sender<Grant>,
}

impl Waiter {
    pub(super) fn destination(&self) -> Destination<'_> {
        Destination::new(&self.url, self.server_name.as_deref())
    }
}

/// A place as its holder sees it. Dropping it gives the place up, and what was granted meanwhile
/// back.
pub(super) struct Waiting {
    pool: Arc<Pool>,
    id: u64,
    multiplex: bool,
    granted: oneshot::Receiver<Grant>,
}

impl Waiting {
    pub(super) fn new(
        pool: Arc<Pool>,
        id: u64,
        destination: Destination<'_>,
        multiplex: bool,
    ) -> (Waiter, Self) {
        let (grant, granted) = oneshot::channel();
        let waiter = Waiter {
            id,
            url: destination.url.clone(),
            server_name: destination.server_name().map(Into::into),
            multiplex,
            grant,
        };
        let waiting = Self {
            pool,
            id,
            multiplex,
            granted,
        };
        (waiter, waiting)
    }

    pub(super) async fn wait(
        mut self,
        destination: Destination<'_>,
        limit: Option<Duration>,
    ) -> Result<Grant, Error> {
        let url = destination.url;
        let granted = match limit {
            None => (&mut self.granted).await,
            Some(limit) => loop {
                match tokio::time::timeout(limit, &mut self.granted).await {
                    Ok(granted) => break granted,
                    // The connect timeout bounds that.
                    Err(_) if self.awaits_opening(destination) => {}
                    Err(_) => return Err(self.too_long(url, limit)),
                }
            },
        };
        granted.map_err(|_| closed(url))
    }

    fn awaits_opening(&self, destination: Destination<'_>) -> bool {
        self.multiplex && self.pool.state.lock().is_opening(destination)
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
