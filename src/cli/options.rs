//! The command line: CPython's options, clustered as CPython clusters them, and the words
//! `run` and `repl`.
//!
//! pip, venv, multiprocessing and subprocess-based tools start `sys.executable` again with
//! these options, so every one that CPython takes is taken here too, even where it changes nothing.

use super::refusal::Refusal;
use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt;
use rustpython_vm::vm::CheckHashPycsMode;

/// What the command line asks for.
#[derive(Debug)]
pub(super) enum Request {
    /// Print the help text.
    Help,
    /// Print the version; `verbose` (`-VV`) adds how the interpreter was built.
    Version { verbose: bool },
    /// Run a program.
    Run(Command),
}

/// A program to run, and how.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) flags: Flags,
    pub(super) program: Program,
    /// `sys.argv`.
    pub(super) argv: Vec<String>,
}

/// Where the program comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Program {
    /// A file, or a directory or zip file with a `__main__` module.
    Script(String),
    /// The text after `-c`.
    Code(String),
    /// The module after `-m`.
    Module(String),
    /// Standard input: read as a program, or the interactive prompt if it is a terminal.
    Stdin,
    /// The interactive prompt, whatever standard input is.
    Repl,
}

/// The options that come before the program, as given.
#[derive(Debug, Default, Clone)]
pub(super) struct Flags {
    /// `-b`, counted.
    pub(super) bytes_warning: u8,
    /// `-B`
    pub(super) dont_write_bytecode: bool,
    /// `-d`, counted.
    pub(super) debug: u8,
    /// `-E`
    pub(super) ignore_environment: bool,
    /// `-i`
    pub(super) inspect: bool,
    /// `-I`
    pub(super) isolated: bool,
    /// `-O`, counted.
    pub(super) optimize: u8,
    /// `-P`
    pub(super) safe_path: bool,
    /// `-q`
    pub(super) quiet: bool,
    /// `-R`: PYTHONHASHSEED is not looked at.
    pub(super) random_hash_seed: bool,
    /// `-s`
    pub(super) no_user_site: bool,
    /// `-S`
    pub(super) no_site: bool,
    /// `-u`
    pub(super) unbuffered: bool,
    /// `-v`, counted.
    pub(super) verbose: u8,
    /// `-x`
    pub(super) skip_first_line: bool,
    /// `-W`, in order.
    pub(super) warnings: Vec<String>,
    /// `-X`, in order.
    pub(super) implementation: Vec<String>,
    /// `--check-hash-based-pycs`
    pub(super) check_hash_based_pycs: CheckHashPycsMode,
}

impl Flags {
    /// Sets the flag of an option that takes no value; false if there is no such option.
    fn set(&mut self, option: char) -> bool {
        match option {
            'b' => self.bytes_warning = self.bytes_warning.saturating_add(1),
            'B' => self.dont_write_bytecode = true,
            'd' => self.debug = self.debug.saturating_add(1),
            'E' => self.ignore_environment = true,
            'i' => self.inspect = true,
            'I' => self.isolated = true,
            'O' => self.optimize = self.optimize.saturating_add(1),
            'P' => self.safe_path = true,
            'q' => self.quiet = true,
            'R' => self.random_hash_seed = true,
            's' => self.no_user_site = true,
            'S' => self.no_site = true,
            'u' => self.unbuffered = true,
            'v' => self.verbose = self.verbose.saturating_add(1),
            'x' => self.skip_first_line = true,
            _ => return false,
        }
        true
    }
}

/// Reads the command line. `args` are what follows the command's own name. `as_python` leaves
/// out the words `run` and `repl`: a virtual environment's `python` takes CPython's command line
/// and nothing else.
///
/// # Errors
/// An option that does not exist, or one without its value: [`Refusal::Usage`].
pub(super) fn parse(args: Vec<String>, as_python: bool) -> Result<Request, Refusal> {
    Parse {
        parser: lexopt::Parser::from_args(args),
        flags: Flags::default(),
        version: 0,
        word: None,
        as_python,
    }
    .request()
}

/// A word of ours before the script.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Run,
    Repl,
}

struct Parse {
    parser: lexopt::Parser,
    flags: Flags,
    /// How often `-V` or `--version` was given.
    version: u8,
    word: Option<Word>,
    as_python: bool,
}

impl Parse {
    fn request(mut self) -> Result<Request, Refusal> {
        while let Some(arg) = self.parser.next()? {
            let program = match arg {
                Short('h' | '?') | Long("help" | "help-all" | "help-env" | "help-xoptions") => {
                    return Ok(Request::Help);
                }
                Short(option) => {
                    if self.flags.set(option) {
                        continue;
                    }
                    self.short(option)?
                }
                Long(option) => {
                    let option = option.to_owned();
                    self.long(&option)?
                }
                Value(value) => {
                    let value = value.string()?;
                    self.positional(value)
                }
            };
            if let Some((program, argv0)) = program {
                return self.run(program, argv0);
            }
        }
        self.without_script()
    }

    /// `-c` and `-m` end the options, and so name the program; the others go on.
    fn short(&mut self, option: char) -> Result<Option<(Program, String)>, Refusal> {
        match option {
            'c' => {
                let code = self.value()?;
                return Ok(Some((Program::Code(code), "-c".to_owned())));
            }
            'm' => {
                let module = self.value()?;
                return Ok(Some((Program::Module(module), "-m".to_owned())));
            }
            'W' => {
                let filter = self.value()?;
                self.flags.warnings.push(filter);
            }
            'X' => {
                let option = self.value()?;
                self.flags.implementation.push(option);
            }
            'V' => self.version = self.version.saturating_add(1),
            _ => return Err(Refusal::unknown_option(&format!("-{option}"))),
        }
        Ok(None)
    }

    fn long(&mut self, option: &str) -> Result<Option<(Program, String)>, Refusal> {
        match option {
            "version" => self.version = self.version.saturating_add(1),
            "check-hash-based-pycs" => {
                let mode = self.value()?;
                self.flags.check_hash_based_pycs = mode.parse().map_err(|_| {
                    Refusal::Usage(format!(
                        "--check-hash-based-pycs must be one of 'default', 'always' or 'never', \
                         not '{mode}'"
                    ))
                })?;
            }
            _ => return Err(Refusal::unknown_option(&format!("--{option}"))),
        }
        Ok(None)
    }

    fn positional(&mut self, value: String) -> Option<(Program, String)> {
        if self.word.is_none() && !self.as_python {
            match value.as_str() {
                "run" => {
                    self.word = Some(Word::Run);
                    return None;
                }
                "repl" => {
                    self.word = Some(Word::Repl);
                    return None;
                }
                _ => {}
            }
        }
        let program = match value.as_str() {
            "-" => Program::Stdin,
            _ => Program::Script(value.clone()),
        };
        Some((program, value))
    }

    fn value(&mut self) -> Result<String, Refusal> {
        let value = self.parser.value()?;
        Ok(value.string()?)
    }

    /// Everything after the program is the program's own.
    fn run(mut self, program: Program, argv0: String) -> Result<Request, Refusal> {
        if self.word == Some(Word::Repl) {
            return Err(Refusal::Usage(format!(
                "repl takes options only, not '{argv0}'"
            )));
        }
        if self.version > 0 {
            return Ok(self.version_request());
        }
        let mut argv = vec![argv0];
        for arg in self.parser.raw_args()? {
            argv.push(arg.string()?);
        }
        Ok(Request::Run(Command {
            flags: self.flags,
            program,
            argv,
        }))
    }

    fn without_script(self) -> Result<Request, Refusal> {
        if self.version > 0 {
            return Ok(self.version_request());
        }
        let program = match self.word {
            Some(Word::Run) => {
                return Err(Refusal::Usage("run needs a script to run".to_owned()));
            }
            Some(Word::Repl) => Program::Repl,
            None => Program::Stdin,
        };
        Ok(Request::Run(Command {
            flags: self.flags,
            program,
            argv: vec![String::new()],
        }))
    }

    fn version_request(&self) -> Request {
        Request::Version {
            verbose: self.version > 1,
        }
    }
}
