//! The interactive prompt, as it is without a terminal.

use crate::support::{Folder, finish};

fn prompt(args: &[&str], input: &str) -> crate::support::Outcome {
    let folder = Folder::new();
    folder.write("script.py", "value = 5; print('ran')");
    finish(folder.tauraro(args), input)
}

#[test]
fn statements_run_and_values_are_shown() {
    let outcome = prompt(
        &["repl"],
        "for i in range(2):\n  print('i', i)\n\n'a' + 'b'\n",
    );
    assert!(outcome.output().contains("i 0\ni 1\n"), "{outcome:?}");
    assert!(outcome.output().contains("'ab'\n"), "{outcome:?}");
    assert!(outcome.stderr.starts_with("Tauraro "), "{outcome:?}");
}

#[test]
fn await_works_at_the_top_level_on_one_event_loop() {
    let input = "import asyncio\n\
                 loop = await asyncio.sleep(0, asyncio.get_running_loop())\n\
                 await asyncio.sleep(0.01, 'slept')\n\
                 async def same(): return asyncio.get_running_loop() is loop\n\n\
                 await same()\n";
    let outcome = prompt(&["repl", "-q"], input);
    assert!(outcome.output().contains("'slept'\n"), "{outcome:?}");
    assert!(outcome.output().contains("True\n"), "{outcome:?}");
    assert_eq!(outcome.stderr, "\n");
}

#[test]
fn an_exception_does_not_end_the_prompt() {
    let outcome = prompt(&["repl"], "1/0\n'still here'\n");
    assert!(outcome.stderr.contains("ZeroDivisionError"), "{outcome:?}");
    assert!(outcome.output().contains("'still here'"), "{outcome:?}");
}

#[test]
fn exit_gives_the_status() {
    assert_eq!(prompt(&["repl"], "exit(3)\n").code(), Some(3));
    assert_eq!(prompt(&["-i"], "raise SystemExit(4)\n").code(), Some(4));
}

#[test]
fn a_script_can_be_followed_by_the_prompt_in_its_namespace() {
    let outcome = prompt(&["-i", "script.py"], "value + 1\n");
    assert!(outcome.output().starts_with("ran\n"), "{outcome:?}");
    assert!(outcome.output().contains("6\n"), "{outcome:?}");
}

#[test]
fn the_startup_file_runs_first() {
    let folder = Folder::new();
    let startup = folder.write("startup.py", "greeting = 'from the startup file'");
    let mut command = folder.tauraro(["repl"]);
    command.env("PYTHONSTARTUP", startup);
    let outcome = finish(command, "greeting\n");
    assert!(
        outcome.output().contains("'from the startup file'"),
        "{outcome:?}"
    );
}
