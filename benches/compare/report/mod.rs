//! `docs/performance.md`: the figures of a run in the frame that `page.md` is, and its charts.

mod causes;
mod charts;
pub(crate) mod circumstances;
mod tables;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::limits::Verdict;
use crate::measure::Measured;
use crate::results::Circumstances;
use crate::section::Section;

const PAGE: &str = include_str!("page.md");

/// Where the page is; its charts are in the folder of that name.
fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md")
}

/// Writes the page and its charts.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(
    sections: &[Section],
    circumstances: &Circumstances,
    measured: &[Measured<'_>],
) -> Result<(), Box<dyn Error>> {
    let directory = page().with_extension("");
    let _ = fs::remove_dir_all(&directory);
    let mut shown = String::new();
    for section in sections {
        shown += &part(section, &directory, measured)?;
    }
    let text = PAGE
        .replace("{circumstances}", &told(circumstances))
        .replace("{summary}", &summary(measured))
        .replace("{sections}", shown.trim_end())
        .replace("{missed}", causes::of_missed(measured).trim_end());
    fs::write(page(), text)?;
    println!("page: {}", page().display());
    Ok(())
}

fn told(circumstances: &Circumstances) -> String {
    let line = |(name, value): &(String, String)| format!("- {name}: {value}");
    circumstances
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

fn summary(measured: &[Measured<'_>]) -> String {
    let verdicts = measured.iter().flat_map(|it| {
        let limits = it.row.limits.iter();
        limits.map(|limit| limit.judge(it))
    });
    let verdicts: Vec<_> = verdicts.collect();
    let count = |wanted| verdicts.iter().filter(|it| **it == wanted).count();
    let (met, missed) = (count(Verdict::Met), count(Verdict::Missed));
    let open = match count(Verdict::Open) {
        0 => String::new(),
        open => format!(" {open} had nothing to be compared with."),
    };
    format!(
        "Of {} targets, {met} are met and {missed} missed.{open}",
        verdicts.len()
    )
}

/// Nothing when none of the section's rows was measured.
fn part(
    section: &Section,
    directory: &Path,
    measured: &[Measured<'_>],
) -> Result<String, Box<dyn Error>> {
    let is_of = |it: &&Measured<'_>| section.rows.iter().any(|row| row.name == it.row.name);
    let measured: Vec<_> = measured.iter().filter(is_of).collect();
    if measured.is_empty() {
        return Ok(String::new());
    }
    let lines = charts::lines(directory, &measured)?;
    let charts = match lines.is_empty() {
        true => charts::bars(directory, section.name, section.title, &measured)?,
        false => lines,
    };
    Ok(format!(
        "## {}\n\n{}\n{charts}<details>\n<summary>All contenders</summary>\n\n{}</details>\n\n",
        section.title,
        tables::overview(&measured),
        tables::details(&measured),
    ))
}
