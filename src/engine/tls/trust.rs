//! Loading trusted certificates.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};

use super::PROVIDER;
use crate::engine::net::fork::ForkLocal;

/// Environments remembered at a time. A process has one, or two.
const REMEMBERED: usize = 4;

/// What the environment says about trust; empty values count as unset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Environment {
    file: Option<OsString>,
    folders: Option<OsString>,
    /// False: the variables are there to be ignored.
    heeded: bool,
}

type Cache = Mutex<Vec<(Environment, Trusted)>>;

static CACHE: LazyLock<ForkLocal<Cache>> = LazyLock::new(|| ForkLocal::new(Cache::default()));

/// What comes of an environment's certificates.
#[derive(Clone)]
pub(super) struct Trusted {
    pub(super) roots: Arc<RootCertStore>,
    pub(super) verifier: Arc<WebPkiServerVerifier>,
    /// With the default versions and no certificate of the client's. Its clones share its
    /// sessions: rustls resumes one only under the verifier that it was made with.
    pub(super) config: Arc<ClientConfig>,
}

/// What the system, or the environment, trusts now.
///
/// # Errors
/// A sentence that names what held no certificate.
pub(super) fn system(trust_env: bool) -> Result<Trusted, String> {
    of(&Environment::read(trust_env))
}

/// What an environment trusts; loaded once.
///
/// # Errors
/// A sentence that names what held no certificate.
pub(super) fn of(environment: &Environment) -> Result<Trusted, String> {
    // Held while loading, so that threads that start together load once.
    let mut cache = CACHE.get(|_| Cache::default()).lock();
    if let Some((_, trusted)) = cache.iter().find(|(known, _)| known == environment) {
        return Ok(trusted.clone());
    }
    let trusted = Trusted::new(environment.roots()?)?;
    if cache.len() == REMEMBERED {
        cache.remove(0);
    }
    cache.push((environment.clone(), trusted.clone()));
    Ok(trusted)
}

impl Trusted {
    fn new(roots: RootCertStore) -> Result<Self, String> {
        let roots = Arc::new(roots);
        let verifier = super::verifier::of_store(roots.clone())?;
        let builder = ClientConfig::builder_with_provider(PROVIDER.clone())
            .with_safe_default_protocol_versions()
            .expect("the provider supports the default protocol versions")
            .with_webpki_verifier(verifier.clone());
        let config = Arc::new(builder.with_no_client_auth());
        Ok(Self {
            roots,
            verifier,
            config,
        })
    }
}

impl Environment {
    /// The environment as it is now.
    pub(super) fn read(heeded: bool) -> Self {
        let value = |name| env::var_os(name).filter(|value| !value.is_empty());
        Self {
            file: value("SSL_CERT_FILE"),
            folders: value("SSL_CERT_DIR"),
            heeded,
        }
    }

    fn roots(&self) -> Result<RootCertStore, String> {
        if self.file.is_none() && self.folders.is_none() {
            return store(load_native_certs(), "the system's certificate store");
        }
        match self.heeded {
            true => self.named_roots(),
            false => store(well_known(), "the system's certificate store"),
        }
    }

    fn named_roots(&self) -> Result<RootCertStore, String> {
        let file = self.file.as_deref().map(Path::new);
        let folders = self.folders.as_deref().unwrap_or_default();
        let mut found = load_certs_from_paths(file, None);
        for folder in env::split_paths(folders).filter(|path| path != &PathBuf::new()) {
            let more = load_certs_from_paths(None, Some(&folder));
            found.certs.extend(more.certs);
            found.errors.extend(more.errors);
        }
        let named = [
            ("SSL_CERT_FILE", &self.file),
            ("SSL_CERT_DIR", &self.folders),
        ];
        let named = named.into_iter().filter_map(|(name, value)| {
            let value = value.as_deref()?;
            Some(format!("{name} '{}'", value.display()))
        });
        store(found, &named.collect::<Vec<_>>().join(" and "))
    }
}

/// The system's certificates when the variables are set but not heeded. rustls-native-certs
/// cannot be told to ignore them.
fn well_known() -> CertificateResult {
    let mut found = CertificateResult::default();
    for folder in openssl_probe::candidate_cert_dirs() {
        let more = load_certs_from_paths(None, Some(folder));
        found.certs.extend(more.certs);
        found.errors.extend(more.errors);
    }
    found
}

/// Some files of a system's store may be unreadable or odd; one good certificate is enough.
fn store(found: CertificateResult, described: &str) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs.iter().map(CertificateDer::clone));
    if !roots.is_empty() {
        return Ok(roots);
    }
    Err(match found.errors.first() {
        Some(error) => format!("no certificate could be loaded from {described} ({error})"),
        None => none_in(described),
    })
}

pub(super) fn none_in(described: &str) -> String {
    format!("{described} holds no certificate")
}
