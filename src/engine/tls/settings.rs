//! What a caller may ask of TLS.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Identity, LoadError, Roots};

/// Which certificates a peer may show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// Those that lead to a certificate authority that the system trusts. When they are set,
    /// and the environment is trusted, `SSL_CERT_FILE` and `SSL_CERT_DIR` take its place.
    #[default]
    System,
    /// Any. The peer may be anyone.
    Disabled,
    /// Those that lead to one of these.
    Roots(Roots),
}

impl Verify {
    /// Trusts the certificates of a PEM file, which is read now, or of the PEM files of a folder,
    /// which are read at the first connection.
    ///
    /// # Errors
    /// When there is nothing at that path, or a file without a certificate.
    pub fn from_path(path: PathBuf) -> Result<Self, LoadError> {
        let metadata = path.metadata();
        let metadata = metadata.map_err(|error| LoadError::read(&path, error))?;
        Ok(Self::Roots(match metadata.is_dir() {
            true => Roots::from_folder(path),
            false => Roots::from_file(&path)?,
        }))
    }
}

/// A version of TLS that can be spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// TLS 1.2, RFC 5246.
    Tls12,
    /// TLS 1.3, RFC 8446.
    Tls13,
}

/// What one side of a connection wants of TLS.
///
/// A value is made with `TlsSettings { …, ..TlsSettings::default() }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// Which certificates a peer may show.
    pub verify: Verify,
    /// Whether a server's certificate has to be for the host that was asked for. Off, any
    /// certificate of a trusted authority will do. Without meaning when nothing is verified.
    pub check_hostname: bool,
    /// The certificate to show. A client shows it to a server that asks for one.
    pub identity: Option<Arc<Identity>>,
    /// The oldest version to accept.
    pub minimum_version: Version,
    /// The newest version to accept.
    pub maximum_version: Version,
    /// The cipher suites to accept, by their numbers at IANA; `None` for rustls' own choice.
    /// Numbers that rustls does not know are passed over.
    pub cipher_suites: Option<Vec<u16>>,
    /// The protocols to offer (ALPN, RFC 7301), best first. Empty: the extension is not sent.
    /// Which one the server took is in `TlsStream::get_ref().1.alpn_protocol()`.
    pub alpn: Vec<Vec<u8>>,
    /// Where to write the secrets of each connection, in NSS' key log format, for a program that
    /// decrypts a recording of it. Takes the place of `SSLKEYLOGFILE`.
    pub key_log: Option<PathBuf>,
    /// Whether `SSL_CERT_FILE`, `SSL_CERT_DIR` and `SSLKEYLOGFILE` are heeded.
    pub trust_env: bool,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            verify: Verify::System,
            check_hostname: true,
            identity: None,
            minimum_version: Version::Tls12,
            maximum_version: Version::Tls13,
            cipher_suites: None,
            alpn: Vec::new(),
            key_log: None,
            trust_env: true,
        }
    }
}
