//! What to tell people when a TLS handshake fails.

use std::io;
use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error as TlsError};

use crate::engine::error::{Error, Kind, find};
use crate::engine::net::Target;

/// A `Connect` error that says why the handshake with `target` failed.
pub(super) fn explain(error: io::Error, target: &Target) -> Error {
    let url = &target.url;
    let message = match find::<TlsError>(&error) {
        Some(TlsError::InvalidCertificate(reason)) => {
            let fault = certificate_fault(reason, target.server_name());
            format!("{url} was refused: its certificate {fault}.")
        }
        Some(TlsError::InvalidMessage(reason)) => format!(
            "{url} was refused: its server does not speak TLS on port {} ({reason:?}).",
            target.port
        ),
        Some(reason) => format!("The TLS handshake with {url} failed: {reason}."),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            format!("The server of {url} closed the connection during the TLS handshake.")
        }
        None => format!("The connection to {url} failed during the TLS handshake: {error}."),
    };
    Error::new(Kind::Connect, message).at(url).caused_by(error)
}

/// Completes "its certificate …".
fn certificate_fault(reason: &CertificateError, host: &str) -> String {
    match reason {
        // A bad signature is that of an authority which only has the name of a trusted one.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            format!("is signed by an unknown certificate authority ({reason:?})")
        }
        CertificateError::Expired => "has expired".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("expired on {}", date(*not_after))
        }
        CertificateError::NotValidYet => "is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("is not valid before {}", date(*not_before))
        }
        CertificateError::NotValidForName => format!("is not valid for {host}"),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("is valid for {}, not for {host}", names(presented))
        }
        CertificateError::Revoked => "was revoked".to_owned(),
        other => format!("is not acceptable ({other})"),
    }
}

fn date(time: UnixTime) -> String {
    let since = Duration::from_secs(time.as_secs());
    match SystemTime::UNIX_EPOCH.checked_add(since) {
        Some(time) => httpdate::fmt_http_date(time),
        None => format!("second {} of the epoch", time.as_secs()),
    }
}

/// rustls gives the names as `DnsName("example.org")` and the like.
fn names(presented: &[String]) -> String {
    let bare = |name: &String| match name.split('"').nth(1) {
        Some(quoted) => quoted.to_owned(),
        None => name.clone(),
    };
    match presented {
        [] => "no name".to_owned(),
        names => names.iter().map(bare).collect::<Vec<_>>().join(", "),
    }
}
