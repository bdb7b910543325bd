//! Rounds in turn, and their medians.

use crate::contender::Contenders;
use crate::cost::Cost;
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
    Known(Summary),
    NotInstalled,
    /// Why, in a few words.
    Failed(String),
}

/// What the turns of an entry come to.
#[derive(Clone, Copy)]
pub(crate) struct Summary {
    /// The middle one, in seconds or bytes.
    pub(crate) median: f64,
    /// From the least to the greatest, as a share of the median; none of one turn.
    pub(crate) spread: Option<f64>,
    /// CPU time for an operation, in seconds: the median.
    pub(crate) cpu: Option<f64>,
    /// The most memory that the process held, in bytes: the median.
    pub(crate) peak: Option<f64>,
}

impl Measured<'_> {
    pub(crate) fn summary(&self, label: &str) -> Option<Summary> {
        let mut entries = self.row.entries.iter();
        let at = entries.position(|entry| entry.label == label)?;
        match self.figures[at] {
            Figure::Known(summary) => Some(summary),
            _ => None,
        }
    }

    /// The figure of the entry of that label.
    pub(crate) fn figure(&self, label: &str) -> Option<f64> {
        self.summary(label).map(|it| it.median)
    }

    /// The figure of the one that the limits are for.
    pub(crate) fn subject(&self) -> Option<f64> {
        self.figure(SUBJECT)
    }

    /// The figure of the one that the ratios are to.
    pub(crate) fn base(&self) -> Option<f64> {
        self.figure(self.row.base)
    }

    /// The least figure of a peer's.
    pub(crate) fn best_peer(&self) -> Option<f64> {
        let peers = self.iter().filter(|(entry, _)| entry.program.is_peer());
        let figures = peers.filter_map(|(_, figure)| match figure {
            Figure::Known(summary) => Some(summary.median),
            _ => None,
        });
        figures.min_by(f64::total_cmp)
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
    for round in 0..options.rounds {
        for (entry, series) in row.entries.iter().zip(&mut series) {
            let once = entry.once || row.runs != Runs::InRounds;
            if !contenders.has(entry.program) || (once && round > 0) {
                continue;
            }
            if let Ok(costs) = series {
                match contenders.measure(row, entry, options.seconds) {
                    Ok(cost) => costs.push(cost),
                    Err(reason) => *series = Err(reason),
                }
            }
        }
    }
    let figures = series.into_iter().map(Figure::from).collect();
    Measured { row, figures }
}

/// What the turns of an entry cost, or why there are no more.
type Series = Result<Vec<Cost>, String>;

impl From<Series> for Figure {
    fn from(series: Series) -> Self {
        match series {
            Ok(costs) if costs.is_empty() => Self::NotInstalled,
            Ok(costs) => Self::Known(Summary::of(&costs)),
            Err(reason) => Self::Failed(reason),
        }
    }
}

impl Summary {
    fn of(costs: &[Cost]) -> Self {
        let mut figures: Vec<_> = costs.iter().map(|it| it.figure).collect();
        let median = median(&mut figures);
        let (least, greatest) = (figures[0], figures[figures.len() - 1]);
        let spread = (greatest - least) / median;
        Self {
            median,
            spread: (figures.len() > 1 && spread.is_finite()).then_some(spread),
            cpu: median_of(costs.iter().map(|it| it.cpu)),
            peak: median_of(costs.iter().map(|it| it.peak)),
        }
    }
}

/// None when one is missing.
fn median_of(figures: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let figures: Option<Vec<_>> = figures.collect();
    figures.map(|mut it| median(&mut it))
}

/// The middle one; the figures are sorted by this.
pub(crate) fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
