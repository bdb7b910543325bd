//! Why targets are missed, as somebody wrote it: `causes.md`, which no run changes.

use crate::limits::Verdict;
use crate::measure::Measured;
use crate::row::SUBJECT;

/// A heading of the second level for each row, by its name for `--only`.
const CAUSES: &str = include_str!("causes.md");

/// The missed targets of all rows, with their distance and cause.
pub(super) fn of_missed(measured: &[Measured<'_>]) -> String {
    let is_missed = |it: &&Measured<'_>| {
        let mut limits = it.row.limits.iter();
        limits.any(|limit| limit.judge(it) == Verdict::Missed)
    };
    let missed: Vec<_> = measured.iter().filter(is_missed).map(paragraph).collect();
    match missed.is_empty() {
        true => "None: every target above is met.\n".to_owned(),
        false => missed.join("\n"),
    }
}

fn paragraph(measured: &Measured<'_>) -> String {
    let row = measured.row;
    let limits = row.limits.iter();
    let missed = limits.filter(|limit| limit.judge(measured) == Verdict::Missed);
    let distances =
        missed.map(|limit| format!("{}: {}", limit.text(row.unit), limit.distance(measured)));
    let distances = distances.collect::<Vec<_>>().join("; ");
    let cause = match measured.figure(SUBJECT) {
        Some(_) => cause_of(row.name).unwrap_or("The cause is not known yet."),
        None => "It could not be measured.",
    };
    format!("**{}** ({distances}). {cause}\n", row.title)
}

/// What is under the row's heading.
fn cause_of(name: &str) -> Option<&'static str> {
    let mut parts = CAUSES.split("\n## ").skip(1);
    let text = parts.find_map(|part| {
        let (names, text) = part.split_once('\n')?;
        let is_meant = names.split(',').any(|it| it.trim() == name);
        is_meant.then_some(text.trim())
    })?;
    (!text.is_empty()).then_some(text)
}
