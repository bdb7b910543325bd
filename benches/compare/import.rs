//! How long an import takes.

use std::path::Path;
use std::process::Command;

use crate::contender::script;
use crate::cost::Cost;
use crate::measure::median;
use crate::process::{lifetime, printed_cost};

/// Processes for one figure: an import is short beside what disturbs it.
const RUNS: usize = 5;

/// Seconds within a process, its start-up not counted.
///
/// # Errors
/// What went wrong, in a few words.
pub(crate) fn in_process(binary: &Path, package: &str) -> Result<Cost, String> {
    let once = |_| {
        let mut command = Command::new(binary);
        printed_cost(command.args([&script("imported.py"), package]))
    };
    let mut costs = (0..RUNS).map(once).collect::<Result<Vec<_>, _>>()?;
    costs.sort_by(|a, b| a.figure.total_cmp(&b.figure));
    Ok(costs[RUNS / 2])
}

/// Seconds by which a process with the import takes longer than one without.
///
/// # Errors
/// What went wrong, in a few words.
pub(crate) fn by_process(binary: &Path, package: &str) -> Result<Cost, String> {
    let import = format!("import {package}");
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        without.push(seconds(binary, "pass")?);
        with.push(seconds(binary, &import)?);
    }
    Ok(Cost::of(median(&mut with) - median(&mut without)))
}

fn seconds(binary: &Path, code: &str) -> Result<f64, String> {
    let cost = lifetime(Command::new(binary).args(["-c", code]))?;
    Ok(cost.figure)
}
