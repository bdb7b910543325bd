//! What an operation costs, and what the system knows of a process.

use std::ops::Div;
use std::time::Duration;

/// What one operation costs a contender.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// In seconds, or bytes of memory, as the row's unit says.
    pub(crate) figure: f64,
    /// CPU time in seconds, of all threads of the process.
    pub(crate) cpu: Option<f64>,
    /// The most memory that the process held, in bytes.
    pub(crate) peak: Option<f64>,
}

impl Cost {
    /// Nothing but a figure.
    pub(crate) fn of(figure: f64) -> Self {
        Self {
            figure,
            cpu: None,
            peak: None,
        }
    }
}

/// For one of so many operations.
impl Div<f64> for Cost {
    type Output = Self;

    fn div(self, count: f64) -> Self {
        Self {
            figure: self.figure / count,
            cpu: self.cpu.map(|cpu| cpu / count),
            ..self
        }
    }
}

/// The CPU time of this process so far, in seconds.
pub(crate) fn own_cpu() -> f64 {
    // SAFETY: the call fills the struct.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    cpu_of(&usage)
}

/// In seconds.
pub(crate) fn cpu_of(usage: &libc::rusage) -> f64 {
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// In bytes.
pub(crate) fn peak_of(usage: &libc::rusage) -> f64 {
    let unit = if cfg!(target_os = "macos") {
        1.0
    } else {
        1024.0
    };
    usage.ru_maxrss as f64 * unit
}

/// The CPU time of another process so far, in seconds. None where the system does not tell.
pub(crate) fn cpu_time(pid: u32) -> Option<f64> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let on_cpu = |task: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        let nanoseconds = text.split(' ').next()?.parse().ok()?;
        Some(Duration::from_nanos(nanoseconds).as_secs_f64())
    };
    tasks.map(on_cpu).sum()
}

/// The most memory that another process held, in bytes. None where the system does not tell.
pub(crate) fn peak(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes * 1024.0)
}
