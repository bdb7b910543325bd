//! A certificate authority for one test run, and the certificates it signs, good and bad.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
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
        std::fs::write(authority.pem_file(), authority.trusted.pem())
            .expect("write the authority's certificate");
        authority
    }

    /// The trusted certificate in PEM, for `SSL_CERT_FILE`. The file lives as long as `self`.
    pub fn pem_file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A server configuration that presents `certificate`.
    pub fn server_config(&self, certificate: Certificate) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("generate a key");
        let issuer = match certificate {
            Certificate::UnknownAuthority => &self.unknown,
            _ => &self.trusted,
        };
        let signed = server_params(certificate)
            .signed_by(&key, issuer)
            .expect("sign the server's certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows the default protocol versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![signed.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .expect("the key belongs to the certificate");
        Arc::new(config)
    }

    /// Starts an HTTPS server that presents `certificate`.
    pub fn start_https(&self, certificate: Certificate) -> HttpServer {
        HttpServer::start_tls(self.server_config(certificate))
    }
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
        Certificate::OtherHost => vec!["other.example".to_owned()],
        _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };
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
