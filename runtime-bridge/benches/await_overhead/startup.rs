//! How long a command takes to start.

use std::process::Command;
use std::time::Instant;

use crate::median;

const RUNS: usize = 21;
const CODES: [&str; 2] = ["pass", "import asyncio"];
/// How much longer than the interpreter's own binary it may take.
const LIMIT: f64 = 1.1;

/// Runs both in turn, and prints the medians.
pub(crate) fn show(binary: &str, stock: &str) {
    println!(
        "{:<20}{:>10}{:>10}{:>8}",
        "ms to run", "this", "stock", "ratio"
    );
    for code in CODES {
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            own.push(milliseconds(binary, code));
            others.push(milliseconds(stock, code));
        }
        let (own, other) = (median(&mut own), median(&mut others));
        let ratio = own / other;
        let met = if ratio <= LIMIT { "met" } else { "not met" };
        println!("{code:<20}{own:>10.2}{other:>10.2}{ratio:>8.2}  at most {LIMIT}: {met}");
    }
}

fn milliseconds(binary: &str, code: &str) -> f64 {
    let started = Instant::now();
    let status = Command::new(binary).args(["-c", code]).status();
    assert!(status.is_ok_and(|it| it.success()), "{binary} -c {code:?}");
    started.elapsed().as_secs_f64() * 1e3
}
