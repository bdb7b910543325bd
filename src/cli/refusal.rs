//! Why the command did not start the interpreter.

use std::io::Write as _;
use std::process::ExitCode;

/// A command line or an environment that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The command line is wrong: exit status 2, as CPython's, with the usage.
    Usage(String),
    /// An `-X` option or a PYTHON* variable has a value that means nothing: exit status 1, as CPython's.
    Setting(String),
}

const USAGE: &str = "usage: tauraro [run] [option] ... [-c code | -m module | script | -] [arg] ...
Try 'tauraro --help' for more.";

impl Refusal {
    pub(super) fn unknown_option(option: &str) -> Self {
        Self::Usage(format!("unknown option: {option}"))
    }

    /// Says it on standard error, and gives the exit status that goes with it.
    pub(super) fn report(&self) -> ExitCode {
        let mut stderr = std::io::stderr();
        // If even standard error is gone, the exit status has to do.
        let _ = match self {
            Self::Usage(message) => writeln!(stderr, "tauraro: {message}\n{USAGE}"),
            Self::Setting(message) => writeln!(stderr, "tauraro: {message}"),
        };
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Setting(_) => ExitCode::FAILURE,
        }
    }
}

impl From<lexopt::Error> for Refusal {
    fn from(error: lexopt::Error) -> Self {
        use lexopt::Error::{
            Custom, MissingValue, NonUnicodeValue, ParsingFailed, UnexpectedArgument,
            UnexpectedOption, UnexpectedValue,
        };
        match error {
            MissingValue {
                option: Some(option),
            } => Self::Usage(format!("the {option} option needs a value")),
            MissingValue { option: None } => Self::Usage("a value is missing".to_owned()),
            UnexpectedOption(option) => Self::unknown_option(&option),
            UnexpectedValue { option, value } => Self::Usage(format!(
                "the {option} option takes no value, but was given '{}'",
                value.display()
            )),
            UnexpectedArgument(value) | NonUnicodeValue(value) => {
                Self::Usage(format!("unexpected argument: '{}'", value.display()))
            }
            ParsingFailed { value, error } => {
                Self::Usage(format!("cannot understand '{value}': {error}"))
            }
            Custom(error) => Self::Usage(error.to_string()),
        }
    }
}
