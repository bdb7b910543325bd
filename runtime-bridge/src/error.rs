//! Panics in futures, as exceptions.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rustpython_vm::{VirtualMachine, builtins::PyBaseExceptionRef};

/// A panic caught while a future was polled.
///
/// A script sees it as `SystemError`; the task that awaited the future fails, the loop goes on.
#[derive(Debug)]
pub struct Panicked {
    message: String,
}

impl Panicked {
    /// Runs `f`, turning a panic into an error value.
    pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Self> {
        // The future is dropped by the caller after a panic and never polled again, so nothing
        // can observe what the unwinding left half done.
        catch_unwind(AssertUnwindSafe(f)).map_err(|payload| Self::from_payload(&*payload))
    }

    fn from_payload(payload: &(dyn Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Self { message }
    }

    /// The `SystemError` that a script sees.
    pub fn to_exception(&self, vm: &VirtualMachine) -> PyBaseExceptionRef {
        vm.new_system_error(format!(
            "internal error: a native future panicked: {}",
            self.message
        ))
    }
}
