//! The hashes that Digest authentication knows.

use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

/// A hash, and whether the nonces go into the first of them (RFC 7616, 3.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Algorithm {
    hash: Hash,
    pub(super) is_session: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Algorithm {
    /// By the name in a challenge, in any case.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_uppercase();
        let (hash, is_session) = match name.strip_suffix("-SESS") {
            Some(hash) => (hash, true),
            None => (name.as_str(), false),
        };
        let hash = match hash {
            "MD5" => Hash::Md5,
            "SHA" => Hash::Sha1,
            "SHA-256" => Hash::Sha256,
            "SHA-512" => Hash::Sha512,
            _ => return None,
        };
        Some(Self { hash, is_session })
    }

    /// The hash of the parts joined by colons, in hexadecimal.
    pub(super) fn digest(self, parts: &[&[u8]]) -> String {
        let data = parts.join(&b':');
        match self.hash {
            Hash::Md5 => hex(&Md5::digest(data)),
            Hash::Sha1 => hex(&Sha1::digest(data)),
            Hash::Sha256 => hex(&Sha256::digest(data)),
            Hash::Sha512 => hex(&Sha512::digest(data)),
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
