//! Many requests at once.

use std::cell::RefCell;

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::client::Client;
use super::timed;
use crate::cost::Cost;
use crate::memory::settled;
use crate::options::Task;
use crate::server::JSON;
use crate::websocket::serving::raise_descriptors;

/// As in `scripts/measure.py`.
const GATHERED: usize = 100;
const FANNED_OUT: usize = 10_000;
/// Connections for them.
const LIMIT: usize = 100;
/// Connections that are opened at once, so that none overruns the server's backlog.
const OPENED: usize = 500;

pub(super) async fn gather(task: &Task) -> Cost {
    together(task, GATHERED, "/json").await
}

/// So many requests at once, each on a connection of its own; for each of them.
pub(super) async fn together(task: &Task, count: usize, path: &str) -> Cost {
    raise_descriptors();
    let mut clients = connect_many(&task.url, count).await;
    let cost = timed(task.seconds, async || {
        let bodies = join_all(clients.iter_mut().map(|it| it.fetch(path))).await;
        assert!(bodies.iter().all(|body| body.len() == JSON.len()));
    });
    cost.await / count as f64
}

/// More requests at once than there are connections.
pub(super) async fn fan_out(task: &Task) -> Cost {
    let clients = RefCell::new(connect_many(&task.url, LIMIT).await);
    let free = Semaphore::new(LIMIT);
    let fetch = async || {
        let _permit = free.acquire().await.expect("a semaphore that is open");
        let client = clients.borrow_mut().pop();
        let mut client = client.expect("as many connections as permits");
        let length = client.fetch("/json").await.len();
        clients.borrow_mut().push(client);
        length
    };
    let cost = timed(task.seconds, async || {
        let lengths = join_all((0..FANNED_OUT).map(|_| fetch())).await;
        assert!(lengths.iter().all(|length| *length == JSON.len()));
    });
    cost.await / FANNED_OUT as f64
}

/// Bytes for each of so many requests that wait for their response.
pub(super) async fn in_flight(url: &str, count: usize) -> f64 {
    raise_descriptors();
    let mut control = Client::connect(url).await;
    // What is made once is not to be counted.
    control.fetch("/json").await;
    let before = settled().await;
    let held = hold(&mut control, url, count).await;
    let during = settled().await;
    control.fetch("/release").await;
    held.await.expect("the requests");
    (during - before) / count as f64
}

/// Bytes for each of so many connections that have served one.
pub(super) async fn idle(url: &str, count: usize) -> f64 {
    raise_descriptors();
    let mut control = Client::connect(url).await;
    // What is made once is not to be counted.
    control.fetch("/json").await;
    let before = settled().await;
    let held = hold(&mut control, url, count).await;
    control.fetch("/release").await;
    let clients = held.await.expect("the requests");
    let after = settled().await;
    drop(clients);
    (after - before) / count as f64
}

/// Sends requests that the server holds back, and waits until it has them all.
async fn hold(control: &mut Client, url: &str, count: usize) -> JoinHandle<Vec<Client>> {
    let clients = connect_many(url, count).await;
    let held = clients.into_iter().map(|mut client| async move {
        client.fetch("/hold").await;
        client
    });
    let held = tokio::spawn(join_all(held));
    control.fetch(&format!("/held/{count}")).await;
    held
}

async fn connect_many(url: &str, count: usize) -> Vec<Client> {
    let mut clients = Vec::with_capacity(count);
    while clients.len() < count {
        let more = OPENED.min(count - clients.len());
        clients.extend(join_all((0..more).map(|_| Client::connect(url))).await);
    }
    clients
}
