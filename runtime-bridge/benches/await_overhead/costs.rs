//! What an operation costs in each runtime, and whether that is little enough.

use std::collections::BTreeMap;

use crate::contender::{Column, Contender};
use crate::python::Python;
use crate::{echo, median};

const ROUNDS: usize = 5;

/// The cases of `timed.py`, as the table names them.
const OPERATIONS: [(&str, &str); 7] = [
    ("ready", "await of a ready future"),
    ("suspended", "await with one suspension"),
    ("sleep", "asyncio.sleep(0)"),
    ("task", "create_task + await"),
    ("gather", "gather of 10,000, per item"),
    ("echo", "TCP echo of 64 bytes"),
    ("idle", "idle loop, CPU per second"),
];

/// What the bridge's figure for a case may be at most, in microseconds.
struct Limit {
    case: &'static str,
    text: &'static str,
    bound: fn(&Figures) -> Option<f64>,
}

const LIMITS: [Limit; 12] = [
    limit("ready", "0.5 us where plain echo is 15", |it| {
        it.plain(0.5 / 15.0)
    }),
    limit("suspended", "CPython's sleep(0) x 0.8", |it| {
        it.cpython("sleep", 0.8)
    }),
    limit("suspended", "  and uvloop's", |it| it.uvloop("sleep")),
    limit("sleep", "CPython x 1.5", |it| it.cpython("sleep", 1.5)),
    limit("sleep", "  and x 1.2", |it| it.cpython("sleep", 1.2)),
    limit("task", "CPython x 1.6", |it| it.cpython("task", 1.6)),
    limit("task", "  and x 1.2", |it| it.cpython("task", 1.2)),
    limit("gather", "CPython x 2.5", |it| it.cpython("gather", 2.5)),
    limit("gather", "  and x 1.5", |it| it.cpython("gather", 1.5)),
    limit("echo", "plain Rust x 1.12", |it| it.plain(1.12)),
    limit("echo", "uvloop's streams", |it| it.uvloop("echo")),
    limit("idle", "1 ms", |_| Some(1000.0)),
];

const fn limit(
    case: &'static str,
    text: &'static str,
    bound: fn(&Figures) -> Option<f64>,
) -> Limit {
    Limit { case, text, bound }
}

/// Medians in microseconds.
struct Figures(BTreeMap<(&'static str, Column), f64>);

impl Figures {
    fn get(&self, case: &'static str, column: Column) -> Option<f64> {
        self.0.get(&(case, column)).copied()
    }

    fn cpython(&self, case: &'static str, factor: f64) -> Option<f64> {
        Some(self.get(case, Column::Cpython)? * factor)
    }

    fn uvloop(&self, case: &'static str) -> Option<f64> {
        self.get(case, Column::Uvloop)
    }

    fn plain(&self, factor: f64) -> Option<f64> {
        Some(self.get("echo", Column::PlainRust)? * factor)
    }
}

/// Measures everything and prints the tables.
pub(crate) fn show(python: Option<&Python>) {
    let contenders = Contender::all(python);
    let figures = measure(&contenders);
    match python {
        Some(Python { binary, version }) => println!("CPython {version}: {}", binary.display()),
        None => println!("no CPython 3.11 or later was found"),
    }
    show_figures(&figures, &contenders);
    show_limits(&figures);
}

/// In turn, so that what the machine does besides disturbs all alike.
fn measure(contenders: &[Contender]) -> Figures {
    let port = echo::serve();
    let mut rounds = BTreeMap::<_, Vec<f64>>::new();
    for (case, _) in OPERATIONS {
        for _ in 0..ROUNDS {
            for contender in contenders.iter().filter(|it| it.has(case)) {
                let figure = contender.measure(case, port);
                rounds
                    .entry((case, contender.column))
                    .or_default()
                    .push(figure);
            }
        }
    }
    let medians = rounds
        .into_iter()
        .map(|(key, mut it)| (key, median(&mut it)));
    Figures(medians.collect())
}

fn show_figures(figures: &Figures, contenders: &[Contender]) {
    let columns = [
        Column::Bridge,
        Column::Cpython,
        Column::Uvloop,
        Column::PlainRust,
    ];
    let titles = ["bridge", "CPython", "uvloop", "plain Rust"];
    print!("{:<28}", "us per operation");
    titles.iter().for_each(|title| print!("{title:>15}"));
    println!();
    for (case, operation) in OPERATIONS {
        print!("{operation:<28}");
        for column in columns {
            let is_there = contenders.iter().any(|it| it.column == column);
            match figures.get(case, column) {
                Some(figure) => print!("{figure:>15.2}"),
                None if is_there => print!("{:>15}", ""),
                None => print!("{:>15}", "not installable"),
            }
        }
        println!();
    }
}

fn show_limits(figures: &Figures) {
    println!();
    println!(
        "{:<28}{:<32}{:>8}{:>9}{:>8}",
        "", "at most", "us", "is", "ratio"
    );
    for limit in &LIMITS {
        let operation = OPERATIONS.iter().find(|(case, _)| *case == limit.case);
        let operation = operation.map_or("", |(_, operation)| operation);
        print!("{operation:<28}{:<32}", limit.text);
        let bound = (limit.bound)(figures);
        match bound.zip(figures.get(limit.case, Column::Bridge)) {
            Some((bound, figure)) => {
                let met = if figure <= bound { "met" } else { "not met" };
                println!("{bound:>8.2}{figure:>9.2}{:>8.2}  {met}", figure / bound);
            }
            None => println!("  nothing to compare with"),
        }
    }
}
