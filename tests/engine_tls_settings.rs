//! What a client may ask of TLS besides certificates: versions, names, protocols, a key log.

mod engine_support;

use std::fs;

use engine_support::authority::*;
use engine_support::*;
use rustls::version::{TLS12, TLS13};
use tauraro::engine::tls::{Roots, TlsSettings, Verify, Version};
use tempfile::TempDir;

fn settings(authority: &Authority) -> TlsSettings {
    let pem = authority.certificate.pem();
    let roots = Roots::from_pem(pem.as_bytes(), "the authority").unwrap();
    TlsSettings {
        verify: Verify::Roots(roots),
        ..TlsSettings::default()
    }
}

fn about(tls: TlsSettings, url: &str) -> Result<String, tauraro::engine::Error> {
    run(fetch(&client_with(tls), &format!("{url}about")))
}

#[test]
fn the_versions_are_kept_to() {
    let authority = Authority::new();
    let both = at(authority.serve(&["localhost"], |_| {}));
    let old = at(authority.serve_with(&[&TLS12], |_| {}));
    let new = at(authority.serve_with(&[&TLS13], |_| {}));
    let newest = about(settings(&authority), &both).unwrap();
    assert!(newest.starts_with("TLSv1_3"), "{newest}");
    let at_least_1_3 = TlsSettings {
        minimum_version: Version::Tls13,
        ..settings(&authority)
    };
    about(at_least_1_3.clone(), &new).unwrap();
    about(at_least_1_3, &old).unwrap_err();
    let at_most_1_2 = TlsSettings {
        maximum_version: Version::Tls12,
        ..settings(&authority)
    };
    let spoken = about(at_most_1_2.clone(), &both).unwrap();
    assert!(spoken.starts_with("TLSv1_2"), "{spoken}");
    about(at_most_1_2, &new).unwrap_err();
}

#[test]
fn versions_that_exclude_each_other_are_told() {
    let authority = Authority::new();
    let nothing = TlsSettings {
        minimum_version: Version::Tls13,
        maximum_version: Version::Tls12,
        ..settings(&authority)
    };
    let url = at(authority.serve(&["localhost"], |_| {}));
    let error = about(nothing, &url).unwrap_err().to_string();
    assert!(error.contains("no TLS version"), "{error}");
}

#[test]
fn the_name_need_not_be_checked() {
    let authority = Authority::new();
    let url = at(authority.serve(&["other.example"], |_| {}));
    about(settings(&authority), &url).unwrap_err();
    let any_host = |tls| TlsSettings {
        check_hostname: false,
        ..tls
    };
    about(any_host(settings(&authority)), &url).unwrap();
    // All else is checked still.
    about(any_host(settings(&Authority::named("other"))), &url).unwrap_err();
    let expired = at(authority.serve(&["other.example"], |params| {
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    }));
    about(any_host(settings(&authority)), &expired).unwrap_err();
}

#[test]
fn a_self_signed_certificate_is_trusted_by_itself() {
    // One that claims to be an authority, as `openssl req -x509` makes them, and shows itself.
    let itself = |names: &[&str], year| {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = rcgen::CertificateParams::new(names).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let roots = Roots::from_der(certificate.der()).unwrap();
        let trusting = TlsSettings {
            verify: Verify::Roots(roots),
            ..TlsSettings::default()
        };
        (trusting, at(answer_over_tls(config)))
    };
    let (trusting, url) = itself(&["localhost"], 3000);
    about(trusting.clone(), &url).unwrap();
    let (_, another) = itself(&["localhost"], 3000);
    about(trusting, &another).unwrap_err();
    let (trusting, url) = itself(&["localhost"], 2001);
    let error = about(trusting, &url).unwrap_err().to_string();
    assert!(error.contains("expired on"), "{error}");
    let (trusting, url) = itself(&["other.example"], 3000);
    let error = about(trusting, &url).unwrap_err().to_string();
    assert!(error.contains("is valid for other.example"), "{error}");
}

#[test]
fn the_transport_offers_the_versions_that_it_speaks() {
    let authority = Authority::new();
    let url = at(authority.serve_with(&[&TLS13, &TLS12], |config| {
        config.alpn_protocols = vec![b"spdy/9".to_vec(), b"http/1.1".to_vec()];
    }));
    let taken = about(settings(&authority), &url).unwrap();
    assert!(taken.contains("alpn=http/1.1"), "{taken}");
    let url = at(authority.serve_with(&[&TLS13, &TLS12], |config| {
        config.alpn_protocols = vec![b"unknown".to_vec()];
    }));
    let error = about(settings(&authority), &url).unwrap_err().to_string();
    assert!(error.contains("NoApplicationProtocol"), "{error}");
}

#[test]
fn the_cipher_suites_are_kept_to() {
    let authority = Authority::new();
    let url = at(authority.serve(&["localhost"], |_| {}));
    let with = |suites: &[u16]| TlsSettings {
        cipher_suites: Some(suites.to_vec()),
        ..settings(&authority)
    };
    // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: of TLS 1.2 alone.
    let spoken = about(with(&[0xc02b, 0xffff]), &url).unwrap();
    assert!(spoken.starts_with("TLSv1_2"), "{spoken}");
    let error = about(with(&[0xffff]), &url).unwrap_err().to_string();
    assert!(error.contains("cipher suite"), "{error}");
}

#[test]
fn the_secrets_are_written_where_asked() {
    let folder = TempDir::new().unwrap();
    let (first, second) = (
        folder.path().join("keys"),
        folder.path().join("no/such/folder"),
    );
    let authority = Authority::new();
    let url = at(authority.serve(&["localhost"], |_| {}));
    let logging = |path| TlsSettings {
        key_log: Some(path),
        ..settings(&authority)
    };
    about(logging(first.clone()), &url).unwrap();
    let written = fs::read_to_string(&first).unwrap();
    assert!(
        written.contains("CLIENT_HANDSHAKE_TRAFFIC_SECRET "),
        "{written}"
    );
    // Appended to, and private.
    about(logging(first.clone()), &url).unwrap();
    assert!(fs::read_to_string(&first).unwrap().starts_with(&written));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&first).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let error = about(logging(second), &url).unwrap_err().to_string();
    assert!(error.contains("no/such/folder"), "{error}");
}

#[test]
fn a_client_resumes_its_sessions() {
    let authority = Authority::new();
    let url = at(authority.serve(&["localhost"], |_| {}));
    let client = client_with(TlsSettings {
        check_hostname: false,
        ..settings(&authority)
    });
    for expected in ["Full", "Resumed"] {
        let mut request = get(&format!("{url}about"));
        request.headers_mut().append(b"connection", b"close");
        let about = run(async {
            let mut response = client.send(request).await.unwrap();
            read(&mut response.body).await.unwrap()
        });
        assert!(about.ends_with(expected), "{about}");
    }
}
