//! Processes that answer with a number, in time.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// More than the slowest contender takes; one that hangs must not hold up the rest for ever.
const LIMIT: Duration = Duration::from_secs(300);

/// The number that a process prints. What it says on standard error is for whoever looks on.
///
/// # Errors
/// What went wrong, in a few words: it did not start, failed, hung, or printed something else.
pub(crate) fn printed_number(command: &mut Command) -> Result<f64, String> {
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("does not start: {error}"))?;
    let mut output = process.stdout.take().expect("a pipe");
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = output.read_to_string(&mut text);
        // Nobody listens any more after the time limit.
        let _ = sender.send(read.map(|_| text));
    });
    let text = receiver.recv_timeout(LIMIT);
    if text.is_err() {
        // It may have ended just now.
        let _ = process.kill();
    }
    let status = process.wait().map_err(|error| error.to_string())?;
    match text {
        Err(_) => Err(format!("took more than {LIMIT:?}")),
        Ok(_) if !status.success() => Err(format!("failed: {status}")),
        Ok(Err(error)) => Err(error.to_string()),
        Ok(Ok(text)) => text.trim().parse().map_err(|_| format!("printed {text:?}")),
    }
}
