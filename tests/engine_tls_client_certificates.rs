//! Certificates that a client shows, and what is said of those that cannot be used.

mod engine_support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine_support::authority::*;
use engine_support::*;
use pkcs8::pkcs5::pbes2::Parameters;
use pkcs8::{LineEnding, PrivateKeyInfoRef};
use rustls::version::{TLS12, TLS13};
use tauraro::engine::http::HttpTransport;
use tauraro::engine::tls::{Identity, LoadError, TlsSettings};
use tempfile::TempDir;

/// The files of a client of `authority`.
struct Files {
    folder: TempDir,
    trusted: PathBuf,
    chain: PathBuf,
    key: PathBuf,
    encrypted: PathBuf,
}

impl Files {
    fn of(authority: &Authority) -> Self {
        let folder = TempDir::new().unwrap();
        let (certificate, key) = authority.sign(&["client"], |_| {});
        let path = |name: &str| folder.path().join(name);
        let files = Self {
            trusted: authority.write(&path("ca.pem")),
            chain: path("client.pem"),
            key: path("client.key"),
            encrypted: path("client.encrypted.key"),
            folder,
        };
        fs::write(&files.chain, certificate.pem()).unwrap();
        fs::write(&files.key, key.serialize_pem()).unwrap();
        fs::write(&files.encrypted, encrypted(&key.serialize_der(), "secret")).unwrap();
        files
    }

    fn client(&self, identity: Option<Identity>) -> HttpTransport {
        client_with(TlsSettings {
            verify: trusting(&self.trusted),
            identity: identity.map(Arc::new),
            ..TlsSettings::default()
        })
    }

    fn both_in_one(&self) -> PathBuf {
        let path = self.folder.path().join("both.pem");
        let (chain, key) = (fs::read(&self.chain).unwrap(), fs::read(&self.key).unwrap());
        fs::write(&path, [key, chain].concat()).unwrap();
        path
    }
}

fn encrypted(key: &[u8], password: &str) -> String {
    let parameters =
        Parameters::generate_pbkdf2_sha256_aes256cbc(2048, b"saltsalt", [7; 16]).unwrap();
    let key = PrivateKeyInfoRef::try_from(key).unwrap();
    let encrypted = key.encrypt_with_params(parameters, password).unwrap();
    let pem = encrypted.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF);
    pem.unwrap().to_string()
}

fn load(chain: &Path, key: Option<&Path>, password: Option<&str>) -> Result<Identity, LoadError> {
    Identity::load(chain, key, password.map(str::as_bytes))
}

#[test]
fn a_server_that_asks_for_a_certificate_gets_it() {
    let authority = Authority::new();
    let files = Files::of(&authority);
    let both = files.both_in_one();
    let identities = [
        load(&files.chain, Some(&files.key), None),
        load(&files.chain, Some(&files.key), Some("of no use")),
        load(&both, None, None),
        load(&files.chain, Some(&files.encrypted), Some("secret")),
    ];
    for (identity, version) in identities.into_iter().zip([&TLS12, &TLS13, &TLS12, &TLS13]) {
        let client = files.client(Some(identity.unwrap()));
        let url = at(authority.serve_known_clients(version));
        let about = run(fetch(&client, &format!("{url}about"))).unwrap();
        assert!(about.contains("client=1"), "{about}");
    }
}

#[test]
fn without_a_certificate_such_a_server_refuses() {
    let authority = Authority::new();
    let files = Files::of(&authority);
    let client = files.client(None);
    for version in [&TLS12, &TLS13] {
        let url = at(authority.serve_known_clients(version));
        let error = run(fetch(&client, &url)).unwrap_err();
        assert!(error.to_string().contains(&url), "{error}");
        // The client stays good for others.
        let other = at(authority.serve(&["localhost"], |_| {}));
        assert_eq!(run(fetch(&client, &other)).unwrap(), "ok");
    }
}

#[test]
fn a_certificate_of_another_authority_is_of_no_use() {
    let authority = Authority::new();
    let (files, stranger) = (Files::of(&authority), Files::of(&Authority::named("other")));
    let identity = load(&stranger.chain, Some(&stranger.key), None).unwrap();
    let client = files.client(Some(identity));
    run(fetch(&client, &at(authority.serve_known_clients(&TLS13)))).unwrap_err();
}

#[test]
fn a_server_that_does_not_ask_gets_none() {
    let authority = Authority::new();
    let files = Files::of(&authority);
    let identity = load(&files.chain, Some(&files.key), None).unwrap();
    let url = format!("{}about", at(authority.serve(&["localhost"], |_| {})));
    let about = run(fetch(&files.client(Some(identity)), &url)).unwrap();
    assert!(about.contains("client=0"), "{about}");
}

#[test]
fn files_that_are_missing_or_mixed_up_are_named() {
    let authority = Authority::new();
    let (files, other) = (Files::of(&authority), Files::of(&authority));
    let missing = files.folder.path().join("missing.pem");
    let error = load(&missing, None, None).unwrap_err();
    assert!(
        matches!(&error, LoadError::Read { path, .. } if *path == missing),
        "{error}"
    );
    let error = load(&files.chain, Some(&missing), None).unwrap_err();
    assert!(
        matches!(&error, LoadError::Read { path, .. } if *path == missing),
        "{error}"
    );
    let cases = [
        (&files.chain, &files.chain, "holds no private key"),
        (&files.key, &files.key, "holds no certificate"),
        (
            &files.chain,
            &other.key,
            "is not that of the certificate in",
        ),
    ];
    for (chain, key, expected) in cases {
        let error = load(chain, Some(key), None).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(error.contains(&*key.to_string_lossy()), "{error}");
    }
}

#[test]
fn a_wrong_or_missing_password_is_told() {
    let files = Files::of(&Authority::new());
    for (password, expected) in [
        (Some("Secret"), "another password"),
        (None, "needs a password"),
    ] {
        let error = load(&files.chain, Some(&files.encrypted), password).unwrap_err();
        assert!(matches!(error, LoadError::Password(_)), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn an_identity_shows_no_secret() {
    let files = Files::of(&Authority::new());
    let identity = load(&files.chain, Some(&files.key), None).unwrap();
    let shown = format!("{identity:?}");
    let secret = format!("{:?}", identity.key().secret_der());
    assert!(!shown.contains(secret.trim_matches(['[', ']'])), "{shown}");
}
