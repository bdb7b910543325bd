//! Runs every httpx snippet of the user's document, word for word.
//!
//! The document is `fixtures/http-modules.md`; a snippet is the Python code below one of its
//! headings. The hosts it names are behind a proxy on loopback (`support/stand_in.rs`), which the
//! script finds through `HTTPS_PROXY`, as it would find any other.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use support::stand_in::{ANSWER, Seen, StandIn};
use support::tauraro::Tauraro;
use support::tls::Authority;

const DOCUMENT: &str = include_str!("fixtures/http-modules.md");

/// The parts of the document that are about httpx.
const PARTS: [&str; 2] = ["httpx - HTTP Client", "Best Practices"];

/// What a snippet prints, and what it sends.
struct Expected {
    /// Where it stands in the document.
    heading: &'static str,
    /// What has to be defined before it, and what has to be done after it: only a fragment of a
    /// program needs either.
    around: (&'static str, &'static str),
    /// Whole lines of the output.
    prints: &'static [&'static str],
    /// The request lines, in this order.
    sends: &'static [&'static str],
    /// What else the requests have to be.
    check: fn(&[Seen]),
}

impl Expected {
    const fn of(heading: &'static str, sends: &'static [&'static str]) -> Self {
        Self {
            heading,
            around: ("", ""),
            prints: &[],
            sends,
            check: |_| {},
        }
    }

    const fn prints(mut self, lines: &'static [&'static str]) -> Self {
        self.prints = lines;
        self
    }

    const fn between(mut self, before: &'static str, after: &'static str) -> Self {
        self.around = (before, after);
        self
    }

    const fn check(mut self, check: fn(&[Seen])) -> Self {
        self.check = check;
        self
    }
}

const USER: &str = "{'id': 123, 'name': 'Alice'}";
const URL: &str = "import httpx\nurl = 'https://example.com'\nprocess_chunk = print\n";
const URLS: &str = "import httpx\nprocess = print\n\
                    urls = ['https://example.com/1', 'https://example.com/2']\n";

const EXPECTED: &[Expected] = &[
    Expected::of("Simple GET Request", &["GET https://api.github.com/"])
        .prints(&["200", ANSWER, USER]),
    Expected::of(
        "POST Requests",
        &[
            "POST https://api.example.com/users",
            "POST https://example.com/login",
        ],
    )
    .prints(&["200", USER])
    .check(posts),
    Expected::of(
        "Request Methods",
        &[
            "GET https://api.example.com/users",
            "POST https://api.example.com/users",
            "PUT https://api.example.com/users/1",
            "DELETE https://api.example.com/users/1",
            "PATCH https://api.example.com/users/1",
            "HEAD https://example.com/",
            "OPTIONS https://api.example.com/",
        ],
    ),
    Expected::of("Headers", &["GET https://api.example.com/protected"]).check(|seen| {
        assert_eq!(seen[0].header("authorization"), "Bearer token123");
        assert_eq!(seen[0].header("content-type"), "application/json");
        assert_eq!(seen[0].header("user-agent"), "TauraroBot/1.0");
    }),
    Expected::of(
        "Query Parameters",
        &["GET https://api.example.com/search?search=python&limit=10&offset=0"],
    ),
    Expected::of(
        "Timeouts",
        &[
            "GET https://api.example.com/",
            "GET https://api.example.com/",
        ],
    ),
    Expected::of("Response Object", &["GET https://api.github.com/"]).prints(&[
        "200",
        "application/json",
        ANSWER,
        "b'{\"id\": 123, \"name\": \"Alice\"}'",
        USER,
        "https://api.github.com",
        "utf-8",
        "Success!",
    ]),
    Expected::of(
        "Sessions",
        &[
            "GET https://api.example.com/profile",
            "POST https://api.example.com/data",
        ],
    )
    .check(|seen| {
        for request in seen {
            assert_eq!(request.header("authorization"), "Bearer token123");
        }
        assert_eq!(seen[1].text(), r#"{"key":"value"}"#);
    }),
    Expected::of(
        "File Uploads",
        &[
            "POST https://api.example.com/upload",
            "POST https://api.example.com/upload",
        ],
    )
    .check(uploads),
    Expected::of(
        "Authentication",
        &[
            "GET https://api.example.com/protected",
            "GET https://api.example.com/protected",
        ],
    )
    .check(|seen| {
        let basic = "Basic dXNlcm5hbWU6cGFzc3dvcmQ=";
        assert_eq!(seen[0].header("authorization"), basic);
        assert_eq!(seen[1].header("authorization"), "Bearer your_token_here");
    }),
    Expected::of("Error Handling", &["GET https://api.example.com/endpoint"])
        .between("", "print(data)")
        .prints(&[USER]),
    Expected::of(
        "Complete Example",
        &["GET https://api.example.com/users/123"],
    )
    .prints(&["User: Alice"]),
    Expected::of("1. Use Timeouts", &["GET https://api.example.com/"])
        .between("import httpx\n", ""),
    Expected::of("2. Handle Errors", &["GET https://example.com/"])
        .between(URL, "print(response)")
        .prints(&["<Response [200 OK]>"]),
    Expected::of(
        "3. Use Sessions for Multiple Requests",
        &["GET https://example.com/1", "GET https://example.com/2"],
    )
    .between(URLS, "")
    .prints(&["<Response [200 OK]>"]),
    Expected::of("4. Stream Large Responses", &["GET https://example.com/"])
        .between(URL, "")
        .prints(&["b'{\"id\": 123, \"name\": \"Alice\"}'"]),
    Expected::of(
        "5. Use Async for Concurrent Requests",
        &["GET https://example.com/1", "GET https://example.com/2"],
    )
    .between(URLS, "print(asyncio.run(fetch_all(urls)))")
    .prints(&["[<Response [200 OK]>, <Response [200 OK]>]"]),
];

fn posts(seen: &[Seen]) {
    assert_eq!(seen[0].header("content-type"), "application/json");
    assert_eq!(
        seen[0].text(),
        r#"{"name":"Alice","email":"alice@example.com"}"#
    );
    let form = "application/x-www-form-urlencoded";
    assert_eq!(seen[1].header("content-type"), form);
    assert_eq!(seen[1].text(), "username=alice&password=secret");
}

fn uploads(seen: &[Seen]) {
    for request in seen {
        let kind = request.header("content-type");
        assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
    }
    let document = seen[0].text();
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"document.pdf\"\r\n\
                Content-Type: application/pdf\r\n\r\nthe document\r\n";
    assert!(document.contains(head), "{document}");
    let image = seen[1].text();
    let field = "Content-Disposition: form-data; name=\"description\"\r\n\r\nProfile picture\r\n";
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"image.jpg\"\r\n\
                Content-Type: image/jpeg\r\n\r\nthe image\r\n";
    assert!(image.contains(field) && image.contains(head), "{image}");
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let authority = Arc::new(Authority::new());
    let snippets = snippets();
    let mut trials = vec![Trial::test("every_snippet_is_expected", every_is_expected)];
    for expected in EXPECTED {
        let authority = Arc::clone(&authority);
        let snippet = snippets.get(expected.heading).copied();
        trials.push(Trial::test(expected.heading, move || {
            let snippet = snippet.ok_or("the document has no such heading")?;
            run(snippet, expected, &authority)
        }));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn every_is_expected() -> Result<(), Failed> {
    let found: Vec<&str> = snippets().into_keys().collect();
    let mut expected: Vec<&str> = EXPECTED.iter().map(|it| it.heading).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
    Ok(())
}

/// The snippets of [`PARTS`] by the headings that they stand below.
fn snippets() -> BTreeMap<&'static str, &'static str> {
    let mut found = BTreeMap::new();
    for part in DOCUMENT.split("\n## ") {
        let name = part.lines().next().unwrap_or_default();
        if !PARTS.contains(&name) {
            continue;
        }
        let mut heading = name;
        let (mut rest, fence) = (part, "```python\n");
        while let Some((before, code)) = rest.split_once(fence) {
            let last = before.lines().rfind(|line| line.starts_with("###"));
            heading = last.map_or(heading, |line| line.trim_start_matches('#').trim());
            let (code, after) = code.split_once("```").expect("the code has an end");
            let earlier = found.insert(heading, code);
            assert!(earlier.is_none(), "two snippets below {heading:?}");
            rest = after;
        }
    }
    found
}

fn run(snippet: &str, expected: &Expected, authority: &Authority) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("document.pdf"), "the document")?;
    std::fs::write(folder.path().join("image.jpg"), "the image")?;
    let (before, after) = expected.around;
    let script = folder.path().join("snippet.py");
    std::fs::write(&script, format!("{before}{snippet}{after}"))?;
    let stand_in = StandIn::start(authority);
    let output = run_through(&stand_in, &script, folder.path(), authority);
    let told = format!(
        "--- stdout\n{}\n--- stderr\n{}",
        output.stdout, output.stderr
    );
    assert!(output.status.success() && !output.hung, "{told}");
    for line in expected.prints {
        let printed = output.stdout.lines().any(|found| found == *line);
        assert!(printed, "it did not print {line:?}\n{told}");
    }
    let seen = stand_in.seen();
    let mut lines: Vec<&str> = seen.iter().map(|it| &*it.line).collect();
    if snippet.contains("gather") {
        lines.sort_unstable();
    }
    assert_eq!(lines, expected.sends, "{told}");
    (expected.check)(&seen);
    Ok(())
}

fn run_through(
    stand_in: &StandIn,
    script: &Path,
    folder: &Path,
    authority: &Authority,
) -> support::tauraro::Output {
    Tauraro::script(script)
        .current_dir(folder)
        .env("HTTPS_PROXY", stand_in.url())
        .env("NO_PROXY", "")
        .env("SSL_CERT_FILE", authority.pem_file())
        .run()
}
