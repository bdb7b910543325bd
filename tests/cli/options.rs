//! CPython's options and variables, and the messages about those that make no sense.

use crate::support::{BINARY, Folder, Outcome, finish, run_code};

fn with_variable(name: &str, value: &str, args: &[&str]) -> Outcome {
    let mut command = Folder::new().tauraro(args);
    command.env(name, value).current_dir("/");
    finish(command, "")
}

#[test]
fn the_version_names_both_versions() {
    for option in ["-V", "--version"] {
        let outcome = Folder::new().run([option]);
        let expected = format!("Tauraro {} (Python 3.14.0)", env!("CARGO_PKG_VERSION"));
        assert_eq!(outcome.output(), expected);
    }
    let verbose = Folder::new().run(["-VV"]);
    assert!(verbose.output().contains("RustPython"), "{verbose:?}");
}

#[test]
fn help_shows_the_usage() {
    for option in ["-h", "-?", "--help"] {
        let outcome = Folder::new().run([option]);
        assert!(
            outcome.output().starts_with("usage: tauraro"),
            "{outcome:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn messages_that_cannot_be_written_are_no_panic() {
    use std::process::Stdio;
    let full = || std::fs::File::options().write(true).open("/dev/full");
    for (args, status) in [
        (["--help"], 0),
        (["--version"], 0),
        (["-Z"], 2),
        (["none.py"], 2),
    ] {
        let mut command = Folder::new().tauraro(args);
        command.current_dir("/").stdin(Stdio::null());
        command
            .stdout(full().expect("Linux has it"))
            .stderr(full().expect("Linux has it"));
        let child = command.spawn().expect("the binary starts");
        assert_eq!(crate::support::wait(child).code(), Some(status), "{args:?}");
    }
}

#[test]
fn options_cluster_and_take_their_values_either_way() {
    let show = "import sys; print(sys.flags.dont_write_bytecode, sys.flags.isolated, \
                sys.warnoptions, sys._xoptions)";
    let folder = Folder::new();
    for (args, expected) in [
        (&["-uBc"][..], "1 0 [] {}"),
        (&["-Ic"], "0 1 [] {}"),
        (
            &["-Wignore", "-W", "once", "-c"],
            "0 0 ['ignore', 'once'] {}",
        ),
        (
            &["-Xutf8", "-X", "a=b", "-c"],
            "0 0 [] {'utf8': True, 'a': 'b'}",
        ),
        (&["-BWerror", "-c"], "1 0 ['error'] {}"),
    ] {
        let outcome = folder.run(args.iter().copied().chain([show]));
        assert_eq!(outcome.output(), expected, "{args:?}");
    }
}

#[test]
fn flags_reach_the_program() {
    let folder = Folder::new();
    for (option, flag, expected) in [
        ("-b", "bytes_warning", "1"),
        ("-bb", "bytes_warning", "2"),
        ("-d", "debug", "1"),
        ("-E", "ignore_environment", "1"),
        ("-I", "safe_path", "True"),
        ("-O", "optimize", "1"),
        ("-OO", "optimize", "2"),
        ("-P", "safe_path", "True"),
        ("-q", "quiet", "1"),
        ("-R", "hash_randomization", "1"),
        ("-s", "no_user_site", "1"),
        ("-S", "no_site", "1"),
        ("-Xdev", "dev_mode", "True"),
    ] {
        let code = format!("import sys; print(sys.flags.{flag})");
        assert_eq!(
            folder.run([option, "-c", &code]).output(),
            expected,
            "{option}"
        );
    }
}

#[test]
fn hash_based_pycs_can_be_always_checked() {
    let folder = Folder::new();
    let code = "import _imp; print(_imp.check_hash_based_pycs)";
    let outcome = folder.run(["--check-hash-based-pycs", "always", "-c", code]);
    assert_eq!(outcome.output(), "always");
}

#[test]
fn a_subprocess_can_be_given_the_same_flags() {
    let code = "import subprocess, sys\n\
                flags = subprocess._args_from_interpreter_flags()\n\
                show = 'import sys; print(sys.flags.optimize, sys.flags.isolated)'\n\
                subprocess.run([sys.executable, *flags, '-c', show], check=True)";
    assert_eq!(Folder::new().run(["-OO", "-I", "-c", code]).output(), "2 1");
}

#[test]
fn the_site_module_can_be_left_out() {
    let code = "import sys; print('site' in sys.modules)";
    assert_eq!(Folder::new().run(["-S", "-c", code]).output(), "False");
    assert_eq!(run_code(code).output(), "True");
}

#[test]
fn variables_have_the_effect_of_their_options() {
    for (name, value, expression, expected) in [
        ("PYTHONOPTIMIZE", "2", "sys.flags.optimize", "2"),
        ("PYTHONOPTIMIZE", "yes", "sys.flags.optimize", "1"),
        (
            "PYTHONDONTWRITEBYTECODE",
            "1",
            "sys.dont_write_bytecode",
            "True",
        ),
        ("PYTHONUNBUFFERED", "1", "sys.stdout.write_through", "True"),
        ("PYTHONSAFEPATH", "1", "sys.flags.safe_path", "True"),
        ("PYTHONNOUSERSITE", "1", "sys.flags.no_user_site", "1"),
        (
            "PYTHONWARNINGS",
            "error, once",
            "sys.warnoptions",
            "['error', 'once']",
        ),
        ("PYTHONDEVMODE", "1", "sys.flags.dev_mode", "True"),
        ("PYTHONHASHSEED", "7", "sys.flags.hash_randomization", "0"),
        (
            "PYTHONIOENCODING",
            "latin-1:replace",
            "sys.stdout.errors",
            "replace",
        ),
        (
            "PYTHONINTMAXSTRDIGITS",
            "700",
            "sys.get_int_max_str_digits()",
            "700",
        ),
        ("PYTHON_CPU_COUNT", "3", "__import__('os').cpu_count()", "3"),
    ] {
        let code = format!("import sys; print({expression})");
        let outcome = with_variable(name, value, &["-c", &code]);
        assert_eq!(outcome.output(), expected, "{name}={value}");
    }
}

#[test]
fn later_warning_filters_win() {
    let code = "import warnings; warnings.warn('careful'); print('went on')";
    let outcome = with_variable("PYTHONWARNINGS", "error", &["-Wignore", "-c", code]);
    assert_eq!(outcome.output(), "went on");
    let outcome = with_variable("PYTHONWARNINGS", "ignore", &["-Werror", "-c", code]);
    assert!(
        outcome.stderr.ends_with("UserWarning: careful\n"),
        "{outcome:?}"
    );
}

#[test]
fn hashes_repeat_with_a_seed() {
    let code = ["-c", "print(hash('tauraro'))"];
    let first = with_variable("PYTHONHASHSEED", "5", &code);
    let second = with_variable("PYTHONHASHSEED", "5", &code);
    assert_eq!(first.output(), second.output());
}

#[test]
fn wrong_command_lines_say_what_is_wrong_and_exit_with_2() {
    for (args, message) in [
        (&["-Z"][..], "tauraro: unknown option: -Z\n"),
        (&["-uZ"], "tauraro: unknown option: -Z\n"),
        (&["--frobnicate"], "tauraro: unknown option: --frobnicate\n"),
        (&["-c"], "tauraro: the -c option needs a value\n"),
        (&["-W"], "tauraro: the -W option needs a value\n"),
        (
            &["--version=2"],
            "tauraro: the --version option takes no value, but was given '2'\n",
        ),
        (&["run"], "tauraro: run needs a script to run\n"),
        (
            &["repl", "x.py"],
            "tauraro: repl takes options only, not 'x.py'\n",
        ),
    ] {
        let outcome = Folder::new().run(args);
        assert_eq!(outcome.code(), Some(2), "{args:?}");
        assert!(outcome.stderr.starts_with(message), "{outcome:?}");
        assert!(outcome.stderr.contains("\nusage: tauraro"), "{outcome:?}");
        assert_eq!(outcome.stdout, "");
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf8_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let argument = std::ffi::OsStr::from_bytes(b"caf\xe9");
    let outcome = Folder::new().run(["script.py".as_ref(), argument]);
    assert_eq!(outcome.code(), Some(2));
    assert!(
        outcome
            .stderr
            .starts_with("tauraro: argument 2 is not UTF-8"),
        "{outcome:?}"
    );
}

#[test]
fn a_variable_that_means_nothing_is_named() {
    for (name, value, message) in [
        (
            "PYTHONHASHSEED",
            "x",
            "must be 'random' or a number from 0 to 4294967295, not 'x'",
        ),
        ("PYTHONUTF8", "2", "must be 0 or 1, not '2'"),
        (
            "PYTHONINTMAXSTRDIGITS",
            "9",
            "must be 0, or a limit of 640 or more, not '9'",
        ),
        (
            "PYTHON_CPU_COUNT",
            "0",
            "must be 'default' or a number above 0, not '0'",
        ),
    ] {
        let outcome = with_variable(name, value, &["-c", "pass"]);
        assert_eq!(outcome.code(), Some(1), "{name}");
        assert_eq!(outcome.stderr, format!("tauraro: {name} {message}\n"));
    }
}

#[test]
fn the_program_knows_the_command_that_started_it() {
    let code = "import sys; print(sys.executable, sys.orig_argv[1:3], sep='|')";
    let outcome = Folder::new().run(["-q", "-c", code]);
    assert_eq!(outcome.output(), format!("{BINARY}|['-q', '-c']"));
}

#[cfg(unix)]
#[test]
fn the_command_finds_itself_under_any_name() {
    use std::os::unix::process::CommandExt as _;
    let mut command = Folder::new().tauraro(["-c", "import sys; print(sys.executable)"]);
    command.arg0("no-such-program").current_dir("/");
    assert_eq!(finish(command, "").output(), BINARY);
}
