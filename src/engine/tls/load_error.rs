//! Why a certificate or a key could not be used.

use std::io;
use std::path::{Path, PathBuf};

/// A certificate or key, of a file or of a buffer, that could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file could not be read.
    #[error("'{}' could not be read: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What was read is of no use.
    #[error("{0}")]
    Content(String),
    /// The key is encrypted, and no password, or a wrong one, was given.
    #[error("{0}")]
    Password(String),
}

impl LoadError {
    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Read { path, source }
    }
}
