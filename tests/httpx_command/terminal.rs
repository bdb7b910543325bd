//! What a person sees, on a pseudo-terminal.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::process::{Command, Stdio};

use crate::command::{answering, response};
use crate::support::http::HttpServer;

/// A terminal of 100 columns: our end, and the command's.
fn terminal() -> (File, OwnedFd) {
    let (mut ours, mut theirs) = (-1, -1);
    let mut size = libc::winsize {
        ws_row: 40,
        ws_col: 100,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: the pointers are valid for the call, or null where that means the default.
    let opened = unsafe {
        libc::openpty(
            &raw mut ours,
            &raw mut theirs,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            &raw mut size,
        )
    };
    assert_eq!(opened, 0, "openpty: {}", std::io::Error::last_os_error());
    // SAFETY: openpty has just opened both, for us alone.
    unsafe { (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) }
}

/// What `tauraro -m httpx` writes to a terminal that is its standard output and error.
fn seen(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let (mut screen, theirs) = terminal();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tauraro"));
    command
        .args(["-m", "httpx"])
        .args(arguments)
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(theirs.try_clone().expect("a second descriptor"))
        .stderr(theirs);
    let mut child = command.spawn().expect("start tauraro");
    // Its copies of the terminal's other end; the reading below ends when the last one is closed.
    drop(command);
    let mut seen = Vec::new();
    // Linux reports that the other end is closed as an error.
    let _ = screen.read_to_end(&mut seen);
    child.wait().expect("wait for tauraro");
    String::from_utf8(seen)
        .expect("UTF-8")
        .replace("\r\n", "\n")
}

#[test]
fn heads_and_json_are_coloured() {
    let url = answering(response("application/json", r#"{"a": [1, "é"]}"#));
    let seen = seen(&[&url, "-v", "-m", "GET"], &[]);
    for piece in [
        "\x1b[92mGET\x1b[0m \x1b[4m\x1b[96m/\x1b[0m \x1b[94mHTTP/1.1\x1b[0m\n",
        "\n\x1b[96mHost\x1b[0m: 127.0.0.1:",
        "\x1b[94mHTTP/1.1\x1b[0m \x1b[92m200\x1b[0m \x1b[96mOK\x1b[0m\n",
        "\n\n{\n    \x1b[94m\"a\"\x1b[0m: [\n        \x1b[95m1\x1b[0m,\n        \x1b[33m\"é\"\x1b[0m\n    ]\n}\n",
    ] {
        assert!(seen.contains(piece), "{piece:?} in {seen:?}");
    }
}

#[test]
fn failures_are_red() {
    let server = HttpServer::start();
    let status = seen(&[&format!("{}/status/404", server.url())], &[]);
    assert!(status.contains("\x1b[91m404\x1b[0m"), "{status:?}");
    let error = seen(&["nowhere"], &[]);
    assert!(
        error.starts_with("\x1b[91mUnsupportedProtocol\x1b[0m: "),
        "{error:?}"
    );
}

#[test]
fn no_color_and_dumb_terminals_get_no_colours() {
    let server = HttpServer::start();
    let url = format!("{}/json", server.url());
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let seen = seen(&[&url, "-v"], &[variable]);
        assert!(seen.contains("HTTP/1.1 200 OK\n"), "{seen:?}");
        assert!(!seen.contains('\x1b'), "{variable:?}: {seen:?}");
    }
}

#[test]
fn a_server_cannot_steer_the_terminal() {
    let url = answering(response("text/plain", "\x1b]0;title\x07red\x1b[31m"));
    let seen = seen(&[&url], &[("NO_COLOR", "1")]);
    assert!(seen.ends_with("\n\n␛]0;title␇red␛[31m\n"), "{seen:?}");
}

#[test]
fn a_download_shows_how_far_it_is() {
    let server = HttpServer::start();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("content");
    let path = path.to_str().expect("UTF-8");
    let sized = format!("{}/bytes/3000000", server.url());
    let sized = seen(&[&sized, "--download", path], &[("NO_COLOR", "1")]);
    let last = sized.rsplit('\r').find(|line| line.contains("Downloading"));
    let last = last.expect("a progress bar");
    for piece in [path, " 100% ", "━━━━", " 3.00 MB/3.00 MB "] {
        assert!(last.contains(piece), "{piece:?} in {last:?}");
    }
    let chunked = format!("{}/stream/3/1000", server.url());
    let chunked = seen(&[&chunked, "--download", path], &[("NO_COLOR", "1")]);
    assert!(chunked.contains(" 3.00 kB "), "{chunked:?}");
    assert!(!chunked.contains('%'), "{chunked:?}");
}
