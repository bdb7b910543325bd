//! A certificate authority for one test run, and the certificates it signs, good and bad.

use std::path::PathBuf;
use std::sync::Arc;

use pkcs8::pkcs5::pbes2::Parameters;
use pkcs8::{LineEnding, PrivateKeyInfoRef};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{WantsServerCert, WebPkiClientVerifier};
use rustls::version::TLS12;
use rustls::{
    ALL_VERSIONS, ConfigBuilder, RootCertStore, ServerConfig, SupportedProtocolVersion,
    WantsVerifier,
};
use tempfile::TempDir;

use super::http::HttpServer;

/// A server's certificate, named for what a client should think of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// For localhost and 127.0.0.1, valid, from the authority in [`Authority::pem_file`].
    Good,
    /// As good, but its time is over.
    Expired,
    /// Valid, but for `other.example`.
    OtherHost,
    /// As good, but for the hosts that tests/fixtures/http-modules.md names.
    Document,
    /// For localhost and valid, but from an authority that is in no file.
    UnknownAuthority,
}

/// The authority that clients are told to trust, and one that they are not.
pub struct Authority {
    trusted: CertifiedIssuer<'static, KeyPair>,
    unknown: CertifiedIssuer<'static, KeyPair>,
    directory: TempDir,
}

impl Authority {
    /// Makes both authorities and writes the trusted one's certificate to a file.
    pub fn new() -> Self {
        let authority = Self {
            trusted: issuer("Test authority"),
            unknown: issuer("Unknown authority"),
            directory: tempfile::tempdir().expect("make a temporary directory"),
        };
        authority.write("ca.pem", &authority.trusted.pem());
        authority.write("other-ca.pem", &authority.unknown.pem());
        authority.write_client();
        authority.write_servers();
        authority
    }

    /// A client's certificate (`client.pem`), its key (`client.key`), and the key encrypted with
    /// the password "secret" (`client.encrypted.key`).
    fn write_client(&self) {
        let key = KeyPair::generate().expect("generate a key");
        let mut params = CertificateParams::new(vec!["client".to_owned()]).expect("a name");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let signed = params.signed_by(&key, &self.trusted);
        self.write("client.pem", &signed.expect("sign").pem());
        self.write("client.key", &key.serialize_pem());
        self.write("client.encrypted.key", &encrypted(&key.serialize_der()));
    }

    /// Servers' good certificates and their keys, for servers of scripts: `server.pem` and
    /// `server.key`, and the document's WebSocket host's, `stream.pem` and `stream.key`.
    fn write_servers(&self) {
        for (name, certificate) in [
            ("server", Certificate::Good),
            ("stream", Certificate::Document),
        ] {
            let key = KeyPair::generate().expect("generate a key");
            let signed = server_params(certificate).signed_by(&key, &self.trusted);
            self.write(&format!("{name}.pem"), &signed.expect("sign").pem());
            self.write(&format!("{name}.key"), &key.serialize_pem());
        }
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.file(name), content).expect("write a certificate or key");
    }

    /// The path of a file: `ca.pem`, `other-ca.pem` (of the authority that is in no trust store),
    /// or one of the client's or of servers'. It lives as long as `self`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The trusted certificate in PEM, for `SSL_CERT_FILE`. The file lives as long as `self`.
    pub fn pem_file(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// A server configuration that presents `certificate`.
    pub fn server_config(&self, certificate: Certificate) -> Arc<ServerConfig> {
        let builder = server_builder(ALL_VERSIONS).with_no_client_auth();
        self.with_certificate(builder, certificate)
    }

    fn with_certificate(
        &self,
        builder: ConfigBuilder<ServerConfig, WantsServerCert>,
        certificate: Certificate,
    ) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("generate a key");
        let issuer = match certificate {
            Certificate::UnknownAuthority => &self.unknown,
            _ => &self.trusted,
        };
        let signed = server_params(certificate)
            .signed_by(&key, issuer)
            .expect("sign the server's certificate");
        let mut config = builder
            .with_single_cert(
                vec![signed.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .expect("the key belongs to the certificate");
        // What a client is held to that offers other protocols alone.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Arc::new(config)
    }

    /// Starts an HTTPS server that turns away clients without a certificate of the authority.
    pub fn start_for_known_clients(&self) -> HttpServer {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusted.der().clone()).expect("a root");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let verifier = verifier.build().expect("a verifier of clients");
        let builder = server_builder(ALL_VERSIONS).with_client_cert_verifier(verifier);
        HttpServer::start_tls(self.with_certificate(builder, Certificate::Good))
    }

    /// Starts an HTTPS server that speaks TLS 1.2 alone.
    pub fn start_tls_1_2(&self) -> HttpServer {
        let builder = server_builder(&[&TLS12]).with_no_client_auth();
        HttpServer::start_tls(self.with_certificate(builder, Certificate::Good))
    }

    /// Starts an HTTPS server that speaks HTTP/2 with a client that offers it.
    pub fn start_http2(&self) -> HttpServer {
        let mut config = (*self.server_config(Certificate::Good)).clone();
        config.alpn_protocols.insert(0, b"h2".to_vec());
        HttpServer::start_tls(Arc::new(config))
    }

    /// Starts an HTTPS server that presents `certificate`.
    pub fn start_https(&self, certificate: Certificate) -> HttpServer {
        HttpServer::start_tls(self.server_config(certificate))
    }
}

fn server_builder(
    versions: &[&'static SupportedProtocolVersion],
) -> ConfigBuilder<ServerConfig, WantsVerifier> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("the provider knows the versions")
}

fn encrypted(key: &[u8]) -> String {
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(2048, b"saltsalt", [7; 16]);
    let key = PrivateKeyInfoRef::try_from(key).expect("a PKCS #8 key");
    let encrypted = key.encrypt_with_params(parameters.expect("parameters"), "secret");
    let pem = encrypted.expect("encrypt the key");
    let pem = pem.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF);
    pem.expect("write PEM").to_string()
}

fn issuer(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate().expect("generate a key");
    CertifiedIssuer::self_signed(params, key).expect("sign the authority's certificate")
}

fn server_params(certificate: Certificate) -> CertificateParams {
    let names = match certificate {
        Certificate::OtherHost => &["other.example"][..],
        Certificate::Document => &[
            "api.github.com",
            "api.example.com",
            "example.com",
            "stream.example.com",
        ],
        _ => &["localhost", "127.0.0.1"],
    };
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("the names are valid");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    if certificate == Certificate::Expired {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    }
    params
}
