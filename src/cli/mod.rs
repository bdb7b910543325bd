//! The `tauraro` command: reads the command line and the environment, runs the program, and ends
//! as CPython would.

mod ending;
mod environment;
mod options;
mod program;
mod refusal;
mod repl;
mod run;
mod settings;

use options::{Command, Request};
use refusal::Refusal;
use rustpython_vm::version;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Runs the command with this process's arguments, and gives its exit status.
///
/// Does not return when the program ends in a KeyboardInterrupt that nobody caught: the process
/// then dies of SIGINT, so that a calling shell knows.
#[must_use]
pub fn main() -> ExitCode {
    match follow() {
        Ok(status) => status,
        Err(refusal) => refusal.report(),
    }
}

fn follow() -> Result<ExitCode, Refusal> {
    let mut args = arguments()?.into_iter();
    let name = args.next().unwrap_or_default();
    let as_python = is_python(&name);
    match options::parse(args.collect(), as_python)? {
        Request::Help => say(include_str!("help.txt")),
        Request::Version { verbose } => say(&version_text(as_python, verbose)),
        Request::Run(command) => return run(command),
    }
    Ok(ExitCode::SUCCESS)
}

fn run(command: Command) -> Result<ExitCode, Refusal> {
    let skip_first_line = command.flags.skip_first_line;
    let settings = settings::settings(command.flags, command.argv)?;
    let interpreter = crate::build(repl::register(crate::builder(settings)));
    let outcome = interpreter.enter(|vm| run::run(vm, &command.program, skip_first_line));
    Ok(ending::end(interpreter, outcome))
}

/// The process's arguments. The interpreter reads them again, for `sys.orig_argv`, and panics on
/// one that is not UTF-8; so it never gets that far.
fn arguments() -> Result<Vec<String>, Refusal> {
    std::env::args_os()
        .enumerate()
        .map(|(index, arg)| {
            arg.into_string().map_err(|arg| {
                Refusal::Usage(format!(
                    "argument {index} is not UTF-8: '{}'",
                    arg.display()
                ))
            })
        })
        .collect()
}

/// Whether the command was started as `python`, as in a virtual environment.
fn is_python(name: &str) -> bool {
    let name = Path::new(name).file_name().and_then(OsStr::to_str);
    name.is_some_and(|name| name.starts_with("python"))
}

/// What `-V` prints. Tools that start a `python` read its version from the first line. `-VV` adds
/// `sys.version`: the interpreter and the compiler that built it.
fn version_text(as_python: bool, verbose: bool) -> String {
    let python = format!("{}.{}.{}", version::MAJOR, version::MINOR, version::MICRO);
    let build = version::RUSTPYTHON_VERSION.replace('\n', " ");
    match (as_python, verbose) {
        (true, false) => format!("Python {python}\n"),
        (true, true) => format!("Python {build}\n"),
        (false, false) => format!("Tauraro {} (Python {python})\n", crate::VERSION),
        (false, true) => format!(
            "Tauraro {} (Python {python})\nPython {build}\n",
            crate::VERSION
        ),
    }
}

/// `print!` would panic where nobody reads any more, as in `tauraro --help | head -1`.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
