//! The ways to name a program, and what it sees of itself.

use crate::support::{Folder, finish};

/// Prints what a program knows of where it came from.
const WHO: &str =
    "import sys\nprint(__name__, globals().get('__file__'), sys.argv, sys.path[0], sep='|')\n";

#[test]
fn run_takes_a_script_and_leaves_it_every_argument_after() {
    let folder = Folder::new();
    let script = folder.write("who.py", WHO);
    let expected = format!(
        "__main__|{}|['who.py', '-x', '--version', 'y']|{}",
        script.display(),
        folder.path().display()
    );
    let outcome = folder.run(["run", "who.py", "-x", "--version", "y"]);
    assert_eq!(outcome.output(), expected);
}

#[test]
fn run_may_be_left_out() {
    let folder = Folder::new();
    folder.write("who.py", WHO);
    let with = folder.run(["run", "who.py", "a"]);
    let without = folder.run(["who.py", "a"]);
    assert_eq!(with.output(), without.output());
}

#[test]
fn options_may_stand_on_either_side_of_run() {
    let folder = Folder::new();
    folder.write(
        "flags.py",
        "import sys; print(sys.flags.optimize, sys.flags.quiet)",
    );
    assert_eq!(folder.run(["-O", "run", "-q", "flags.py"]).output(), "1 1");
}

#[test]
fn a_file_named_run_or_repl_is_run_by_its_path() {
    let folder = Folder::new();
    folder.write("run", "print('a file named run')");
    folder.write("repl", "print('a file named repl')");
    assert_eq!(folder.run(["./run"]).output(), "a file named run");
    assert_eq!(folder.run(["run", "run"]).output(), "a file named run");
    assert_eq!(folder.run(["run", "repl"]).output(), "a file named repl");
}

#[test]
fn code_from_the_command_line_sees_its_arguments() {
    let folder = Folder::new();
    let outcome = folder.run(["-c", WHO, "-1", "b"]);
    assert_eq!(outcome.output(), "__main__|None|['-c', '-1', 'b']|");
}

#[test]
fn code_may_be_indented_as_a_whole() {
    let outcome = Folder::new().run([
        "-c",
        "\n    if True:\n        print('in')\n    print('out')",
    ]);
    assert_eq!(outcome.output(), "in\nout");
}

#[test]
fn a_module_is_found_in_the_working_directory() {
    let folder = Folder::new();
    let module = folder.write("who.py", WHO);
    let (module, path) = (module.display(), folder.path());
    assert_eq!(
        folder.run(["-m", "who", "a"]).output(),
        format!("__main__|{module}|['{module}', 'a']|{}", path.display())
    );
}

#[test]
fn a_dash_reads_the_program_from_standard_input() {
    let outcome = finish(Folder::new().tauraro(["-", "a"]), WHO);
    assert_eq!(outcome.output(), "__main__|<stdin>|['-', 'a']|");
}

#[test]
fn without_arguments_a_pipe_is_the_program() {
    let outcome = finish(Folder::new().tauraro([""; 0]), WHO);
    assert_eq!(outcome.output(), "__main__|<stdin>|['']|");
}

#[test]
fn a_directory_with_a_main_module_runs() {
    let folder = Folder::new();
    let main = folder.write("app/__main__.py", WHO);
    let app = folder.path().join("app");
    assert_eq!(
        folder.run(["app", "a"]).output(),
        format!("__main__|{}|['app', 'a']|{}", main.display(), app.display())
    );
}

#[test]
fn a_zip_file_with_a_main_module_runs() {
    let folder = Folder::new();
    folder.write("app/__main__.py", "import part; print('from', part.NAME)");
    folder.write("app/part.py", "NAME = 'the zip'");
    folder
        .run(["-m", "zipapp", "app", "-o", "app.pyz"])
        .output();
    assert_eq!(folder.run(["app.pyz"]).output(), "from the zip");
}

#[test]
fn a_directory_without_a_main_module_is_an_error() {
    let folder = Folder::new();
    folder.write("empty/note.txt", "");
    let outcome = folder.run(["empty"]);
    assert_eq!(outcome.code(), Some(1));
    assert!(
        outcome.stderr.contains("can't find '__main__' module in"),
        "{outcome:?}"
    );
}

#[test]
fn a_missing_script_is_named_in_full() {
    let folder = Folder::new();
    let outcome = folder.run(["missing.py"]);
    let path = folder.path().join("missing.py");
    let expected = format!(
        "can't open file '{}': [Errno 2] No such file or directory",
        path.display()
    );
    assert_eq!(outcome.code(), Some(2));
    assert!(outcome.stderr.contains(&expected), "{outcome:?}");
}

#[test]
fn a_compiled_file_runs() {
    let folder = Folder::new();
    folder.write("who.py", "print('compiled', __name__)");
    folder
        .run(["-m", "compileall", "-q", "-b", "who.py"])
        .output();
    assert_eq!(folder.run(["who.pyc"]).output(), "compiled __main__");
}

#[test]
fn the_first_line_can_be_skipped_and_still_counts() {
    let folder = Folder::new();
    folder.write("odd.py", "@echo off ??\nprint('ran')\n1/0\n");
    let outcome = folder.run(["-x", "odd.py"]);
    assert_eq!(outcome.stdout, "ran\n");
    assert!(outcome.stderr.contains("odd.py\", line 3"), "{outcome:?}");
}

#[test]
fn source_encodings_are_honoured() {
    let folder = Folder::new();
    folder.write("latin.py", b"# coding: latin-1\nprint('\xe9')\n");
    folder.write("mark.py", b"\xef\xbb\xbfprint('marked')\n");
    assert_eq!(folder.run(["latin.py"]).output(), "é");
    assert_eq!(folder.run(["mark.py"]).output(), "marked");
}
