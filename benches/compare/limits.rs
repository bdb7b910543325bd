//! What a figure may be at most.

use crate::measure::Measured;
use crate::row::Unit;

/// A bound on the subject's figure.
pub(crate) enum Limit {
    /// So many seconds or bytes.
    AtMost(f64),
    /// So many times the figure of the one of that label.
    Times(&'static str, f64),
    /// Less than the figure of the one of that label.
    FasterThan(&'static str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Met,
    Missed,
    /// The other one is not here.
    Open,
}

impl Verdict {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Open => "nothing to compare with",
        }
    }
}

impl Limit {
    /// In seconds or bytes. None when the other one has no figure.
    pub(crate) fn bound(&self, measured: &Measured<'_>) -> Option<f64> {
        match self {
            Self::AtMost(bound) => Some(*bound),
            Self::Times(label, factor) => Some(measured.figure(label)? * factor),
            Self::FasterThan(label) => measured.figure(label),
        }
    }

    pub(crate) fn judge(&self, measured: &Measured<'_>) -> Verdict {
        match (self.bound(measured), measured.subject()) {
            (None, _) => Verdict::Open,
            (Some(bound), Some(figure)) if figure <= bound => Verdict::Met,
            _ => Verdict::Missed,
        }
    }

    /// How far the figure is from the bound, in words.
    pub(crate) fn distance(&self, measured: &Measured<'_>) -> String {
        match self.bound(measured).zip(measured.subject()) {
            Some((bound, figure)) => format!("{:.2} times that", figure / bound),
            None => "not measured".to_owned(),
        }
    }

    pub(crate) fn text(&self, unit: Unit) -> String {
        match self {
            Self::AtMost(bound) => format!("at most {} {}", unit.show(*bound), unit.name()),
            Self::Times(label, factor) => format!("at most {label} x {}", shown(*factor)),
            Self::FasterThan(label) => format!("faster than {label}"),
        }
    }
}

/// With as many digits as a factor has in a target.
fn shown(factor: f64) -> String {
    let text = format!("{factor:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// All in one: missed when any is.
pub(crate) fn judge_all(measured: &Measured<'_>) -> Option<Verdict> {
    let verdicts = measured.row.limits.iter().map(|it| it.judge(measured));
    let weight = |verdict: &Verdict| match verdict {
        Verdict::Missed => 2,
        Verdict::Open => 1,
        Verdict::Met => 0,
    };
    verdicts.max_by_key(weight)
}
