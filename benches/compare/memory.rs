//! The memory of this process, as `scripts/memory.py` has it for scripts.

use std::time::Duration;

const SETTLED: Duration = Duration::from_millis(500);

/// Resident bytes, after the allocator has had time to give back what is free.
pub(crate) async fn settled() -> f64 {
    tokio::time::sleep(SETTLED).await;
    resident("self") as f64
}

/// Resident bytes of the process with that id, or of "self".
///
/// # Panics
/// Where there is no `/proc`, or no such process.
pub(crate) fn resident(process: &str) -> usize {
    let statm = std::fs::read_to_string(format!("/proc/{process}/statm")).expect("Linux");
    let pages = statm.split(' ').nth(1).and_then(|it| it.parse().ok());
    // SAFETY: only asks for a number.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    pages.unwrap_or(0) * usize::try_from(page).unwrap_or(4096)
}
