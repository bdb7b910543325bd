//! What an `await` costs here, in CPython's asyncio, in uvloop and, for the echo, in plain Rust.
//!
//! Everything is pinned to one core, the echo server's process included: between two cores the
//! figures would be those of wake-ups across CPUs. The server is a thread of this process; every
//! client, the one in plain Rust too, is a process of its own. A B A B …, five rounds, medians.
//! Only the ratios say something: the figures move from machine to machine and from run to run.
//!
//! ```text
//! cargo bench --ignore-rust-version --bench await_overhead [-- OPTION]
//!     --python PATH           compare with this CPython, not with the python3 on the path
//!     --memory                whether the memory stays flat over ten million operations (Linux)
//!     --startup BINARY STOCK  how long a command takes to start, against the interpreter's own
//! ```

mod contender;
mod costs;
mod echo;
mod embedded;
mod memory;
mod operations;
mod peers;
mod python;
mod startup;

use std::process::{Command, ExitCode};

use python::Python;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // Cargo adds `--bench`.
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let args = args.strip_suffix(&["--bench"]).unwrap_or(&args);
    match args {
        ["-c", source, ..] => return run_script(source, args),
        ["--plain", _case, port, ..] => println!("{}", plain_echo(port)),
        [] => pinned(|| costs::show(Python::find().as_ref())),
        ["--python", path] => pinned(|| costs::show(Python::behind(path.as_ref()).as_ref())),
        ["--memory"] => pinned(memory::show),
        ["--startup", binary, stock] => pinned(|| startup::show(binary, stock)),
        _ => {
            eprintln!("unknown arguments: {args:?}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run_script(source: &str, args: &[&str]) -> ExitCode {
    // As in CPython, "-c" itself is the name of the script.
    let argv = [&args[..1], &args[2..]].concat();
    ExitCode::from(u8::try_from(embedded::run(source, &argv)).unwrap_or(1))
}

fn plain_echo(port: &str) -> f64 {
    let port = port.parse().expect("a port");
    echo::measure_plain(port).expect("the server answers")
}

/// Runs `show` with this process, and all that it starts, on the core where it is now.
#[cfg(target_os = "linux")]
fn pinned(show: impl FnOnce()) {
    // SAFETY: a zeroed set is an empty one, and the call only reads it.
    unsafe {
        let core = usize::try_from(libc::sched_getcpu()).unwrap_or(0);
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set);
    }
    show();
}

#[cfg(not(target_os = "linux"))]
fn pinned(show: impl FnOnce()) {
    show();
}

/// The numbers that a process prints.
///
/// # Panics
///
/// When it fails: there is nothing to compare then.
fn printed_numbers(command: &mut Command) -> Vec<f64> {
    let output = command.output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers = text.split_whitespace().map(str::parse);
    numbers
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error}: {text}{errors}"))
}

/// The middle one; the figures are sorted by this.
fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
