//! The clients of a server, from the moment in which they are accepted to their end.
//!
//! Native, and not a set of the interpreter's: those never compact while the same keys come and
//! go.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rustpython_vm::{
    PyObjectRef, PyRef,
    object::{Traverse, TraverseFn},
};
use tokio::sync::Notify;

use crate::engine::ws::State;
use crate::modules::websockets::server_connection::ServerConnection;

/// The clients of a server.
#[derive(Default)]
pub(super) struct Clients {
    table: Mutex<Table>,
    /// Told when the last one is gone.
    none_left: Notify,
    /// Whether more are taken.
    pub(super) serving: Arc<AtomicBool>,
}

#[derive(Default)]
struct Table {
    clients: HashMap<u64, Client>,
    next: u64,
}

#[derive(Default)]
struct Client {
    /// The task that serves it: asyncio itself holds tasks weakly.
    task: Option<PyObjectRef>,
    /// Since its opening handshake.
    connection: Option<PyRef<ServerConnection>>,
}

// SAFETY: each object is visited once.
unsafe impl Traverse for Clients {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        let Some(table) = self.table.try_lock() else {
            return;
        };
        for client in table.clients.values() {
            client.task.traverse(visit);
            client.connection.traverse(visit);
        }
    }
}

/// The place of a client, which is given up with it.
pub(super) struct Seat {
    clients: Arc<Clients>,
    id: u64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.clients.table.lock();
        let gone = table.clients.remove(&self.id);
        if table.clients.len() * 4 < table.clients.capacity() {
            table.clients.shrink_to(64);
        }
        let is_empty = table.clients.is_empty();
        drop(table);
        // The objects are dropped without the lock: they may be a script's.
        drop(gone);
        if is_empty {
            self.clients.none_left.notify_waiters();
        }
    }
}

impl Seat {
    /// The number of the client.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// The opening handshake is done.
    pub(super) fn opened(&self, connection: PyRef<ServerConnection>) {
        if let Some(client) = self.clients.table.lock().clients.get_mut(&self.id) {
            client.connection = Some(connection);
        }
    }
}

impl Clients {
    /// Takes in a client.
    pub(super) fn admit(self: &Arc<Self>) -> Seat {
        let mut table = self.table.lock();
        let id = table.next;
        table.next += 1;
        table.clients.insert(id, Client::default());
        Seat {
            clients: self.clone(),
            id,
        }
    }

    /// Holds the task that serves a client, if that is not over already.
    pub(super) fn hold(&self, id: u64, task: PyObjectRef) {
        let late = match self.table.lock().clients.get_mut(&id) {
            Some(client) => client.task.replace(task),
            None => Some(task),
        };
        drop(late);
    }

    /// The connections that are open.
    pub(super) fn open(&self) -> Vec<PyRef<ServerConnection>> {
        let table = self.table.lock();
        let connections = table
            .clients
            .values()
            .filter_map(|it| it.connection.clone());
        let is_open = |it: &PyRef<ServerConnection>| it.base().current_state() == State::Open;
        connections.filter(is_open).collect()
    }

    /// The tasks that serve clients.
    pub(super) fn tasks(&self) -> Vec<PyObjectRef> {
        let table = self.table.lock();
        table
            .clients
            .values()
            .filter_map(|it| it.task.clone())
            .collect()
    }

    /// Whether more clients are taken.
    pub(super) fn is_serving(&self) -> bool {
        self.serving.load(Ordering::Acquire)
    }

    /// Waits until there are no clients.
    pub(super) async fn wait_none_left(&self) {
        loop {
            let mut notified = std::pin::pin!(self.none_left.notified());
            // Enabled before the look, so that no notification falls in between.
            notified.as_mut().enable();
            if self.table.lock().clients.is_empty() {
                return;
            }
            notified.await;
        }
    }
}
