//! The certificate that one side shows, and its private key.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::roots::certificates;
use super::{LoadError, PROVIDER, private_key};

/// A chain of certificates and the private key of its first. Its `Debug` shows no secret.
#[derive(Debug, PartialEq, Eq)]
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Reads a PEM file with a chain, leaf first, and one with its key; `None` when the key is in
    /// the same file. The password is needed only for a key that is encrypted.
    ///
    /// # Errors
    /// When a file cannot be read, does not hold what it should, or the two do not belong
    /// together; when the password is wrong or missing.
    pub fn load(
        chain: &Path,
        key: Option<&Path>,
        password: Option<&[u8]>,
    ) -> Result<Self, LoadError> {
        IdentityFiles::read(chain, key)?.open(password)
    }

    /// The certificates, the leaf first.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// The private key of the leaf.
    pub fn key(&self) -> &PrivateKeyDer<'static> {
        &self.key
    }

    /// The pair as rustls uses it.
    ///
    /// # Errors
    /// When the key is of no supported kind, or is another certificate's.
    pub(super) fn certified(&self) -> Result<Arc<CertifiedKey>, rustls::Error> {
        let (chain, key) = (self.chain.clone(), self.key.clone_key());
        CertifiedKey::from_der(chain, key, &PROVIDER).map(Arc::new)
    }
}

/// The files of an [`Identity`], read, with the key still locked.
///
/// For callers that ask a person for the password only when there is need.
#[derive(Debug)]
pub struct IdentityFiles {
    chain: Vec<CertificateDer<'static>>,
    key: private_key::Section,
    paths: (PathBuf, PathBuf),
}

impl IdentityFiles {
    /// Reads the files of [`Identity::load`].
    ///
    /// # Errors
    /// When one cannot be read or does not hold what it should.
    pub fn read(chain: &Path, key: Option<&Path>) -> Result<Self, LoadError> {
        let key_path = key.unwrap_or(chain);
        let read = |path: &Path| fs::read(path).map_err(|error| LoadError::read(path, error));
        let described = format!("the certificate file '{}'", chain.display());
        let certificates = certificates(&read(chain)?, &described)?;
        if certificates.is_empty() {
            let message = format!("{described} holds no certificate in PEM format");
            return Err(LoadError::Content(message));
        }
        let described = format!("the key file '{}'", key_path.display());
        Ok(Self {
            chain: certificates,
            key: private_key::Section::find(&read(key_path)?, &described)?,
            paths: (chain.to_owned(), key_path.to_owned()),
        })
    }

    /// Whether the key is encrypted.
    pub fn needs_password(&self) -> bool {
        self.key.is_encrypted()
    }

    /// Unlocks the key.
    ///
    /// # Errors
    /// When the password is wrong or missing, or the key is not the certificate's.
    pub fn open(self, password: Option<&[u8]>) -> Result<Identity, LoadError> {
        let Self { chain, key, paths } = self;
        let key = key.open(password)?;
        let identity = Identity { chain, key };
        match identity.certified() {
            Ok(_) => Ok(identity),
            Err(rustls::Error::InconsistentKeys(_)) => Err(LoadError::Content(format!(
                "the key in '{}' is not that of the certificate in '{}'",
                paths.1.display(),
                paths.0.display()
            ))),
            Err(error) => Err(LoadError::Content(format!(
                "the key in '{}' cannot be used with the certificate in '{}': {error}",
                paths.1.display(),
                paths.0.display()
            ))),
        }
    }
}
