//! Processes that answer with what something cost, in time.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::cost::{Cost, cpu_of, peak_of};

/// More than the slowest contender takes; one that hangs must not hold up the rest for ever.
const LIMIT: Duration = Duration::from_secs(300);

/// What a process prints: a figure and, if it knows it, the CPU time. What it says on standard
/// error is for whoever looks on.
///
/// # Errors
/// What went wrong, in a few words: it did not start, failed, hung, or printed something else.
pub(crate) fn printed_cost(command: &mut Command) -> Result<Cost, String> {
    let ended = run(command)?;
    let numbers = ended.output.split_whitespace().map(str::parse);
    let numbers: Result<Vec<f64>, _> = numbers.collect();
    match numbers.as_deref() {
        Ok([figure, rest @ ..]) if figure.is_finite() => Ok(Cost {
            figure: *figure,
            cpu: rest.first().copied(),
            peak: Some(ended.peak),
        }),
        _ => Err(format!("printed {:?}", ended.output)),
    }
}

/// What a whole process costs, its start included.
///
/// # Errors
/// As [`printed_cost`].
pub(crate) fn lifetime(command: &mut Command) -> Result<Cost, String> {
    let ended = run(command)?;
    Ok(Cost {
        figure: ended.seconds,
        cpu: Some(ended.cpu),
        peak: Some(ended.peak),
    })
}

/// A process that ended well.
struct Ended {
    output: String,
    seconds: f64,
    cpu: f64,
    peak: f64,
}

fn run(command: &mut Command) -> Result<Ended, String> {
    let started = Instant::now();
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("does not start: {error}"))?;
    let output = output_of(&mut process);
    if output.is_err() {
        // It may have ended just now.
        let _ = process.kill();
    }
    let (status, usage) = reap(&process)?;
    let seconds = started.elapsed().as_secs_f64();
    let output = output?;
    if status != 0 {
        return Err(format!("failed: {status}"));
    }
    Ok(Ended {
        output,
        seconds,
        cpu: cpu_of(&usage),
        peak: peak_of(&usage),
    })
}

fn output_of(process: &mut Child) -> Result<String, String> {
    let mut output = process.stdout.take().expect("a pipe");
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = output.read_to_string(&mut text);
        // Nobody listens any more after the time limit.
        let _ = sender.send(read.map(|_| text));
    });
    match receiver.recv_timeout(LIMIT) {
        Ok(text) => text.map_err(|error| error.to_string()),
        Err(_) => Err(format!("took more than {LIMIT:?}")),
    }
}

/// The exit status, and what the process used. `Child::wait` does not tell that; it must not be
/// called any more.
fn reap(process: &Child) -> Result<(i32, libc::rusage), String> {
    let pid = libc::pid_t::try_from(process.id()).map_err(|error| error.to_string())?;
    // SAFETY: the call fills both; the process is a child of this one that nobody has waited for.
    let (reaped, status, usage) = unsafe {
        let (mut status, mut usage) = (0, std::mem::zeroed());
        let reaped = libc::wait4(pid, &raw mut status, 0, &raw mut usage);
        (reaped, status, usage)
    };
    if reaped != pid {
        return Err(std::io::Error::last_os_error().to_string());
    }
    let ended = libc::WIFEXITED(status);
    Ok((
        if ended {
            libc::WEXITSTATUS(status)
        } else {
            -status
        },
        usage,
    ))
}
