//! The last run, kept for a page that is written anew without measuring again.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::measure::{Figure, Measured, Summary};
use crate::options::products;
use crate::row::{Entry, Row};

/// What a run was like: a name and what is to be said, in the order of the page.
pub(crate) type Circumstances = Vec<(String, String)>;

fn path() -> PathBuf {
    products().join("results.json")
}

/// Keeps a run.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn save(circumstances: &Circumstances, measured: &[Measured<'_>]) -> Result<(), String> {
    let row = |it: &Measured<'_>| {
        let figures: Vec<_> = it
            .iter()
            .map(|(entry, figure)| kept(entry, figure))
            .collect();
        (it.row.name.to_owned(), Value::from(figures))
    };
    let rows: serde_json::Map<_, _> = measured.iter().map(row).collect();
    let run = json!({ "circumstances": circumstances, "rows": rows });
    let written = fs::create_dir_all(products()).and_then(|()| fs::write(path(), run.to_string()));
    written.map_err(|error| format!("{}: {error}", path().display()))
}

/// The last run, with those of `rows` that it had.
///
/// # Errors
/// When there is none.
pub(crate) fn load<'a>(
    rows: impl Iterator<Item = &'a Row>,
) -> Result<(Circumstances, Vec<Measured<'a>>), String> {
    let text = fs::read_to_string(path());
    let text = text.map_err(|error| format!("{}: {error}", path().display()))?;
    let run: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let circumstances = serde_json::from_value(run["circumstances"].clone());
    let circumstances = circumstances.map_err(|error| error.to_string())?;
    let measured = rows.filter_map(|row| {
        let kept = run["rows"][row.name].as_array()?;
        let figures = row.entries.iter().map(|entry| {
            let figure = kept.iter().find(|it| it["label"] == entry.label);
            figure.map_or(Figure::NotInstalled, figure_of)
        });
        Some(Measured {
            row,
            figures: figures.collect(),
        })
    });
    Ok((circumstances, measured.collect()))
}

fn kept(entry: &Entry, figure: &Figure) -> Value {
    let label = entry.label;
    match figure {
        Figure::Known(it) => json!({
            "label": label, "median": it.median, "spread": it.spread, "cpu": it.cpu, "peak": it.peak,
        }),
        Figure::NotInstalled => json!({ "label": label }),
        Figure::Failed(reason) => json!({ "label": label, "failed": reason }),
    }
}

fn figure_of(kept: &Value) -> Figure {
    if let Some(reason) = kept["failed"].as_str() {
        return Figure::Failed(reason.to_owned());
    }
    match kept["median"].as_f64() {
        Some(median) => Figure::Known(Summary {
            median,
            spread: kept["spread"].as_f64(),
            cpu: kept["cpu"].as_f64(),
            peak: kept["peak"].as_f64(),
        }),
        None => Figure::NotInstalled,
    }
}
