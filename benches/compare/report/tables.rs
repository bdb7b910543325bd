//! The figures as tables of Markdown.

use std::fmt::Write as _;

use crate::limits::Verdict;
use crate::measure::{Figure, Measured, Summary};
use crate::row::SUBJECT;
use crate::table::MEBIBYTE;

/// A line for each row: ours, beside the limit and the best peer, and what was aimed at.
pub(super) fn overview(measured: &[&Measured<'_>]) -> String {
    let mut text = String::from(
        "| work | tauraro | spread | / plain Rust | / best peer | aimed at | |\n\
         |---|--:|--:|--:|--:|---|---|\n",
    );
    for it in measured {
        text += &overview_line(it);
    }
    text
}

fn overview_line(measured: &Measured<'_>) -> String {
    let row = measured.row;
    let Some(summary) = measured.summary(SUBJECT) else {
        return format!("| {} | not measured | | | | | |\n", row.title);
    };
    let aims = row.limits.iter().map(|limit| limit.text(row.unit));
    let verdicts = row.limits.iter().map(|limit| match limit.judge(measured) {
        Verdict::Met => "met".to_owned(),
        Verdict::Open => "not compared".to_owned(),
        Verdict::Missed => format!("**missed: {}**", limit.distance(measured)),
    });
    format!(
        "| {} | {} {} | {} | {} | {} | {} | {} |\n",
        row.title,
        row.unit.show(summary.median),
        row.unit.name(),
        spread(&summary),
        ratio(&summary, measured.base()),
        ratio(&summary, measured.best_peer()),
        aims.collect::<Vec<_>>().join("<br>"),
        verdicts.collect::<Vec<_>>().join("<br>"),
    )
}

/// A table for each row, with all contenders.
pub(super) fn details(measured: &[&Measured<'_>]) -> String {
    measured.iter().map(|it| detail(it)).collect()
}

fn detail(measured: &Measured<'_>) -> String {
    let row = measured.row;
    let unit = row.unit.name();
    let mut text = format!(
        "| {} | {unit} | spread | / plain Rust | / best peer | CPU, {unit} | peak, MiB |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
        row.title
    );
    for (entry, figure) in measured.iter() {
        let label = match entry.label {
            SUBJECT => format!("**{SUBJECT}**"),
            label => label.to_owned(),
        };
        let columns = match figure {
            Figure::Known(summary) => columns(measured, summary),
            Figure::NotInstalled => "not installed | | | | |".to_owned(),
            Figure::Failed(reason) => format!("{reason} | | | | |"),
        };
        // A string takes all.
        let _ = writeln!(text, "| {label} | {columns} |");
    }
    text + "\n"
}

fn columns(measured: &Measured<'_>, summary: &Summary) -> String {
    let unit = measured.row.unit;
    let cpu = summary.cpu.filter(|_| unit.is_time());
    let peak = summary.peak.map(|it| format!("{:.1}", it / MEBIBYTE));
    [
        unit.show(summary.median),
        spread(summary),
        ratio(summary, measured.base()),
        ratio(summary, measured.best_peer()),
        cpu.map(|it| unit.show(it)).unwrap_or_default(),
        peak.unwrap_or_default(),
    ]
    .join(" | ")
}

fn spread(summary: &Summary) -> String {
    let percent = summary.spread.map(|it| format!("{:.0} %", it * 100.0));
    percent.unwrap_or_default()
}

fn ratio(summary: &Summary, to: Option<f64>) -> String {
    to.map_or(String::new(), |to| format!("{:.2}", summary.median / to))
}
