//! The futures that the scripts await: plain Rust, apart from the values that they return.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use runtime_bridge::with_vm;
use rustpython_vm::builtins::PyBaseExceptionRef;
use rustpython_vm::{PyObjectRef, PyResult};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task;

/// How many futures hold it, and how far the last one came.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) alive: AtomicUsize,
    pub(super) dropped: AtomicUsize,
    pub(super) stage: AtomicUsize,
}

/// What a counted future owns.
pub(super) struct Held(Arc<Counts>);

impl Held {
    pub(super) fn new(counts: Arc<Counts>) -> Self {
        counts.alive.fetch_add(1, Ordering::SeqCst);
        Self(counts)
    }

    pub(super) fn reach(&self, stage: usize) {
        self.0.stage.store(stage, Ordering::SeqCst);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::SeqCst);
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

pub(super) fn none() -> PyObjectRef {
    with_vm(|vm| vm.ctx.none())
}

pub(super) fn text(value: &str) -> PyObjectRef {
    with_vm(|vm| vm.ctx.new_str(value).into())
}

/// Calls `f` in a thread that has no interpreter.
pub(super) fn in_native_thread<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> T {
    thread::spawn(f).join().expect("the thread does not panic")
}

pub(super) async fn ready(value: PyObjectRef) -> PyResult<PyObjectRef> {
    Ok(value)
}

pub(super) async fn fail(exception: PyBaseExceptionRef) -> PyResult<PyObjectRef> {
    task::yield_now().await;
    Err(exception)
}

pub(super) async fn fail_at_once(exception: PyBaseExceptionRef) -> PyResult<PyObjectRef> {
    Err(exception)
}

pub(super) async fn panics(message: String) -> PyResult<PyObjectRef> {
    task::yield_now().await;
    panic!("{message}");
}

pub(super) async fn yield_now() -> PyResult<PyObjectRef> {
    task::yield_now().await;
    Ok(none())
}

pub(super) async fn sleep(seconds: f64, _held: Option<Held>) -> PyResult<PyObjectRef> {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    Ok(none())
}

pub(super) async fn pending(_held: Option<Held>) -> PyResult<PyObjectRef> {
    std::future::pending().await
}

/// Calls `function` while it is polled, once it was suspended.
pub(super) async fn call(function: PyObjectRef) -> PyResult<PyObjectRef> {
    task::yield_now().await;
    with_vm(|vm| function.call((), vm))
}

/// Sends `data` to an echo server on the loopback interface and returns what comes back.
pub(super) async fn echo(port: u16, data: Vec<u8>) -> PyResult<PyObjectRef> {
    let answer = exchange(port, data).await;
    with_vm(|vm| {
        let answer = answer.map_err(|error| vm.new_os_error(error.to_string()))?;
        Ok(vm.ctx.new_bytes(answer).into())
    })
}

async fn exchange(port: u16, mut data: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(&data).await?;
    stream.read_exact(&mut data).await?;
    Ok(data)
}

/// Suspended once in each way that there is; every stage is told to the counter.
pub(super) async fn steps(held: Held) -> PyResult<PyObjectRef> {
    held.reach(1);
    task::yield_now().await;
    held.reach(2);
    let woken_elsewhere = Switch::default();
    let switch = woken_elsewhere.clone();
    thread::spawn(move || switch.turn_on());
    woken_elsewhere.wait(None).await?;
    held.reach(3);
    // A join error would be a bug of this test.
    task::spawn(task::yield_now()).await.expect("spawned");
    held.reach(4);
    tokio::time::sleep(Duration::from_millis(1)).await;
    held.reach(5);
    task::spawn_blocking(thread::yield_now).await.expect("ran");
    held.reach(6);
    Ok(none())
}

/// What a future waits for and anyone may turn on, with a hand on the future's waker.
#[derive(Clone, Debug, Default)]
pub(super) struct Switch(Arc<SwitchState>);

#[derive(Debug, Default)]
struct SwitchState {
    on: AtomicBool,
    polls: AtomicUsize,
    waker: parking_lot::Mutex<Option<Waker>>,
}

impl Switch {
    pub(super) async fn wait(&self, _held: Option<Held>) -> PyResult<PyObjectRef> {
        poll_fn(|cx| self.poll(cx)).await;
        Ok(none())
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.polls.fetch_add(1, Ordering::SeqCst);
        *self.0.waker.lock() = Some(cx.waker().clone());
        if self.0.on.load(Ordering::SeqCst) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    pub(super) fn polls(&self) -> usize {
        self.0.polls.load(Ordering::SeqCst)
    }

    pub(super) fn take_waker(&self) -> Option<Waker> {
        self.0.waker.lock().take()
    }

    pub(super) fn turn_on(&self) {
        self.0.on.store(true, Ordering::SeqCst);
        self.wake();
    }

    pub(super) fn wake(&self) {
        let waker = self.0.waker.lock().clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Never ready, and panics when it is dropped.
pub(super) async fn panic_on_drop() -> PyResult<PyObjectRef> {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let _bomb = Bomb;
    std::future::pending().await
}
