//! What Tauraro's modules cost, beside their peers and the limit that plain Rust sets, in one run.
//!
//! Every contender is a process of its own that runs on one core; so is the server, plain hyper,
//! on another core or, where a row says so, on the same. A B A B …, five rounds, medians; loopback
//! only. The peers are packages of CPython, which pip installs into a virtual environment among
//! the build products; without PyPI they are left out. Only ratios say something: the figures
//! move from machine to machine and from run to run.
//!
//! `cargo bench-compare --help` lists the options and the rows. A table to come is one more
//! [`section`], and its packages in [`peers`].

mod awaiting;
mod chart;
mod contender;
mod cost;
#[path = "../../runtime-bridge/benches/await_overhead/echo.rs"]
mod echo;
#[path = "../../runtime-bridge/benches/await_overhead/embedded.rs"]
mod embedded;
mod engine;
mod http;
mod httptools;
mod import;
mod limits;
mod measure;
mod memory;
#[path = "../../runtime-bridge/benches/await_overhead/operations.rs"]
mod operations;
mod options;
mod peers;
mod pinning;
mod plain;
mod process;
#[path = "../../runtime-bridge/benches/await_overhead/python.rs"]
mod python;
mod report;
mod results;
mod row;
mod section;
mod server;
mod starting;
mod table;
mod websocket;

use std::error::Error;
use std::process::ExitCode;

use contender::Contenders;
use cost::Cost;
use measure::{Measured, median};
use options::{Action, Options};
use peers::Peers;
use python::Python;
use report::circumstances;
use section::sections;

#[global_allocator]
static ALLOCATOR: tauraro::Allocator = tauraro::Allocator;

fn main() -> ExitCode {
    match options::parse() {
        Ok(Action::Compare(options)) => done(compare(&options)),
        Ok(Action::Render) => done(render()),
        Ok(Action::Help) => {
            let sections = sections();
            let rows: Vec<_> = sections.iter().flat_map(|it| &it.rows).collect();
            print!("{}", options::help(&rows));
            ExitCode::SUCCESS
        }
        Ok(Action::Serve { core }) => server::serve(core),
        Ok(Action::Plain(task)) if task.is_for_websocket() => {
            show(websocket::client::measure(&task))
        }
        Ok(Action::Engine(task)) if task.is_for_websocket() => {
            show(websocket::engine::measure(&task))
        }
        Ok(Action::Plain(task)) => show(plain::measure(&task)),
        Ok(Action::Engine(task)) => show(engine::measure(&task)),
        Ok(Action::Echo { upgrading }) => websocket::echo::serve(upgrading),
        Ok(Action::Load { task, pid }) => show(websocket::load::measure(&task, pid)),
        Ok(Action::EchoClient { port }) => show(Cost::of(
            echo::measure_plain(port).expect("the server answers"),
        )),
        Ok(Action::Embedded { arguments }) => run_embedded(&arguments),
        Err(error) => {
            eprintln!("{error}; see --help");
            ExitCode::FAILURE
        }
    }
}

/// A contender's answer to the process that started it.
fn show(cost: Cost) -> ExitCode {
    match cost.cpu {
        Some(cpu) => println!("{} {cpu}", cost.figure),
        None => println!("{}", cost.figure),
    }
    ExitCode::SUCCESS
}

/// As `-c SOURCE` of an interpreter.
fn run_embedded(arguments: &[String]) -> ExitCode {
    let mut argv = vec!["-c"];
    argv.extend(arguments.iter().map(String::as_str));
    let status = embedded::run(contender::AWAITING, &argv);
    ExitCode::from(u8::try_from(status).unwrap_or(1))
}

fn compare(options: &Options) -> Result<(), Box<dyn Error>> {
    let sections = sections();
    let rows = sections.iter().flat_map(|it| &it.rows);
    let contenders = set_up(options);
    let circumstances = circumstances::of(&contenders, options);
    table::show_heading(&circumstances);
    let mut measured: Vec<Measured<'_>> = Vec::new();
    for row in rows.filter(|row| options.wants(row)) {
        let result = measure::measure(row, &contenders, options);
        table::show(&result);
        measured.push(result);
    }
    table::show_summary(&measured);
    results::save(&circumstances, &measured)?;
    match options.write {
        true => report::write(&sections, &circumstances, &measured),
        false => Ok(()),
    }
}

/// Writes the page from the last run.
fn render() -> Result<(), Box<dyn Error>> {
    let sections = sections();
    let rows = sections.iter().flat_map(|it| &it.rows);
    let (circumstances, measured) = results::load(rows)?;
    report::write(&sections, &circumstances, &measured)
}

/// From here on this process and what it starts are on the client's core.
fn set_up(options: &Options) -> Contenders {
    let python = match &options.python {
        Some(path) => Python::behind(path),
        None => Python::find(),
    };
    let peers = python.as_ref().and_then(Peers::install);
    let cores = pinning::cores();
    pinning::pin_to(&[cores.client]);
    Contenders::new(python, peers, cores)
}

fn done(result: Result<(), Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
