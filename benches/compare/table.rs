//! The table on standard output.

use crate::limits::Verdict;
use crate::measure::{Figure, Measured, Summary};
use crate::results::Circumstances;

pub(crate) const MEBIBYTE: f64 = 1024.0 * 1024.0;

pub(crate) fn show_heading(circumstances: &Circumstances) {
    for (name, value) in circumstances {
        println!("{name}: {value}");
    }
}

/// A row's figures, and whether its limits are met.
pub(crate) fn show(measured: &Measured<'_>) {
    let row = measured.row;
    let unit = row.unit.name();
    println!();
    println!(
        "{:<52}{unit:>10}{:>8}{:>9}{:>8}{:>9}{:>10}",
        row.title, "spread", "/ plain", "/ best", "CPU", "peak MiB"
    );
    for (entry, figure) in measured.iter() {
        print!("  {:<50}", entry.label);
        match figure {
            Figure::Known(summary) => println!("{}", columns(measured, summary)),
            Figure::NotInstalled => println!("  not installed"),
            Figure::Failed(reason) => println!("  {reason}"),
        }
    }
    for limit in &row.limits {
        let bound = limit.bound(measured);
        let shown = bound.map_or(String::new(), |bound| row.unit.show(bound));
        let verdict = match limit.judge(measured) {
            Verdict::Missed => format!("missed: {}", limit.distance(measured)),
            verdict => verdict.name().to_owned(),
        };
        println!("    {:<48}{shown:>10}  {verdict}", limit.text(row.unit));
    }
}

/// The figure, its spread, its ratios to plain Rust's and to the best peer's, CPU time, memory.
fn columns(measured: &Measured<'_>, summary: &Summary) -> String {
    let unit = measured.row.unit;
    let ratio =
        |to: Option<f64>| to.map_or(String::new(), |to| format!("{:.2}", summary.median / to));
    let spread = summary.spread.map(|it| format!("{:.0}%", it * 100.0));
    let cpu = summary.cpu.filter(|_| unit.is_time());
    let cpu = cpu.map(|it| unit.show(it));
    let peak = summary.peak.map(|it| format!("{:.1}", it / MEBIBYTE));
    format!(
        "{:>10}{:>8}{:>9}{:>8}{:>9}{:>10}",
        unit.show(summary.median),
        spread.unwrap_or_default(),
        ratio(measured.base()),
        ratio(measured.best_peer()),
        cpu.unwrap_or_default(),
        peak.unwrap_or_default(),
    )
}

pub(crate) fn show_summary(measured: &[Measured<'_>]) {
    let verdicts = measured.iter().flat_map(|it| {
        let limits = it.row.limits.iter();
        limits.map(|limit| limit.judge(it))
    });
    let verdicts: Vec<_> = verdicts.collect();
    let count = |wanted| verdicts.iter().filter(|it| **it == wanted).count();
    println!();
    println!(
        "limits: {} met, {} missed, {} with nothing to compare with",
        count(Verdict::Met),
        count(Verdict::Missed),
        count(Verdict::Open)
    );
}
