//! What a row of the table is made of.

use crate::contender::{Contender, Program, Start};
use crate::limits::Limit;
use crate::websocket::serving::Served;

/// One kind of work, and those that do it.
pub(crate) struct Row {
    /// For `--only`.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) unit: Unit,
    pub(crate) server: Place,
    /// The label of the one that the ratios are to.
    pub(crate) base: &'static str,
    pub(crate) runs: Runs,
    pub(crate) entries: Vec<Entry>,
    /// For the entry of [`SUBJECT`].
    pub(crate) limits: Vec<Limit>,
}

/// The label of the one that the limits are for.
pub(crate) const SUBJECT: &str = "tauraro";
/// The labels of those that the ratios are to.
pub(crate) const BASE: &str = "plain hyper";
pub(crate) const PLAIN_WEBSOCKET: &str = "plain tokio-tungstenite";

/// A contender with its part in a row.
pub(crate) struct Entry {
    /// What the table calls it.
    pub(crate) label: &'static str,
    pub(crate) program: Program,
    pub(crate) work: Work,
    /// Measured in the first round only: it takes long.
    pub(crate) once: bool,
}

impl Entry {
    pub(crate) fn labelled(self, label: &'static str) -> Self {
        Self { label, ..self }
    }

    pub(crate) fn once(self) -> Self {
        Self { once: true, ..self }
    }
}

/// What is measured.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// A case of the scripts', and of `plain`'s.
    Case(&'static str),
    /// The same, against the server with TLS.
    Secure(&'static str),
    /// The same, against the plain WebSocket server.
    WebSocket(&'static str),
    /// Work for a server of the contender's.
    Serve(Served),
    /// A case of the bridge's script.
    Await(&'static str),
    /// A whole process.
    Start(Start),
    /// The first import of a package in a process.
    Import(&'static str),
    /// The same, from the lifetimes of processes.
    ImportByProcess(&'static str),
}

impl Work {
    pub(crate) fn of(self, contender: Contender) -> Entry {
        Entry {
            label: contender.label,
            program: contender.program,
            work: self,
            once: false,
        }
    }

    pub(crate) fn of_each(self, contenders: &[Contender]) -> Vec<Entry> {
        contenders.iter().map(|it| self.of(*it)).collect()
    }
}

/// How often a row is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    /// In rounds, of which the median counts.
    InRounds,
    /// Once: it takes long, and what it finds does not move from run to run.
    Once,
    /// Once, and only by its name.
    WhenNamed,
}

/// Where the server runs.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    OtherCore,
    SameCore,
    /// On the other core, which the client may use as well.
    Free,
}

/// Of figures, which are in seconds or bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Microseconds,
    Milliseconds,
    Kibibytes,
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Microseconds => "us",
            Self::Milliseconds => "ms",
            Self::Kibibytes => "KiB",
        }
    }

    pub(crate) fn is_time(self) -> bool {
        !matches!(self, Self::Kibibytes)
    }

    pub(crate) fn show(self, figure: f64) -> String {
        let figure = match self {
            Self::Microseconds => figure * 1e6,
            Self::Milliseconds => figure * 1e3,
            Self::Kibibytes => figure / 1024.0,
        };
        let decimals = match figure.abs() {
            ..10.0 => 2,
            10.0..1000.0 => 1,
            _ => 0,
        };
        format!("{figure:.decimals$}")
    }
}
