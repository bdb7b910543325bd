//! How long an import takes.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::contender::script;
use crate::measure::median;
use crate::process::printed_number;

/// Processes for one figure: an import is short beside what disturbs it.
const RUNS: usize = 5;

/// Seconds within a process, its start-up not counted.
///
/// # Errors
/// What went wrong, in a few words.
pub(crate) fn in_process(binary: &Path, package: &str) -> Result<f64, String> {
    let once = |_| {
        let mut command = Command::new(binary);
        printed_number(command.args([&script("imported.py"), package]))
    };
    let mut figures = (0..RUNS).map(once).collect::<Result<Vec<_>, _>>()?;
    Ok(median(&mut figures))
}

/// Seconds by which a process with the import takes longer than one without.
///
/// # Errors
/// What went wrong, in a few words.
pub(crate) fn by_process(binary: &Path, package: &str) -> Result<f64, String> {
    let import = format!("import {package}");
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        without.push(lifetime(binary, "pass")?);
        with.push(lifetime(binary, &import)?);
    }
    Ok(median(&mut with) - median(&mut without))
}

fn lifetime(binary: &Path, code: &str) -> Result<f64, String> {
    let started = Instant::now();
    let status = Command::new(binary).args(["-c", code]).status();
    match status {
        Ok(status) if status.success() => Ok(started.elapsed().as_secs_f64()),
        Ok(status) => Err(format!("failed: {status}")),
        Err(error) => Err(format!("does not start: {error}")),
    }
}
