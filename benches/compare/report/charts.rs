//! The charts beside the page, each for light and for dark pages.

use std::error::Error;
use std::path::Path;

use crate::chart::{self, DARK, LIGHT, Series};
use crate::http::FAMILIES;
use crate::http::Family;
use crate::measure::{Figure, Measured};
use crate::row::Unit;

/// Draws the bars of a section. Returns what shows them on the page.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn bars(
    directory: &Path,
    name: &str,
    title: &str,
    measured: &[&Measured<'_>],
) -> Result<String, Box<dyn Error>> {
    for palette in [&LIGHT, &DARK] {
        let path = directory.join(format!("{name}-{}.svg", palette.name));
        chart::draw(&path, title, measured, palette)?;
    }
    Ok(picture(directory, name, title))
}

/// Draws the families of rows that are among those measured.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn lines(
    directory: &Path,
    measured: &[&Measured<'_>],
) -> Result<String, Box<dyn Error>> {
    let mut shown = String::new();
    for family in &FAMILIES {
        let series = series(family, measured);
        if series.is_empty() {
            continue;
        }
        let name = format!("growth-{}", family.prefix.trim_end_matches('-'));
        for palette in [&LIGHT, &DARK] {
            let path = directory.join(format!("{name}-{}.svg", palette.name));
            chart::draw_lines(&path, family.title, family.axis, &series, palette)?;
        }
        shown += &picture(directory, &name, family.title);
    }
    Ok(shown)
}

fn series(family: &Family, measured: &[&Measured<'_>]) -> Series {
    let mut series = Series::new();
    for it in measured {
        let Some(number) = family.number(it.row) else {
            continue;
        };
        for (entry, figure) in it.iter() {
            if let Figure::Known(summary) = figure {
                let value = match it.row.unit {
                    Unit::Kibibytes => summary.median / 1024.0,
                    _ => 1.0 / summary.median,
                };
                series.entry(entry.label).or_default().push((number, value));
            }
        }
    }
    series
}

/// The one that fits the page's colours.
fn picture(directory: &Path, name: &str, title: &str) -> String {
    let folder = directory.file_name().unwrap_or_default();
    let folder = folder.to_string_lossy();
    format!(
        "<picture>\n  <source media=\"(prefers-color-scheme: dark)\" srcset=\"{folder}/{name}-dark.svg\">\n  \
         <img alt=\"{title}\" src=\"{folder}/{name}-light.svg\">\n</picture>\n\n"
    )
}
