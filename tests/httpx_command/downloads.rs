//! `--download`.

use crate::command::{Printed, answering, httpx};
use crate::support::http::HttpServer;
use crate::support::tauraro::Tauraro;

#[test]
fn the_content_goes_to_the_file_and_the_head_is_shown() {
    let server = HttpServer::start();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let url = format!("{}/bytes/100000", server.url());
    let run = Tauraro::module("httpx", &[&url, "--download", "content.bin"]);
    let printed = Printed::of(run.current_dir(folder.path()));
    assert!(printed.success().starts_with("HTTP/1.1 200 OK\n"));
    assert_eq!(printed.body(), "");
    let expected: Vec<u8> = (0..=250).cycle().take(100_000).collect();
    let saved = std::fs::read(folder.path().join("content.bin")).expect("the file is there");
    assert!(saved == expected, "{} bytes", saved.len());
}

#[test]
fn chunks_without_a_length_are_saved_too() {
    let server = HttpServer::start();
    let folder = tempfile::tempdir().expect("a temporary directory");
    let url = format!("{}/stream/3/4", server.url());
    let run = Tauraro::module("httpx", &[&url, "--download", "chunks"]);
    Printed::of(run.current_dir(folder.path())).success();
    let saved = std::fs::read_to_string(folder.path().join("chunks"));
    assert_eq!(saved.expect("the file is there"), "aaaabbbbcccc");
}

#[test]
fn the_content_can_go_to_standard_output() {
    let server = HttpServer::start();
    let url = server.url();
    assert_eq!(httpx(&[&url, "--download", "-"]).body(), "Hello, world!");
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let server = HttpServer::start();
    let printed = httpx(&[&server.url(), "--download", "/no-such-folder/file"]);
    assert_eq!(printed.code, Some(1));
    assert!(
        printed.stderr.contains("/no-such-folder/file"),
        "{printed:?}"
    );
    assert_eq!(printed.stderr.lines().count(), 1, "{printed:?}");
}

#[test]
fn a_download_that_breaks_off_fails() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let url = answering("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
    let run = Tauraro::module("httpx", &[&url, "--download", "half"]);
    let printed = Printed::of(run.current_dir(folder.path()));
    assert_eq!(printed.code, Some(1));
    assert!(
        printed.stderr.starts_with("RemoteProtocolError: "),
        "{printed:?}"
    );
}

/// The most memory, in KiB, that a download of so many chunks of 64 KiB takes.
#[cfg(target_os = "linux")]
fn peak(server: &HttpServer, chunks: u64) -> u64 {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let url = format!("{}/stream/{chunks}/65536", server.url());
    let program = format!(
        "import httpx, resource\n\
         try:\n\
         \x20   httpx.main(['{url}', '--timeout', '60', '--download', 'content'])\n\
         except SystemExit as end:\n\
         \x20   print(end.code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    );
    let printed = Printed::of(Tauraro::code(&program).current_dir(folder.path()));
    let last = printed.success().lines().last().expect("a line");
    let peak = last.strip_prefix("0 ").expect("a success");
    let saved = std::fs::metadata(folder.path().join("content")).expect("the file is there");
    assert_eq!(saved.len(), chunks << 16);
    peak.parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn a_download_is_never_held_whole() {
    let server = HttpServer::start();
    let (small, large) = (peak(&server, 16), peak(&server, 1024));
    assert!(
        large < small + (24 << 10),
        "{small} KiB for 1 MiB, {large} KiB for 64 MiB"
    );
}
