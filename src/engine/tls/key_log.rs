//! The secrets of connections, for a program that decrypts a recording of them.

use std::env;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::KeyLog;

use super::TlsSettings;

/// A file in NSS' key log format, appended to.
///
/// rustls has one too, but it takes its name from the environment alone, and is silent about a
/// file that it cannot write.
#[derive(Debug)]
pub(super) struct KeyLogFile(File);

impl KeyLogFile {
    /// The log that the settings or the environment ask for.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub(super) fn of(settings: &TlsSettings) -> Result<Option<Arc<Self>>, String> {
        let named = || env::var_os("SSLKEYLOGFILE").filter(|name| !name.is_empty());
        let path = match &settings.key_log {
            Some(path) => path.clone(),
            None => match named().filter(|_| settings.trust_env) {
                Some(name) => PathBuf::from(name),
                None => return Ok(None),
            },
        };
        Self::open(&path).map(|log| Some(Arc::new(log)))
    }

    fn open(path: &Path) -> Result<Self, String> {
        let mut options = OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.append(true).create(true).open(path);
        file.map(Self).map_err(|error| {
            let path = path.display();
            format!("the TLS key log '{path}' cannot be written ({error})")
        })
    }
}

impl KeyLog for KeyLogFile {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let mut line = format!("{label} ");
        push_hex(&mut line, client_random);
        line.push(' ');
        push_hex(&mut line, secret);
        line.push('\n');
        // In one call, so that lines of several processes do not mix. A full disk must not break
        // the connection.
        let _ = (&self.0).write_all(line.as_bytes());
    }
}

fn push_hex(line: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(line, "{byte:02x}");
    }
}
