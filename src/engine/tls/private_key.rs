//! Private keys in PEM, plain and encrypted.
//!
//! Encrypted are those of PKCS #8 (RFC 5958; `BEGIN ENCRYPTED PRIVATE KEY`), and OpenSSL's
//! traditional ones, which have a `Proc-Type: 4,ENCRYPTED` header (RFC 1421) and a key made from
//! the password with MD5.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use md5::{Digest, Md5};
use pem::Pem;
use pkcs8::EncryptedPrivateKeyInfoRef;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};

use super::LoadError;
use super::roots::sections;

/// What a user may do about a key that cannot be decrypted here.
const CONVERT: &str =
    "convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem`";

/// The section of a PEM file that holds a private key.
#[derive(Debug)]
pub(super) struct Section {
    pem: Secret,
    /// Where it is from, for errors.
    described: String,
}

/// A section whose `Debug` shows nothing of it.
struct Secret(Pem);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Secret").field(&self.0.tag()).finish()
    }
}

impl Section {
    /// The first private key of a PEM text.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn find(text: &[u8], described: &str) -> Result<Self, LoadError> {
        let is_key = |section: &Pem| section.tag().ends_with("PRIVATE KEY");
        let found = sections(text, described)?.into_iter().find(is_key);
        let Some(pem) = found else {
            let message = format!("{described} holds no private key in PEM format");
            return Err(LoadError::Content(message));
        };
        Ok(Self {
            pem: Secret(pem),
            described: described.to_owned(),
        })
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.pem.0.tag() == "ENCRYPTED PRIVATE KEY" || self.traditional_cipher().is_some()
    }

    /// The value of the DEK-Info field of a traditional key that is encrypted.
    fn traditional_cipher(&self) -> Option<&str> {
        let headers = self.pem.0.headers();
        let encrypted = headers.get("Proc-Type")?.ends_with("ENCRYPTED");
        encrypted.then(|| headers.get("DEK-Info").unwrap_or_default())
    }

    /// The key, decrypted if need be.
    ///
    /// # Errors
    /// When it is encrypted in a way that is not known, or not with this password.
    pub(super) fn open(self, password: Option<&[u8]>) -> Result<PrivateKeyDer<'static>, LoadError> {
        if !self.is_encrypted() {
            let (tag, content) = (self.pem.0.tag().to_owned(), self.pem.0.into_contents());
            return key_of(&tag, content, &self.described);
        }
        let Some(password) = password else {
            let message = format!(
                "the key in {} is encrypted and needs a password",
                self.described
            );
            return Err(LoadError::Password(message));
        };
        match self.traditional_cipher() {
            Some(cipher) => self.decrypt_traditional(cipher, password),
            None => self.decrypt_pkcs8(password),
        }
    }

    fn decrypt_pkcs8(&self, password: &[u8]) -> Result<PrivateKeyDer<'static>, LoadError> {
        let info = EncryptedPrivateKeyInfoRef::try_from(self.pem.0.contents())
            .map_err(|error| self.unusable(&error.to_string()))?;
        match info.decrypt(password) {
            Ok(key) => Ok(PrivatePkcs8KeyDer::from(key.as_bytes().to_vec()).into()),
            Err(pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::DecryptFailed)) => {
                Err(self.wrong_password())
            }
            Err(error) => Err(self.unusable(&error.to_string())),
        }
    }

    fn decrypt_traditional(
        &self,
        cipher: &str,
        password: &[u8],
    ) -> Result<PrivateKeyDer<'static>, LoadError> {
        let (name, iv) = cipher.split_once(',').unwrap_or((cipher, ""));
        let iv = hex(iv).ok_or_else(|| self.unusable("its DEK-Info header is damaged"))?;
        let content = self.pem.0.contents();
        let plain = match name {
            "AES-128-CBC" => decrypt_cbc::<Aes128>(content, password, &iv),
            "AES-192-CBC" => decrypt_cbc::<Aes192>(content, password, &iv),
            "AES-256-CBC" => decrypt_cbc::<Aes256>(content, password, &iv),
            _ => return Err(self.unusable(&format!("its cipher is {name}"))),
        };
        // Padding that is right by chance passes for one wrong password in 256.
        let plain = plain.filter(|plain| plain.first() == Some(&0x30));
        let plain = plain.ok_or_else(|| self.wrong_password())?;
        key_of(self.pem.0.tag(), plain, &self.described)
    }

    fn unusable(&self, reason: &str) -> LoadError {
        let described = &self.described;
        LoadError::Content(format!(
            "the encrypted key in {described} cannot be decrypted ({reason}): {CONVERT}"
        ))
    }

    fn wrong_password(&self) -> LoadError {
        LoadError::Password(format!(
            "the key in {} is encrypted with another password",
            self.described
        ))
    }
}

fn key_of(
    tag: &str,
    content: Vec<u8>,
    described: &str,
) -> Result<PrivateKeyDer<'static>, LoadError> {
    match tag {
        "PRIVATE KEY" => Ok(PrivatePkcs8KeyDer::from(content).into()),
        "RSA PRIVATE KEY" => Ok(PrivatePkcs1KeyDer::from(content).into()),
        "EC PRIVATE KEY" => Ok(PrivateSec1KeyDer::from(content).into()),
        other => Err(LoadError::Content(format!(
            "{described} holds a key of a kind that cannot be used: {other}"
        ))),
    }
}

/// `None` when the padding tells that the key was another.
fn decrypt_cbc<C>(content: &[u8], password: &[u8], iv: &[u8]) -> Option<Vec<u8>>
where
    C: KeyInit + BlockCipherDecrypt,
    cbc::Decryptor<C>: KeyIvInit + BlockModeDecrypt,
{
    let key = derive(password, iv.get(..8)?, C::key_size());
    let cipher = cbc::Decryptor::<C>::new_from_slices(&key, iv).ok()?;
    let mut buffer = content.to_vec();
    let plain = cipher.decrypt_padded::<Pkcs7>(&mut buffer).ok()?;
    Some(plain.to_vec())
}

/// OpenSSL's EVP_BytesToKey with MD5 and one round.
fn derive(password: &[u8], salt: &[u8], length: usize) -> Vec<u8> {
    let mut key: Vec<u8> = Vec::with_capacity(length + 16);
    let mut block = Vec::new();
    while key.len() < length {
        let digest = Md5::new().chain_update(&block).chain_update(password);
        block = digest.chain_update(salt).finalize().to_vec();
        key.extend(&block);
    }
    key.truncate(length);
    key
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim().as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.map(byte).collect()
}

#[cfg(test)]
mod tests {
    //! One key, made for these tests, as OpenSSL 3.0 writes it; the password is "secret".

    use super::*;

    const PLAIN: &str = include_str!("../../../tests/fixtures/keys/plain.pem");
    const PLAIN_PKCS8: &str = include_str!("../../../tests/fixtures/keys/pkcs8-plain.pem");
    const AES_128: &str = include_str!("../../../tests/fixtures/keys/traditional-aes128.pem");
    const AES_192: &str = include_str!("../../../tests/fixtures/keys/traditional-aes192.pem");
    const AES_256: &str = include_str!("../../../tests/fixtures/keys/traditional-aes256.pem");
    const DES: &str = include_str!("../../../tests/fixtures/keys/traditional-des3.pem");
    const PKCS8_AES: &str = include_str!("../../../tests/fixtures/keys/pkcs8-aes256.pem");
    const PKCS8_SCRYPT: &str = include_str!("../../../tests/fixtures/keys/pkcs8-scrypt.pem");
    const PKCS8_DES: &str = include_str!("../../../tests/fixtures/keys/pkcs8-des3.pem");

    fn open(text: &str, password: Option<&str>) -> Result<PrivateKeyDer<'static>, LoadError> {
        Section::find(text.as_bytes(), "'key.pem'")?.open(password.map(str::as_bytes))
    }

    #[test]
    fn traditional_keys_are_decrypted() {
        let plain = open(PLAIN, None).unwrap();
        for text in [AES_128, AES_192, AES_256] {
            assert_eq!(open(text, Some("secret")).unwrap(), plain);
        }
    }

    #[test]
    fn pkcs8_keys_are_decrypted() {
        let plain = open(PLAIN_PKCS8, None).unwrap();
        for text in [PKCS8_AES, PKCS8_SCRYPT] {
            assert_eq!(open(text, Some("secret")).unwrap(), plain);
        }
    }

    #[test]
    fn a_wrong_or_missing_password_is_told() {
        for text in [AES_128, AES_192, AES_256, PKCS8_AES, PKCS8_SCRYPT] {
            let error = open(text, Some("Secret")).unwrap_err();
            assert!(matches!(error, LoadError::Password(_)), "{error}");
            let error = open(text, None).unwrap_err().to_string();
            assert_eq!(
                error,
                "the key in 'key.pem' is encrypted and needs a password"
            );
        }
    }

    #[test]
    fn a_key_in_an_old_cipher_is_refused_with_advice() {
        for text in [DES, PKCS8_DES] {
            let error = open(text, Some("secret")).unwrap_err().to_string();
            assert!(error.contains("openssl pkcs8 -topk8"), "{error}");
        }
        let error = open(DES, Some("secret")).unwrap_err().to_string();
        assert!(error.contains("DES-EDE3-CBC"), "{error}");
    }

    #[test]
    fn a_damaged_header_is_no_panic() {
        for info in ["AES-128-CBC", "AES-128-CBC,2A", "AES-128-CBC,zz", "", ","] {
            let start = AES_128.find("DEK-Info").unwrap();
            let end = start + AES_128[start..].find('\n').unwrap();
            let text = format!("{}DEK-Info: {info}{}", &AES_128[..start], &AES_128[end..]);
            open(&text, Some("secret")).unwrap_err();
        }
    }

    #[test]
    fn no_secret_is_in_a_debug_text() {
        let section = Section::find(PLAIN.as_bytes(), "'key.pem'").unwrap();
        assert_eq!(
            format!("{section:?}"),
            r#"Section { pem: Secret("EC PRIVATE KEY"), described: "'key.pem'" }"#
        );
    }

    #[test]
    fn a_file_without_a_key_is_named() {
        let text = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        let error = Section::find(text.as_bytes(), "'key.pem'").unwrap_err();
        assert_eq!(
            error.to_string(),
            "'key.pem' holds no private key in PEM format"
        );
    }
}
