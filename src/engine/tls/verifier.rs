//! Verifiers of server certificates: what webpki checks, and the two ways to depart from it.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use x509_parser::parse_x509_certificate;

use super::{PROVIDER, Roots};

/// The verifier of certificates that lead to one in `store`, which is not empty.
pub(super) fn of_store(store: Arc<RootCertStore>) -> Result<Arc<WebPkiServerVerifier>, String> {
    let builder = WebPkiServerVerifier::builder_with_provider(store, PROVIDER.clone());
    let built = builder.build();
    built.map_err(|error| format!("the trusted certificates cannot be used ({error})"))
}

/// The verifier of certificates that lead to, or are, one of `roots`.
///
/// # Errors
/// A sentence that names what held no certificate.
pub(super) fn of_roots(roots: &Roots) -> Result<Arc<dyn ServerCertVerifier>, String> {
    Ok(Arc::new(Verifier {
        inner: of_store(Arc::new(roots.store()?))?,
        listed: roots.clone(),
        check_hostname: true,
    }))
}

/// `inner`, but for the name: a certificate for another host will do.
pub(super) fn any_host(inner: Arc<dyn ServerCertVerifier>) -> Arc<dyn ServerCertVerifier> {
    Arc::new(Verifier {
        inner,
        listed: Roots::default(),
        check_hostname: false,
    })
}

#[derive(Debug)]
struct Verifier {
    inner: Arc<dyn ServerCertVerifier>,
    /// A certificate that is itself one of these needs no authority, and may be one. webpki has
    /// no such rule; OpenSSL has, and self-signed certificates live by it.
    listed: Roots,
    check_hostname: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = match self.listed.lists(end_entity) {
            true => verify_listed(end_entity, server_name, now),
            false => self.inner.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ),
        };
        match verified {
            // The name is what is looked at last, so all else is well.
            Err(error) if !self.check_hostname && is_about_the_name(&error) => {
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

fn is_about_the_name(error: &Error) -> bool {
    use CertificateError::{NotValidForName, NotValidForNameContext};
    let Error::InvalidCertificate(reason) = error else {
        return false;
    };
    matches!(reason, NotValidForName | NotValidForNameContext { .. })
}

/// Checks of a certificate that is trusted as it is: its time, then its names.
fn verify_listed(
    certificate: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<ServerCertVerified, Error> {
    let (_, parsed) = parse_x509_certificate(certificate)
        .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
    let validity = parsed.validity();
    let not_before = unix_time(validity.not_before.timestamp());
    let not_after = unix_time(validity.not_after.timestamp());
    if now < not_before {
        let reason = CertificateError::NotValidYetContext {
            time: now,
            not_before,
        };
        return Err(reason.into());
    }
    if now > not_after {
        let reason = CertificateError::ExpiredContext {
            time: now,
            not_after,
        };
        return Err(reason.into());
    }
    verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
    Ok(ServerCertVerified::assertion())
}

/// Times before 1970 count as 1970.
fn unix_time(timestamp: i64) -> UnixTime {
    let seconds = u64::try_from(timestamp).unwrap_or_default();
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}
