//! What a program can import, and from where.

use crate::support::{Folder, run_code};

#[test]
fn modules_beside_the_script_are_found_from_anywhere() {
    let folder = Folder::new();
    let script = folder.write("app/main.py", "import helper; print(helper.NAME)");
    folder.write("app/helper.py", "NAME = 'beside'");
    assert_eq!(folder.run([script]).output(), "beside");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_script_imports_from_beside_the_script_itself() {
    let folder = Folder::new();
    let script = folder.write("app/main.py", "import helper; print(helper.NAME)");
    folder.write("app/helper.py", "NAME = 'behind the link'");
    let link = folder.path().join("link.py");
    std::os::unix::fs::symlink(script, &link).expect("the link can be made");
    assert_eq!(folder.run([link]).output(), "behind the link");
}

#[test]
fn tr_files_are_scripts_modules_and_packages() {
    let folder = Folder::new();
    folder.write(
        "main.tr",
        "import helper, package.part; print(helper.NAME, package.part.NAME)",
    );
    folder.write("helper.tr", "NAME = 'module'");
    folder.write("package/__init__.tr", "");
    folder.write("package/part.tr", "NAME = 'part'");
    assert_eq!(folder.run(["main.tr"]).output(), "module part");
    assert_eq!(folder.run(["-m", "main"]).output(), "module part");
}

#[test]
fn a_py_module_wins_over_a_tr_module_of_the_same_name() {
    let folder = Folder::new();
    folder.write("both.py", "SUFFIX = '.py'");
    folder.write("both.tr", "SUFFIX = '.tr'");
    assert_eq!(
        folder
            .run(["-c", "import both; print(both.SUFFIX)"])
            .output(),
        ".py"
    );
}

#[test]
fn safe_path_and_isolation_keep_the_scripts_folder_out() {
    let folder = Folder::new();
    folder.write("main.py", "import helper");
    folder.write("helper.py", "");
    folder.run(["main.py"]).output();
    for option in ["-P", "-I"] {
        let outcome = folder.run([option, "main.py"]);
        assert!(
            outcome.stderr.contains("No module named 'helper'"),
            "{outcome:?}"
        );
    }
}

#[test]
fn pythonpath_is_searched_unless_the_environment_is_ignored() {
    let folder = Folder::new();
    folder.write("elsewhere/helper.py", "print('found')");
    let run = |args: &[&str]| {
        let mut command = folder.tauraro(args);
        command.env("PYTHONPATH", folder.path().join("elsewhere"));
        crate::support::finish(command, "")
    };
    assert_eq!(run(&["-c", "import helper"]).output(), "found");
    assert_eq!(run(&["-E", "-c", "import helper"]).code(), Some(1));
}

#[test]
fn the_standard_library_needs_nothing_installed() {
    let outcome = run_code(
        "import sqlite3, ssl, json, zlib, hashlib, ctypes, decimal, lzma, bz2\n\
         print(sqlite3.connect(':memory:').execute('select 6 * 7').fetchone()[0])\n\
         print(type(ssl.create_default_context()).__name__)",
    );
    assert_eq!(outcome.output(), "42\nSSLContext");
}

#[cfg(unix)]
#[test]
fn time_zones_are_looked_for_where_the_system_keeps_them() {
    let outcome = run_code("import zoneinfo; print('/usr/share/zoneinfo' in zoneinfo.TZPATH)");
    assert_eq!(outcome.output(), "True");
}
