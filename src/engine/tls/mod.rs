//! TLS for clients, by rustls: whom to trust, and what to say when a server is not trusted.

mod refusal;
mod trust;
mod unverified;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, OnceLock};

use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::engine::error::{Error, Kind};
use crate::engine::net::Target;

/// The one provider of cryptography in the process.
static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
    let installed = CryptoProvider::get_default().cloned();
    installed.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()))
});

/// Which certificates a server may show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// Those that lead to a certificate authority that the system trusts. When they are set,
    /// and the environment is trusted, `SSL_CERT_FILE` and `SSL_CERT_DIR` take its place.
    #[default]
    System,
    /// Any. The peer may be anyone.
    Disabled,
    /// Those that lead to a certificate in this PEM file.
    CaFile(PathBuf),
    /// Those that lead to a certificate in the PEM files of this folder.
    CaDir(PathBuf),
}

impl Verify {
    /// Trusts the certificates of a PEM file, or of the PEM files of a folder.
    ///
    /// # Errors
    /// When there is nothing at that path. What is there is read at the first connection.
    pub fn from_path(path: PathBuf) -> io::Result<Self> {
        Ok(if path.metadata()?.is_dir() {
            Self::CaDir(path)
        } else {
            Self::CaFile(path)
        })
    }
}

/// What a client wants of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// Which certificates a server may show.
    pub verify: Verify,
    /// Whether `SSL_CERT_FILE` and `SSL_CERT_DIR` are heeded.
    pub trust_env: bool,
    /// The protocols to offer (ALPN, RFC 7301), best first. Empty: the extension is not sent.
    /// Which one the server took is in `TlsStream::get_ref().1.alpn_protocol()`.
    pub alpn: Vec<Vec<u8>>,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self {
            verify: Verify::System,
            trust_env: true,
            alpn: Vec::new(),
        }
    }
}

/// The settings, and what rustls makes of them at the first TLS connection.
///
/// The system's trust is loaded once a process, and again when the environment names another.
/// A file or folder of the caller's is loaded once for each `TlsConfig`.
#[derive(Debug, Default)]
pub struct TlsConfig {
    settings: TlsSettings,
    own: OnceLock<Arc<ClientConfig>>,
}

impl TlsConfig {
    /// Notes the settings. Opens no file.
    pub fn new(settings: TlsSettings) -> Self {
        Self {
            settings,
            own: OnceLock::new(),
        }
    }

    /// # Errors
    /// The sentence to tell when no certificate could be loaded.
    fn client_config(&self) -> Result<Arc<ClientConfig>, String> {
        if self.settings.verify == Verify::System {
            return trust::system(self.settings.trust_env).map(|config| self.offering(config));
        }
        if let Some(config) = self.own.get() {
            return Ok(config.clone());
        }
        let config = match &self.settings.verify {
            Verify::CaFile(file) => trust::config(trust::from_file(file)?),
            Verify::CaDir(folder) => trust::config(trust::from_folder(folder)?),
            Verify::Disabled | Verify::System => unverified::config(),
        };
        Ok(self.own.get_or_init(|| self.offering(config)).clone())
    }

    /// `config` with the protocols of these settings. It shares its trust and its sessions.
    fn offering(&self, config: Arc<ClientConfig>) -> Arc<ClientConfig> {
        if config.alpn_protocols == self.settings.alpn {
            return config;
        }
        let mut config = ClientConfig::clone(&config);
        config.alpn_protocols.clone_from(&self.settings.alpn);
        Arc::new(config)
    }

    /// Shakes hands over `socket` with the server that `target` names. The socket may be any
    /// stream: TLS within TLS is how an https proxy is used.
    ///
    /// # Errors
    /// `Connect`, saying why the server was refused.
    pub(crate) async fn handshake<S>(
        &self,
        target: &Target,
        socket: S,
    ) -> Result<TlsStream<S>, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let config = self.client_config().map_err(|reason| {
            let message = format!("Could not connect to {}: {reason}.", target.url);
            Error::new(Kind::Connect, message).at(&target.url)
        })?;
        let name = ServerName::try_from(target.server_name().to_owned()).map_err(|error| {
            let message = format!(
                "'{}' of {} is no host name.",
                target.server_name(),
                target.url
            );
            Error::new(Kind::InvalidUrl, message)
                .at(&target.url)
                .caused_by(error)
        })?;
        let connecting = TlsConnector::from(config).connect(name, socket);
        connecting
            .await
            .map_err(|error| refusal::explain(error, target))
    }
}

/// A configuration that still lacks its verifier. rustls' defaults: TLS 1.2 and 1.3.
fn builder() -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    ClientConfig::builder_with_provider(PROVIDER.clone())
        .with_safe_default_protocol_versions()
        .expect("the provider supports the default protocol versions")
}
