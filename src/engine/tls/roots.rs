//! The certificates that others must lead to.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::load_certs_from_paths;

use super::LoadError;
use super::trust::{self, Environment};

/// A list of what is trusted. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots(Arc<Vec<Root>>);

/// One entry of [`Roots`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// One certificate.
    Certificate(CertificateDer<'static>),
    /// The PEM files in a folder, read at the first connection.
    Folder(PathBuf),
    /// What the system trusts, or what the environment put in its place when this was made.
    System(Environment),
}

impl Roots {
    /// The certificates of a PEM file.
    ///
    /// # Errors
    /// When the file cannot be read or holds none.
    pub fn from_file(path: &Path) -> Result<Self, LoadError> {
        let content = fs::read(path).map_err(|error| LoadError::read(path, error))?;
        Self::from_pem(&content, &format!("'{}'", path.display()))
    }

    /// The certificates of a PEM text. `described` names it in errors.
    ///
    /// # Errors
    /// When it is no PEM or holds no certificate.
    pub fn from_pem(text: &[u8], described: &str) -> Result<Self, LoadError> {
        let found = certificates(text, described)?;
        if found.is_empty() {
            let message = format!("{described} holds no certificate in PEM format");
            return Err(LoadError::Content(message));
        }
        Ok(found.into_iter().map(Root::Certificate).collect())
    }

    /// The certificates of a buffer with one or more in DER, one after the other.
    ///
    /// # Errors
    /// When it ends within one, or holds none.
    pub fn from_der(mut der: &[u8]) -> Result<Self, LoadError> {
        let mut found = Vec::new();
        while !der.is_empty() {
            let Some(length) = sequence_length(der).filter(|length| *length <= der.len()) else {
                let message = "the certificates in DER format are cut short".to_owned();
                return Err(LoadError::Content(message));
            };
            let (first, rest) = der.split_at(length);
            found.push(Root::Certificate(CertificateDer::from(first.to_vec())));
            der = rest;
        }
        match found.is_empty() {
            true => Err(LoadError::Content("there is no certificate".to_owned())),
            false => Ok(found.into_iter().collect()),
        }
    }

    /// The certificates of the PEM files in a folder, as they are at the first connection.
    pub fn from_folder(path: PathBuf) -> Self {
        [Root::Folder(path)].into_iter().collect()
    }

    /// What the system trusts, or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name now.
    pub fn of_system() -> Self {
        let root = Root::System(Environment::read(true));
        [root].into_iter().collect()
    }

    /// Trusts `more` besides.
    pub fn extend(&mut self, more: &Self) {
        Arc::make_mut(&mut self.0).extend(more.0.iter().cloned());
    }

    /// The environment whose trust this is, when it is nothing else.
    pub(super) fn only_system(&self) -> Option<&Environment> {
        match self.0.as_slice() {
            [Root::System(environment)] => Some(environment),
            _ => None,
        }
    }

    /// Loads what is not loaded yet. A certificate that cannot be used leads nowhere, and is
    /// passed over.
    ///
    /// # Errors
    /// A sentence that names what held no certificate.
    pub(super) fn store(&self) -> Result<RootCertStore, String> {
        let mut store = RootCertStore::empty();
        for root in self.0.iter() {
            match root {
                Root::Certificate(certificate) => {
                    store.add_parsable_certificates([certificate.clone()]);
                }
                Root::Folder(folder) => {
                    let found = load_certs_from_paths(None, Some(folder));
                    store.add_parsable_certificates(found.certs);
                }
                Root::System(environment) => {
                    let trusted = trust::of(environment)?;
                    store.roots.extend(trusted.roots.roots.iter().cloned());
                }
            }
        }
        match store.is_empty() {
            true => Err(self.none_of()),
            false => Ok(store),
        }
    }

    /// Whether `certificate` is itself one of those listed.
    pub(super) fn lists(&self, certificate: &CertificateDer<'_>) -> bool {
        let is_it = |root: &Root| matches!(root, Root::Certificate(it) if it == certificate);
        self.0.iter().any(is_it)
    }

    fn none_of(&self) -> String {
        match self.0.as_slice() {
            [] => "no certificate authority is trusted: none was loaded".to_owned(),
            [Root::Folder(folder)] => {
                let described = format!("the certificate folder '{}'", folder.display());
                trust::none_in(&described)
            }
            _ => "none of the trusted certificates can be used".to_owned(),
        }
    }
}

impl FromIterator<Root> for Roots {
    fn from_iter<I: IntoIterator<Item = Root>>(roots: I) -> Self {
        Self(Arc::new(roots.into_iter().collect()))
    }
}

/// The certificates of a PEM text, which may hold other things too.
pub(super) fn certificates(
    text: &[u8],
    described: &str,
) -> Result<Vec<CertificateDer<'static>>, LoadError> {
    let sections = sections(text, described)?;
    let certificates = sections
        .into_iter()
        .filter(|section| matches!(section.tag(), "CERTIFICATE" | "X509 CERTIFICATE"));
    Ok(certificates
        .map(|section| CertificateDer::from(section.into_contents()))
        .collect())
}

/// The sections of a PEM text.
pub(super) fn sections(text: &[u8], described: &str) -> Result<Vec<pem::Pem>, LoadError> {
    pem::parse_many(text).map_err(|error| {
        let message = format!("{described} is no good PEM file: {error}");
        LoadError::Content(message)
    })
}

/// The length of the DER sequence, header and all, that `der` starts with (X.690, 8.1.3).
fn sequence_length(der: &[u8]) -> Option<usize> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if tag != 0x30 {
        return None;
    }
    if first < 0x80 {
        return Some(2 + usize::from(first));
    }
    let size = usize::from(first & 0x7f);
    if !(1..=4).contains(&size) {
        return None;
    }
    let bytes = rest.get(..size)?;
    let length = bytes
        .iter()
        .fold(0, |length, byte| length << 8 | usize::from(*byte));
    Some(2 + size + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_sequence_is_read() {
        assert_eq!(sequence_length(&[0x30, 0x03, 1, 2, 3]), Some(5));
        assert_eq!(sequence_length(&[0x30, 0x82, 0x01, 0x00]), Some(260));
        assert_eq!(sequence_length(&[0x30, 0x80]), None);
        assert_eq!(sequence_length(&[0x30, 0x82, 0x01]), None);
        assert_eq!(sequence_length(&[0x31, 0x00]), None);
    }

    #[test]
    fn certificates_in_der_that_are_cut_short_are_refused() {
        assert!(Roots::from_der(&[]).is_err());
        assert!(Roots::from_der(&[0x30, 0x03, 1]).is_err());
        assert!(Roots::from_der(b"no certificate").is_err());
        assert!(Roots::from_der(&[0x30, 0x01, 1, 0x30, 0x00]).is_ok());
    }
}
