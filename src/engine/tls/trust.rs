//! Loading trusted certificates.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};

use crate::engine::net::fork::ForkLocal;

/// Environments remembered at a time. A process has one, or two.
const REMEMBERED: usize = 4;

/// What the environment says about trust; empty values count as unset.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Environment {
    file: Option<OsString>,
    folders: Option<OsString>,
    /// False: the variables are there to be ignored.
    heeded: bool,
}

type Cache = Mutex<Vec<(Environment, Arc<ClientConfig>)>>;

static CACHE: LazyLock<ForkLocal<Cache>> = LazyLock::new(|| ForkLocal::new(Cache::default()));

/// The configuration that trusts what the system, or the environment, trusts.
///
/// # Errors
/// A sentence that names what held no certificate.
pub(super) fn system(trust_env: bool) -> Result<Arc<ClientConfig>, String> {
    let environment = Environment::read(trust_env);
    // Held while loading, so that threads that start together load once.
    let mut cache = CACHE.get(|_| Cache::default()).lock();
    if let Some((_, config)) = cache.iter().find(|(known, _)| *known == environment) {
        return Ok(config.clone());
    }
    let config = config(environment.roots()?);
    if cache.len() == REMEMBERED {
        cache.remove(0);
    }
    cache.push((environment, config.clone()));
    Ok(config)
}

/// A configuration that trusts `roots`.
pub(super) fn config(roots: RootCertStore) -> Arc<ClientConfig> {
    let builder = super::builder().with_root_certificates(roots);
    Arc::new(builder.with_no_client_auth())
}

/// The certificates of one PEM file.
pub(super) fn from_file(file: &Path) -> Result<RootCertStore, String> {
    let described = format!("the certificate file '{}'", file.display());
    store(load_certs_from_paths(Some(file), None), &described)
}

/// The certificates of the PEM files in one folder.
pub(super) fn from_folder(folder: &Path) -> Result<RootCertStore, String> {
    let described = format!("the certificate folder '{}'", folder.display());
    store(load_certs_from_paths(None, Some(folder)), &described)
}

impl Environment {
    fn read(heeded: bool) -> Self {
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
        None => format!("{described} holds no certificate"),
    })
}
