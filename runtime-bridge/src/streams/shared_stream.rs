//! A Rust stream that one reader at a time takes items from.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_core::Stream;
use parking_lot::Mutex;
use rustpython_vm::{PyObjectRef, PyResult};

use crate::homing::Home;

type BoxStream = Pin<Box<dyn Stream<Item = PyResult<PyObjectRef>> + Send>>;

/// The stream of a Python iterator. It is gone once it ended, failed, panicked or was closed.
pub(crate) struct SharedStream {
    /// Taken out while it is polled, so that a panic leaves none behind.
    stream: Mutex<Option<BoxStream>>,
    busy: AtomicBool,
    home: Home,
}

/// The right to read from the stream.
pub(crate) struct Turn(Arc<SharedStream>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}

impl Drop for SharedStream {
    fn drop(&mut self) {
        self.home.drop_at(self.stream.get_mut().take());
    }
}

impl SharedStream {
    pub(crate) fn new(
        stream: impl Stream<Item = PyResult<PyObjectRef>> + Send + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            stream: Mutex::new(Some(Box::pin(stream))),
            busy: AtomicBool::new(false),
            home: Home::here(),
        })
    }

    /// Nothing while another reader has its turn.
    pub(crate) fn begin(self: &Arc<Self>) -> Option<Turn> {
        let is_busy = self.busy.swap(true, Ordering::AcqRel);
        (!is_busy).then(|| Turn(self.clone()))
    }
}

impl Turn {
    /// The next item; nothing after the end. Dropped before its end, it loses no item.
    pub(crate) async fn next(&self) -> Option<PyResult<PyObjectRef>> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Drops the stream.
    pub(crate) fn close(&self) {
        let stream = self.0.stream.lock().take();
        drop(stream);
    }

    fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<PyResult<PyObjectRef>>> {
        let Some(mut stream) = self.0.stream.lock().take() else {
            return Poll::Ready(None);
        };
        let polled = stream.as_mut().poll_next(cx);
        let goes_on = matches!(polled, Poll::Pending | Poll::Ready(Some(Ok(_))));
        if goes_on {
            *self.0.stream.lock() = Some(stream);
        }
        polled
    }
}
