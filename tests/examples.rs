//! Runs every script of `examples/` with the built command and looks for what it has to print.

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use support::tauraro::Tauraro;

/// Beside the examples, but none itself.
const HELPERS: [&str; 2] = ["local_site.py", "spec/loopback.py"];

/// One test for each example, and [`LISTED`], the files that have one. Every text has to be a
/// whole line of the output.
macro_rules! examples {
    ($($test:ident: $file:literal prints $lines:expr;)+) => {
        const LISTED: &[&str] = &[$($file),+];

        $(#[test]
        fn $test() {
            prints($file, &$lines);
        })+
    };
}

examples! {
    behind_nginx: "behind_nginx.py" prints ["192.0.2.1 says Hello!", "Health: 200 OK"];
    browser_page: "browser_page.py" prints
        ["200 Talking to tauraro", "HELLO!", "Another page gets 403"];
    chat_server: "chat_server.py" prints [
        "host has come",
        "alice has come",
        "alice: Hello!",
        "alice: Is anybody here?",
        "alice has gone",
        "bob has come",
        "bob: I am late.",
        "bob has gone",
    ];
    crawler: "crawler.py" prints ["200 /page/1", "200 /page/31", "31 pages"];
    demo: "demo.py" prints ["Every answer was right."];
    downloader: "downloader.py" prints ["Downloaded 32 MiB"];
    graceful_shutdown: "graceful_shutdown.py" prints [
        "The client was told 1001",
        "A handler has finished",
        "The server is closed",
    ];
    http_server: "http_server.py" prints
        ["200 Hello, Alice!", "200 10000 bytes", "404 There is no such thing."];
    httptools_parse_request: "spec/httptools_parse_request.py" prints
        ["GET", "/path", "HTTP/1.1", "{'Host': 'example.com'}", "HttpParserError"];
    httptools_parse_url: "spec/httptools_parse_url.py" prints
        ["https", "example.com", "8080", "/path", "query=value", "fragment"];
    httpx_authentication: "spec/httpx_authentication.py" prints
        ["Basic dXNlcm5hbWU6cGFzc3dvcmQ=", "Bearer your_token_here"];
    httpx_complete: "spec/httpx_complete.py" prints ["User: Alice", "User 124 not found"];
    httpx_errors: "spec/httpx_errors.py" prints [
        "Got /endpoint",
        "Request timed out",
        "Error: Expecting value: line 1 column 1 (char 0)",
    ];
    httpx_file_uploads: "spec/httpx_file_uploads.py" prints [
        "Content-Disposition: form-data; name=\"file\"; filename=\"document.pdf\"",
        "Content-Type: application/pdf",
        "This is document.pdf",
        "Content-Disposition: form-data; name=\"description\"",
        "Profile picture",
        "Content-Type: image/jpeg",
        "multipart/form-data",
    ];
    httpx_gather: "spec/httpx_gather.py" prints ["50 /page/0 /page/49"];
    httpx_headers: "spec/httpx_headers.py" prints
        ["Authorization: Bearer token123", "User-Agent: TauraroBot/1.0", "application/json"];
    httpx_methods: "spec/httpx_methods.py" prints [
        "GET /users ",
        "POST /users {\"name\":\"Bob\"}",
        "PUT /users/1 {\"name\":\"Bob Updated\"}",
        "DELETE /users/1 ",
        "PATCH /users/1 {\"email\":\"new@example.com\"}",
        "OPTIONS / ",
        "POST /users {\"name\":\"Carol\"}",
        "HEAD application/json 0",
    ];
    httpx_post: "spec/httpx_post.py" prints [
        "{\"name\":\"Alice\",\"email\":\"alice@example.com\"}",
        "application/x-www-form-urlencoded",
        "username=alice&password=secret",
        "Hello!",
    ];
    httpx_query_parameters: "spec/httpx_query_parameters.py" prints [
        "/search?search=python&limit=10&offset=0",
        "{'search': 'python', 'limit': '10', 'offset': '0'}",
    ];
    httpx_response: "spec/httpx_response.py" prints [
        "{\"id\": 123, \"name\": \"Alice\"}",
        "b'{\"id\": 123, \"name\": \"Alice\"}'",
        "{'id': 123, 'name': 'Alice'}",
        "utf-8",
        "Success!",
    ];
    httpx_session: "spec/httpx_session.py" prints ["Bearer token123", "/profile"];
    httpx_simple_get: "spec/httpx_simple_get.py" prints ["200", "GET /"];
    httpx_stream: "spec/httpx_stream.py" prints
        ["iter_bytes: 1048576 bytes", "aiter_bytes: 1048576 bytes"];
    httpx_timeouts: "spec/httpx_timeouts.py" prints ["200", "ReadTimeout"];
    ticker: "ticker.py" prints
        ["A subscriber saw 5 ticks in a row", "A subscriber saw 3 ticks in a row"];
    uploader: "uploader.py" prints ["Uploaded 32 MiB", "They arrived whole"];
    websockets_chat: "spec/websockets_chat.py" prints
        ["Got: {'type': 'delivered', 'text': 'Hello!'}"];
    websockets_client: "spec/websockets_client.py" prints
        ["Received: You said: Hello, Server!"];
    websockets_errors: "spec/websockets_errors.py" prints
        ["Hello!", "Receive timed out", "Connection closed", "ConnectionRefusedError"];
    websockets_server: "spec/websockets_server.py" prints [
        "WebSocket server started",
        "Received on /first: Hello!",
        "Echo: Hello!",
        "Received on /second: Hello again!",
        "Echo: Hello again!",
        "WebSocket server closed",
    ];
    websockets_subscription: "spec/websockets_subscription.py" prints
        ["BTC Price: $100", "BTC Price: $101", "BTC Price: $99", "The exchange has closed"];
}

#[test]
fn every_example_has_a_test() {
    let listed = LISTED.iter().chain(&HELPERS).map(PathBuf::from);
    let listed: BTreeSet<PathBuf> = listed.collect();
    let found: BTreeSet<PathBuf> = scripts(&root(), Path::new("")).into_iter().collect();
    assert_eq!(found, listed);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn prints(file: &str, expected: &[&str]) {
    let output = Tauraro::script(root().join(file)).run();
    let told = format!(
        "{}\n--- stdout\n{}\n--- stderr\n{}",
        output.status, output.stdout, output.stderr
    );
    assert!(!output.hung, "{file} hung and was killed: {told}");
    assert!(output.status.success(), "{file} failed: {told}");
    for line in expected {
        let printed = output.stdout.lines().any(|found| found == *line);
        assert!(printed, "{file} did not print {line:?}: {told}");
    }
}

/// The Python files below `root/folder`, relative to `root`.
fn scripts(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root.join(folder)).expect("list the examples") {
        let entry = entry.expect("read the list of examples");
        let name = folder.join(entry.file_name());
        if entry.path().is_dir() {
            files.extend(scripts(root, &name));
        } else if name.extension().is_some_and(|it| it == "py") {
            files.push(name);
        }
    }
    files
}
