//! Runs every `tests/scripts/**/test_*.py` with the built command, each as a test of its own.
//!
//! Such a script is a `unittest` file that ends with `unittest.main()`. It finds the servers
//! through environment variables (see `support/environment.rs`). Every script has servers of its
//! own, so that the counters it reads are not another script's.

mod support;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

use support::environment::Servers;
use support::tauraro::Tauraro;
use support::tls::Authority;

/// A script that is not done by then hangs.
const HANG_GUARD: Duration = Duration::from_secs(180);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let authority = Arc::new(Authority::new());
    let trials = test_files(&root)
        .into_iter()
        .map(|path| trial(&root, path, Arc::clone(&authority)))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(root: &Path, path: PathBuf, authority: Arc<Authority>) -> Trial {
    let name = path.strip_prefix(root).unwrap_or(&path).with_extension("");
    Trial::test(name.to_string_lossy(), move || {
        run_script(&path, &authority)
    })
}

fn run_script(path: &Path, authority: &Authority) -> Result<(), Failed> {
    let servers = Servers::start(authority);
    let output = servers
        .tell(Tauraro::script(path).deadline(HANG_GUARD))
        .run();
    if output.status.success() {
        return Ok(());
    }
    let hung = if output.hung {
        "it hung and was killed; "
    } else {
        ""
    };
    Err(format!(
        "{hung}{}\n--- stdout\n{}\n--- stderr\n{}",
        output.status, output.stdout, output.stderr
    )
    .into())
}

/// The test files below `directory`, in the order of their names.
fn test_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(directory).expect("list the test scripts");
    for entry in entries {
        let path = entry.expect("read the list of test scripts").path();
        if path.is_dir() {
            files.extend(test_files(&path));
        } else if is_test(&path) {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn is_test(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("test_") && name.ends_with(".py")
}
