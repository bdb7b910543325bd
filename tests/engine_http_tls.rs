//! Whom the client trusts, and what it says of those that it does not.

mod engine_support;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use engine_support::authority::*;
use engine_support::*;
use rcgen::date_time_ymd;
use tauraro::engine::http::{HttpTransport, TransportConfig};
use tauraro::engine::tls::{TlsSettings, Verify};
use tauraro::engine::{Error, Kind};
use tempfile::TempDir;

fn refusal(client: &HttpTransport, url: &str) -> Error {
    let error = run(fetch(client, url)).expect_err("a refusal");
    assert_eq!(error.kind(), Kind::Connect, "{error}");
    assert!(error.to_string().contains(url), "{error}");
    error
}

/// The variables that choose the trust, and the lock without which tests would change them under
/// each other.
struct Environment(#[allow(dead_code, reason = "held")] MutexGuard<'static, ()>);

impl Environment {
    const NAMES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

    fn with(variables: &[(&str, &Path)]) -> Self {
        static LOCK: Mutex<()> = Mutex::new(());
        let lock = LOCK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let environment = Self(lock);
        environment.set(variables);
        environment
    }

    fn set(&self, variables: &[(&str, &Path)]) {
        for name in Self::NAMES {
            // SAFETY: the lock keeps the other tests of this process from reading it meanwhile;
            // the servers' threads never do.
            unsafe { std::env::remove_var(name) };
        }
        for (name, value) in variables {
            // SAFETY: as above.
            unsafe { std::env::set_var(name, value) };
        }
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.set(&[]);
    }
}

#[test]
fn the_right_authority_is_trusted_and_its_connection_kept() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let file = authority.write(&folder.path().join("ca.pem"));
    let addr = authority.serve(&["localhost", "127.0.0.1"], |_| {});
    for path in [file.as_path(), folder.path()] {
        let client = client_that(trusting(path));
        run(async {
            for _ in 0..3 {
                assert_eq!(fetch(&client, &at(addr)).await.unwrap(), "ok");
                assert_eq!(client.stats().open, 1);
            }
            let by_address = format!("https://{addr}/");
            assert_eq!(fetch(&client, &by_address).await.unwrap(), "ok");
        });
    }
}

#[test]
fn a_tls_connection_moves_to_another_runtime() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let file = authority.write(&folder.path().join("ca.pem"));
    let addr = authority.serve(&["localhost"], |_| {});
    let client = client_that(trusting(&file));
    for _ in 0..3 {
        assert_eq!(run(fetch(&client, &at(addr))).unwrap(), "ok");
        assert_eq!(client.stats().open, 1);
    }
}

#[test]
fn an_unknown_authority_is_refused_even_under_a_known_name() {
    let folder = TempDir::new().unwrap();
    let file = Authority::named("known").write(&folder.path().join("known.pem"));
    for (name, reason) in [("unknown", "UnknownIssuer"), ("known", "BadSignature")] {
        let addr = Authority::named(name).serve(&["localhost"], |_| {});
        let error = refusal(&client_that(trusting(&file)), &at(addr));
        let expected = format!(
            "{} was refused: its certificate is signed by an unknown certificate authority ({reason}).",
            at(addr)
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn certificates_out_of_their_time_are_refused() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let file = authority.write(&folder.path().join("ca.pem"));
    let client = client_that(trusting(&file));
    let addr = authority.serve(&["localhost"], |params| {
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 2, 3);
    });
    let message = refusal(&client, &at(addr)).to_string();
    assert!(
        message.contains("its certificate expired on Sat, 03 Feb 2001 00:00:00 GMT"),
        "{message}"
    );
    let addr = authority.serve(&["localhost"], |params| {
        params.not_before = date_time_ymd(3000, 1, 1);
        params.not_after = date_time_ymd(3001, 1, 1);
    });
    let message = refusal(&client, &at(addr)).to_string();
    assert!(
        message.contains("is not valid before Wed, 01 Jan 3000 00:00:00 GMT"),
        "{message}"
    );
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let file = authority.write(&folder.path().join("ca.pem"));
    let addr = authority.serve(&["other.example", "more.example"], |_| {});
    let message = refusal(&client_that(trusting(&file)), &at(addr)).to_string();
    let expected = "its certificate is valid for other.example, more.example, not for localhost";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn with_verification_disabled_anyone_is_believed() {
    let addr = Authority::new().serve(&["other.example"], |params| {
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
    });
    let client = client_that(Verify::Disabled);
    assert_eq!(run(fetch(&client, &at(addr))).unwrap(), "ok");
}

#[test]
fn a_server_without_tls_is_told() {
    let server = Server::start(|peer, _| {
        peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
        peer.wait_for_end();
    });
    let message = refusal(&client_that(Verify::Disabled), &at(server.addr)).to_string();
    assert!(message.contains("does not speak TLS"), "{message}");
    let server = Server::start(|peer, _| {
        let mut hello = [0; 5];
        let _ = std::io::Read::read_exact(&mut peer.0, &mut hello);
        peer.shut_down();
    });
    refusal(&client_that(Verify::Disabled), &at(server.addr));
}

#[test]
fn the_environments_file_and_folder_are_trusted() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let file = authority.write(&folder.path().join("ca.pem"));
    let addr = authority.serve(&["localhost"], |_| {});
    let url = at(addr);

    let environment = Environment::with(&[("SSL_CERT_FILE", &file)]);
    assert_eq!(
        run(fetch(&client_that(Verify::System), &url)).unwrap(),
        "ok"
    );

    // A changed environment is honoured, by the same process.
    let empty = TempDir::new().unwrap();
    let other = Authority::new().write(&empty.path().join("other.pem"));
    environment.set(&[("SSL_CERT_FILE", &other)]);
    refusal(&client_that(Verify::System), &url);

    environment.set(&[("SSL_CERT_DIR", folder.path())]);
    assert_eq!(
        run(fetch(&client_that(Verify::System), &url)).unwrap(),
        "ok"
    );
}

#[test]
fn an_environment_that_is_not_trusted_is_not_heeded() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    let file = authority.write(&folder.path().join("ca.pem"));
    let addr = authority.serve(&["localhost"], |_| {});
    let _environment = Environment::with(&[("SSL_CERT_FILE", &file)]);
    let client = HttpTransport::new(TransportConfig {
        tls: TlsSettings {
            verify: Verify::System,
            trust_env: false,
            ..TlsSettings::default()
        },
        ..TransportConfig::default()
    });
    refusal(&client, &at(addr));
}

#[test]
fn a_file_that_holds_no_certificate_is_named() {
    let folder = TempDir::new().unwrap();
    let addr = Authority::new().serve(&["localhost"], |_| {});
    let (missing, empty) = (
        folder.path().join("missing.pem"),
        folder.path().join("empty.pem"),
    );
    fs::write(&empty, "").unwrap();
    for file in [&missing, &empty] {
        let shown = file.display().to_string();
        let _environment = Environment::with(&[("SSL_CERT_FILE", file)]);
        let message = refusal(&client_that(Verify::System), &at(addr)).to_string();
        assert!(
            message.contains("SSL_CERT_FILE") && message.contains(&shown),
            "{message}"
        );
        let message = Verify::from_path(file.clone()).unwrap_err().to_string();
        assert!(message.contains(&shown), "{message}");
    }
}

#[test]
fn no_certificate_is_loaded_for_plain_http() {
    let missing = Path::new("/nonexistent/ca.pem");
    let _environment = Environment::with(&[("SSL_CERT_FILE", missing)]);
    let server = Server::ok();
    let client = client_that(Verify::System);
    assert_eq!(run(fetch(&client, &server.url())).unwrap(), "ok");
}
