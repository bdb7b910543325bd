//! The runtimes that are compared, each in processes of its own.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::peers::with_uvloop;
use crate::python::Python;

/// The script that every runtime of Python code runs.
const TIMED: &str = include_str!("timed.py");

/// One column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Bridge,
    Cpython,
    Uvloop,
    PlainRust,
}

/// How the figures of a column are come by.
pub(crate) struct Contender {
    pub(crate) column: Column,
    command: Vec<OsString>,
    event_loop: &'static str,
}

impl Contender {
    /// Those that can be measured here.
    pub(crate) fn all(python: Option<&Python>) -> Vec<Self> {
        let own = std::env::current_exe().expect("the path of this program");
        let mut all = vec![
            Self::script(Column::Bridge, &own, "asyncio"),
            Self {
                column: Column::PlainRust,
                command: vec![own.into(), "--plain".into()],
                event_loop: "none",
            },
        ];
        if let Some(python) = python {
            all.push(Self::script(Column::Cpython, &python.binary, "asyncio"));
            let uvloop = with_uvloop(python);
            all.extend(uvloop.map(|it| Self::script(Column::Uvloop, &it, "uvloop")));
        }
        all
    }

    fn script(column: Column, binary: &Path, event_loop: &'static str) -> Self {
        Self {
            column,
            command: vec![binary.into(), "-c".into(), TIMED.into()],
            event_loop,
        }
    }

    /// Whether there is such a case for it.
    pub(crate) fn has(&self, case: &str) -> bool {
        self.column != Column::PlainRust || case == "echo"
    }

    /// What one operation costs, in microseconds.
    pub(crate) fn measure(&self, case: &str, port: u16) -> f64 {
        let (program, args) = self.command.split_first().expect("a program");
        let mut command = Command::new(program);
        command
            .args(args)
            .args([case, &port.to_string(), self.event_loop]);
        crate::printed_numbers(&mut command)[0]
    }
}
