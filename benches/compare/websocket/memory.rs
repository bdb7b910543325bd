//! The memory of a server's process, seen from outside.

use std::time::Duration;

use crate::memory::resident;

/// An allocator gives back what is free, and a collector frees, a little later.
const SETTLED: Duration = Duration::from_secs(1);

/// Looks at one process.
pub(super) struct Watched {
    pid: u32,
}

impl Watched {
    pub(super) fn new(pid: u32) -> Self {
        Self { pid }
    }

    /// Resident bytes, once the process has had time to settle.
    pub(super) async fn settled(&self) -> f64 {
        tokio::time::sleep(SETTLED).await;
        resident(&self.pid.to_string()) as f64
    }

    /// By how many bytes the process grows while `run` is called ten times; it may grow during the
    /// first. Says how it went on standard error.
    pub(super) async fn growth(&self, mut run: impl AsyncFnMut()) -> f64 {
        let mut sizes = Vec::new();
        for tenth in 1..=10 {
            run().await;
            let size = self.settled().await;
            eprintln!("after {tenth} of 10: {:.0} KiB", size / 1024.0);
            sizes.push(size);
        }
        sizes[9] - sizes[0]
    }
}
