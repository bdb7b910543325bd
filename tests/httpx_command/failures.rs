//! What goes wrong ends in a line on standard error and an exit code.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::command::{httpx, response};
use crate::support::http::HttpServer;
use crate::support::tauraro::Tauraro;

#[test]
fn the_exit_code_tells_the_status() {
    let server = HttpServer::start();
    for (status, code) in [(200, 0), (201, 0), (204, 0), (302, 1), (404, 1), (500, 1)] {
        let printed = httpx(&[&format!("{}/status/{status}", server.url())]);
        assert_eq!(printed.code, Some(code), "{status}");
        assert_eq!(printed.stderr, "");
    }
}

#[test]
fn a_request_that_fails_is_one_line() {
    let unused = TcpListener::bind("127.0.0.1:0").expect("bind a loopback port");
    let nobody = format!("http://{}/", unused.local_addr().expect("its address"));
    drop(unused);
    let server = HttpServer::start();
    let never = format!("{}/never", server.url());
    for (arguments, class) in [
        (&[nobody.as_str()][..], "ConnectError: "),
        (&[&never, "--timeout", "0.1"], "ReadTimeout: "),
        (&["ftp://example.org"], "UnsupportedProtocol: "),
        (&["example.org"], "UnsupportedProtocol: "),
        (&["http://a:b/"], "InvalidURL: "),
        (&[&never, "-h", "a\nb", "c"], "LocalProtocolError: "),
        (&[&never, "--proxy", "ftp://a"], "ValueError: "),
    ] {
        let printed = httpx(arguments);
        assert_eq!(printed.code, Some(1), "{printed:?}");
        assert_eq!(printed.stdout, "", "{arguments:?}");
        assert!(printed.stderr.starts_with(class), "{printed:?}");
        assert_eq!(printed.stderr.lines().count(), 1, "{printed:?}");
    }
}

#[test]
fn a_body_that_breaks_off_fails_after_its_head() {
    let mut half = response("text/plain", "all of it");
    half.truncate(half.len() - 4);
    let printed = httpx(&[&crate::command::answering(half)]);
    assert_eq!(printed.code, Some(1));
    assert!(
        printed.stdout.ends_with("content-length: 9\n\n"),
        "{printed:?}"
    );
    assert!(
        printed.stderr.starts_with("RemoteProtocolError: "),
        "{printed:?}"
    );
}

#[test]
fn a_command_line_that_makes_no_sense_is_a_usage_error() {
    for (arguments, message) in [
        (&[][..], "Missing argument 'URL'."),
        (&["u", "--bogus"], "No such option '--bogus'."),
        (&["u", "-p", "a"], "Option '-p' requires 2 arguments."),
        (
            &["u", "-j", "{bad"],
            "Invalid value for '--json' / '-j': Not valid JSON",
        ),
        (
            &["u", "-f", "up", "no-such-file"],
            "Invalid value for '--files' / '-f': 'no-such-file': No such file or directory",
        ),
    ] {
        let printed = httpx(arguments);
        let expected = format!("Usage: tauraro -m httpx <URL> [OPTIONS]\n\nError: {message}\n");
        assert_eq!(printed.stderr, expected);
        assert_eq!(printed.code, Some(2));
        assert_eq!(printed.stdout, "");
    }
}

#[test]
fn help_names_every_option() {
    let printed = httpx(&["--help"]);
    let help = printed.success();
    for option in [
        "-m, --method METHOD",
        "-p, --params <NAME VALUE>",
        "-c, --content TEXT",
        "-d, --data <NAME VALUE>",
        "-f, --files <NAME FILENAME>",
        "-j, --json TEXT",
        "-h, --headers <NAME VALUE>",
        "--cookies <NAME VALUE>",
        "--auth <USER PASS>",
        "--proxy URL",
        "--timeout FLOAT",
        "--follow-redirects",
        "--no-verify",
        "--http2",
        "--download FILE",
        "-v, --verbose",
        "--help",
    ] {
        assert!(help.contains(&format!("\n {option} ")), "{option}\n{help}");
    }
}

#[test]
fn a_reader_that_leaves_ends_the_command_quietly() {
    let server = HttpServer::start();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tauraro"))
        .args(["-m", "httpx", &server.url()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("start tauraro");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("wait for tauraro");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn ctrl_c_aborts() {
    let server = HttpServer::start();
    let url = format!("{}/never", server.url());
    let mut run = Tauraro::module("httpx", &[&url, "-v"]).spawn();
    run.wait_for_line("GET /never HTTP/1.1");
    let stats = server.stats();
    stats.wait_until("one request", |stats| stats.requests() == 1);
    run.interrupt();
    let output = run.finish();
    assert!(!output.hung, "the command outlived Ctrl-C: {output:?}");
    assert_eq!(output.stderr, "Aborted!\n");
    assert_eq!(output.status.code(), Some(1));
}
