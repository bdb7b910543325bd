//! What rustls is told, made of the settings at the first connection.

use std::sync::{Arc, OnceLock};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ConfigBuilder, SupportedProtocolVersion, WantsVerifier};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::key_log::KeyLogFile;
use super::settings::{TlsSettings, Verify, Version};
use super::trust::Trusted;
use super::{PROVIDER, refusal, trust, unverified, verifier};
use crate::engine::error::{Error, Kind};
use crate::engine::net::Target;

/// The settings, and what rustls makes of them at the first TLS connection.
///
/// What the system trusts is loaded once a process, and again when the environment names another.
/// Clients that trust it and show no certificate resume each other's sessions.
#[derive(Debug, Default)]
pub struct TlsConfig {
    settings: TlsSettings,
    made: OnceLock<Arc<ClientConfig>>,
}

impl TlsConfig {
    /// Notes the settings. Opens no file.
    pub fn new(settings: TlsSettings) -> Self {
        Self {
            settings,
            made: OnceLock::new(),
        }
    }

    /// The settings.
    pub fn settings(&self) -> &TlsSettings {
        &self.settings
    }

    /// # Errors
    /// The sentence to tell when a certificate or the key log could not be loaded.
    fn client_config(&self) -> Result<Arc<ClientConfig>, String> {
        if let Some(made) = self.made.get() {
            return Ok(made.clone());
        }
        let made = Arc::new(make(&self.settings)?);
        Ok(self.made.get_or_init(|| made).clone())
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

fn make(settings: &TlsSettings) -> Result<ClientConfig, String> {
    let mut config = match shared(settings)? {
        Some(trusted) => ClientConfig::clone(&trusted.config),
        None => own(settings)?,
    };
    config.alpn_protocols.clone_from(&settings.alpn);
    if let Some(log) = KeyLogFile::of(settings)? {
        config.key_log = log;
    }
    Ok(config)
}

/// The configuration that clients of the system's trust share, when these settings ask for no
/// other. A clone of it has the same sessions.
fn shared(settings: &TlsSettings) -> Result<Option<Trusted>, String> {
    let usual = TlsSettings::default();
    let is_usual = settings.check_hostname
        && settings.identity.is_none()
        && settings.cipher_suites.is_none()
        && (settings.minimum_version, settings.maximum_version)
            == (usual.minimum_version, usual.maximum_version);
    match is_usual {
        true => system(settings).transpose(),
        false => Ok(None),
    }
}

/// What the system trusts, when nothing else is.
fn system(settings: &TlsSettings) -> Option<Result<Trusted, String>> {
    match &settings.verify {
        Verify::System => Some(trust::system(settings.trust_env)),
        Verify::Roots(roots) => Some(trust::of(roots.only_system()?)),
        Verify::Disabled => None,
    }
}

fn own(settings: &TlsSettings) -> Result<ClientConfig, String> {
    let builder = builder(settings)?.dangerous();
    let builder = builder.with_custom_certificate_verifier(verifier_of(settings)?);
    let Some(identity) = &settings.identity else {
        return Ok(builder.with_no_client_auth());
    };
    let certified = identity
        .certified()
        .map_err(|error| format!("the client's certificate cannot be used ({error})"))?;
    let resolver: SingleCertAndKey = CertifiedKey::clone(&certified).into();
    Ok(builder.with_client_cert_resolver(Arc::new(resolver)))
}

fn verifier_of(settings: &TlsSettings) -> Result<Arc<dyn ServerCertVerifier>, String> {
    let verifier: Arc<dyn ServerCertVerifier> = match (&settings.verify, system(settings)) {
        (Verify::Disabled, _) => return Ok(unverified::verifier()),
        (_, Some(trusted)) => trusted?.verifier,
        (Verify::Roots(roots), None) => verifier::of_roots(roots)?,
        (Verify::System, None) => unreachable!("the system's trust is the system's"),
    };
    Ok(match settings.check_hostname {
        true => verifier,
        false => verifier::any_host(verifier),
    })
}

/// A configuration with the versions and cipher suites of the settings, that still lacks its
/// verifier.
fn builder(settings: &TlsSettings) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, String> {
    let builder = ClientConfig::builder_with_provider(provider(settings));
    builder
        .with_protocol_versions(&versions(settings))
        .map_err(|error| format!("no TLS version and cipher suite is left to offer ({error})"))
}

/// Those from the minimum to the maximum.
pub(super) fn versions(settings: &TlsSettings) -> Vec<&'static SupportedProtocolVersion> {
    let range = settings.minimum_version..=settings.maximum_version;
    let known = [(Version::Tls13, &TLS13), (Version::Tls12, &TLS12)];
    let wanted = known.into_iter().filter(|(it, _)| range.contains(it));
    wanted.map(|(_, version)| version).collect()
}

/// The process's provider, less the cipher suites that the settings leave out.
pub(super) fn provider(settings: &TlsSettings) -> Arc<CryptoProvider> {
    let Some(suites) = &settings.cipher_suites else {
        return PROVIDER.clone();
    };
    let mut provider = CryptoProvider::clone(&PROVIDER);
    let is_wanted = |suite: &rustls::SupportedCipherSuite| suites.contains(&suite.suite().into());
    provider.cipher_suites.retain(is_wanted);
    Arc::new(provider)
}
