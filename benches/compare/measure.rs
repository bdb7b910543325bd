//! Rounds in turn, and their medians.

use crate::contender::Contenders;
use crate::options::Options;
use crate::row::{Entry, Row, Runs, SUBJECT};

/// A row with its figures.
pub(crate) struct Measured<'a> {
    pub(crate) row: &'a Row,
    /// For each entry of the row.
    pub(crate) figures: Vec<Figure>,
}

/// What came of an entry.
pub(crate) enum Figure {
    /// The median, in seconds or bytes.
    Median(f64),
    NotInstalled,
    /// Why, in a few words.
    Failed(String),
}

impl Measured<'_> {
    /// The figure of the entry of that label.
    pub(crate) fn figure(&self, label: &str) -> Option<f64> {
        let mut entries = self.row.entries.iter();
        let at = entries.position(|entry| entry.label == label)?;
        match self.figures[at] {
            Figure::Median(figure) => Some(figure),
            _ => None,
        }
    }

    /// The figure of the one that the limits are for.
    pub(crate) fn subject(&self) -> Option<f64> {
        self.figure(SUBJECT)
    }

    /// The figure of the one that the ratios are to.
    pub(crate) fn base(&self) -> Option<f64> {
        self.figure(self.row.base)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Entry, &Figure)> {
        self.row.entries.iter().zip(&self.figures)
    }
}

/// Lets the contenders have their turns, so that what the machine does besides disturbs all
/// alike.
pub(crate) fn measure<'a>(
    row: &'a Row,
    contenders: &Contenders,
    options: &Options,
) -> Measured<'a> {
    let mut series: Vec<Series> = row.entries.iter().map(|_| Ok(Vec::new())).collect();
    let rounds = match row.runs {
        Runs::InRounds => options.rounds,
        Runs::Once | Runs::WhenNamed => 1,
    };
    for _ in 0..rounds {
        for (entry, series) in row.entries.iter().zip(&mut series) {
            if !contenders.has(entry.program) {
                continue;
            }
            if let Ok(figures) = series {
                match contenders.measure(row, entry, options.seconds) {
                    Ok(figure) => figures.push(figure),
                    Err(reason) => *series = Err(reason),
                }
            }
        }
    }
    let figures = series.into_iter().map(Figure::from).collect();
    Measured { row, figures }
}

/// The figures of an entry's turns, or why there are no more.
type Series = Result<Vec<f64>, String>;

impl From<Series> for Figure {
    fn from(series: Series) -> Self {
        match series {
            Ok(figures) if figures.is_empty() => Self::NotInstalled,
            Ok(mut figures) => Self::Median(median(&mut figures)),
            Err(reason) => Self::Failed(reason),
        }
    }
}

/// The middle one; the figures are sorted by this.
pub(crate) fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
