//! Exit statuses, tracebacks, and what still happens when a program has ended.

use crate::support::{Folder, run_code};

#[test]
fn system_exit_gives_the_status() {
    for (code, status) in [
        ("raise SystemExit", 0),
        ("raise SystemExit(None)", 0),
        ("raise SystemExit(3)", 3),
        ("raise SystemExit(-1)", 255),
        ("raise SystemExit(256)", 0),
        ("raise SystemExit(True)", 1),
        ("import sys; sys.exit(4)", 4),
    ] {
        let outcome = run_code(code);
        assert_eq!(outcome.code(), Some(status), "{code}");
        assert_eq!(outcome.stderr, "", "{code}");
    }
}

#[test]
fn system_exit_with_text_prints_it_and_fails() {
    let outcome = run_code("print('out'); raise SystemExit('why')");
    assert_eq!(outcome.code(), Some(1));
    assert_eq!(
        (outcome.stdout.as_str(), outcome.stderr.as_str()),
        ("out\n", "why\n")
    );
}

#[test]
fn an_unhandled_exception_prints_its_traceback_and_fails() {
    let folder = Folder::new();
    let script = folder.write("fails.py", "def f():\n    1 / 0\n\nf()\n");
    let outcome = folder.run(["fails.py"]);
    let expected = format!(
        "Traceback (most recent call last):\n\
         \x20 File \"{0}\", line 4, in <module>\n    f()\n    ~^^\n\
         \x20 File \"{0}\", line 2, in f\n    1 / 0\n    ~~^~~\n\
         ZeroDivisionError: division by zero\n",
        script.display()
    );
    assert_eq!(outcome.code(), Some(1));
    assert_eq!(outcome.stderr, expected);
}

#[test]
fn a_syntax_error_shows_the_line() {
    let folder = Folder::new();
    let script = folder.write("broken.py", "x = 1\ny = (\n");
    let outcome = folder.run(["broken.py"]);
    let expected = format!("  File \"{}\", line 2\n    y = (\n", script.display());
    assert_eq!(outcome.code(), Some(1));
    assert!(outcome.stderr.starts_with(&expected), "{outcome:?}");
    assert!(
        outcome.stderr.contains("SyntaxError: '(' was never closed"),
        "{outcome:?}"
    );
}

#[test]
fn endless_recursion_is_an_exception() {
    let outcome = run_code("def f(): f()\nf()");
    assert_eq!(outcome.code(), Some(1));
    assert!(outcome.stderr.contains("RecursionError"), "{outcome:?}");
}

#[test]
fn threads_are_joined_and_exit_handlers_run() {
    let outcome = run_code(
        "import atexit, threading\n\
         go = threading.Event()\n\
         atexit.register(print, 'exit handler')\n\
         threading.Thread(target=lambda: (go.wait(), print('thread'))).start()\n\
         threading.Timer(0.05, go.set).start()\n\
         print('main')",
    );
    assert_eq!(outcome.output(), "main\nthread\nexit handler");
}

#[test]
fn an_exit_handler_may_be_the_first_to_import_threading() {
    let outcome = run_code(
        "import atexit\n\
         def handler():\n    import threading; print(threading.current_thread().name)\n\
         atexit.register(handler)",
    );
    assert_eq!(outcome.output(), "MainThread");
}

#[test]
fn output_comes_before_the_traceback_in_one_stream() {
    let folder = Folder::new();
    let code = "import sys, os; os.dup2(1, 2); print('first'); raise ValueError('second')";
    let outcome = folder.run(["-c", code]);
    assert!(
        outcome.stdout.starts_with("first\nTraceback"),
        "{outcome:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_flushed_gives_status_120() {
    use std::fs::File;
    use std::process::Stdio;
    let full = File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    let mut command = Folder::new().tauraro(["-c", "print('lost')"]);
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(full)
        .stderr(Stdio::piped());
    let outcome = crate::support::wait(command.spawn().expect("the binary starts"));
    assert_eq!(outcome.code(), Some(120));
    assert!(
        outcome.stderr.contains("No space left on device"),
        "{outcome:?}"
    );
}

#[cfg(unix)]
mod unix {
    use crate::support::{Folder, Outcome, run_code, wait};
    use std::io::{BufRead as _, BufReader};
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Stdio;

    /// Waits for the signal. In slices: one that comes between the interpreter's last look at
    /// signals and the system call of a sleep is seen after that sleep only, as in CPython.
    const WAIT: &str = "for _ in range(6000): time.sleep(0.1)";

    /// Starts `code`, which prints a line when it is ready to be interrupted, and interrupts it.
    fn interrupt(code: &str) -> Outcome {
        let folder = Folder::new();
        let mut command = folder.tauraro(["-uc", code]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the program is ready");
        // SAFETY: takes plain numbers; the child was not waited for, so the number is still its own.
        unsafe { libc::kill(child.id().cast_signed(), libc::SIGINT) };
        let mut outcome = wait(child);
        std::io::Read::read_to_string(&mut stdout, &mut outcome.stdout).expect("the rest");
        outcome
    }

    #[test]
    fn an_interrupt_that_nobody_catches_kills_by_the_signal() {
        let outcome = interrupt(&format!("import time\nprint('ready')\n{WAIT}"));
        assert_eq!(outcome.status.signal(), Some(libc::SIGINT), "{outcome:?}");
        assert!(
            outcome
                .stderr
                .starts_with("Traceback (most recent call last)")
        );
        assert!(
            outcome.stderr.ends_with("KeyboardInterrupt\n"),
            "{outcome:?}"
        );
    }

    #[test]
    fn exit_handlers_run_before_the_signal_kills() {
        let outcome = interrupt(&format!(
            "import atexit, time\n\
             atexit.register(print, 'tidied up')\n\
             print('ready')\n{WAIT}"
        ));
        assert_eq!(outcome.status.signal(), Some(libc::SIGINT), "{outcome:?}");
        assert_eq!(outcome.stdout, "tidied up\n");
    }

    #[test]
    fn an_interrupt_can_be_caught() {
        let outcome = interrupt(&format!(
            "import time\n\
             try:\n    print('ready')\n    {WAIT}\n\
             except KeyboardInterrupt:\n    print('caught')"
        ));
        assert_eq!(outcome.code(), Some(0), "{outcome:?}");
        assert_eq!(outcome.stdout, "caught\n");
    }

    #[test]
    fn a_raised_interrupt_ends_the_same_way() {
        let outcome = run_code("raise KeyboardInterrupt");
        assert_eq!(outcome.status.signal(), Some(libc::SIGINT), "{outcome:?}");
    }
}
