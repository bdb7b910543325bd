//! Pings that were sent, as threads wait for their pongs.

use std::sync::Arc;

use runtime_bridge::block_on;
use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, function::OptionalArg, pyclass,
};
use tokio::sync::watch;

use super::waiting::Limit;
use crate::engine::net::background;
use crate::engine::ws::PendingPong;

/// Whether a pong has arrived. The native half of the event that `ping` returns.
#[pyclass(module = "_websockets", name = "Pong")]
#[derive(Debug, PyPayload)]
pub(super) struct Pong {
    answered: watch::Receiver<bool>,
    /// Kept so that waiting for a pong that cannot come any more waits, and does not fail.
    _sender: Arc<watch::Sender<bool>>,
}

impl Pong {
    /// Watches for the pong. The end of the connection stands for it if `ack_on_close`.
    pub(super) fn watch(pong: PendingPong, ack_on_close: bool) -> std::io::Result<Self> {
        let (sender, answered) = watch::channel(false);
        let sender = Arc::new(sender);
        let to_tell = sender.clone();
        background::spawn(async move {
            if pong.latency().await.is_ok() || ack_on_close {
                to_tell.send_replace(true);
            }
        })?;
        Ok(Self {
            answered,
            _sender: sender,
        })
    }
}

#[pyclass(flags(DISALLOW_INSTANTIATION))]
impl Pong {
    /// Whether the pong has arrived.
    #[pymethod]
    fn is_set(zelf: &Py<Self>) -> bool {
        *zelf.answered.borrow()
    }

    /// Waits for the pong, at most `timeout` seconds, and tells whether it has arrived.
    #[pymethod]
    fn wait(
        zelf: &Py<Self>,
        timeout: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<bool> {
        let limit = Limit::parse(timeout, vm)?;
        let mut answered = zelf.answered.clone();
        block_on(vm, async move {
            Ok(limit.wait(answered.wait_for(|it| *it)).await.is_ok())
        })
    }
}
