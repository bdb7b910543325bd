//! Parts of the standard library that start `sys.executable` again.

use crate::support::{Folder, finish};
use std::path::Path;

const POOL: &str = "\
import multiprocessing, sys

def square(x):
    return x * x

if __name__ == '__main__':
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        print(pool.map(square, range(5)))
";

#[test]
fn multiprocessing_spawns() {
    let folder = Folder::new();
    folder.write("pool.py", POOL);
    assert_eq!(
        folder.run(["pool.py", "spawn"]).output(),
        "[0, 1, 4, 9, 16]"
    );
}

#[cfg(unix)]
#[test]
fn multiprocessing_forks_and_has_a_fork_server() {
    let folder = Folder::new();
    folder.write("pool.py", POOL);
    for method in ["fork", "forkserver"] {
        assert_eq!(
            folder.run(["pool.py", method]).output(),
            "[0, 1, 4, 9, 16]",
            "{method}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_virtual_environments_python_knows_where_it_is() {
    let folder = Folder::new();
    folder.run(["-m", "venv", "--without-pip", "env"]).output();
    let python = folder.path().join("env/bin/python");
    let prefix = "import sys; print(sys.prefix, sys.prefix != sys.base_prefix)";
    assert_eq!(
        finish(folder.program(&python, ["-c", prefix]), "").output(),
        format!("{} True", folder.path().join("env").display())
    );
}

#[cfg(unix)]
#[test]
fn a_virtual_environment_can_make_another() {
    let folder = Folder::new();
    folder.run(["-m", "venv", "--without-pip", "one"]).output();
    let one = folder.path().join("one/bin/python");
    finish(
        folder.program(&one, ["-m", "venv", "--without-pip", "two"]),
        "",
    )
    .output();
    let two = folder.path().join("two/bin/python");
    assert_eq!(
        finish(folder.program(&two, ["-c", "print(2)"]), "").output(),
        "2"
    );
}

#[cfg(unix)]
#[test]
fn as_python_the_command_is_cpythons_own() {
    let folder = Folder::new();
    let python = folder.path().join("python3");
    std::os::unix::fs::symlink(Path::new(crate::support::BINARY), &python).expect("a link");
    folder.write("run", "print('a file named run')");
    let version = finish(folder.program(&python, ["--version"]), "");
    assert_eq!(version.output(), "Python 3.14.0");
    assert_eq!(
        finish(folder.program(&python, ["run"]), "").output(),
        "a file named run"
    );
}
