//! The interpreter's `ssl.SSLContext`, as the engine needs it.
//!
//! The class is the interpreter's own, and stays what `socket`, `asyncio` and `urllib` use. What
//! is loaded into one of its objects cannot be read back from Rust, so [`definition`] registers an
//! `_ssl` that runs the interpreter's and then puts methods over those that load: they call the
//! original and note, on the context itself, what it was given ([`record`]).
//!
//! [`settings_of`] makes [`TlsSettings`] of a context, for a client or for a server: it is a
//! snapshot, which later changes of the context do not reach. Of a context
//! - roots, verify mode, host name check, versions (also `OP_NO_TLSv1_2` and `OP_NO_TLSv1_3`), cipher
//!   suites, ALPN, certificate chain and key, and `keylog_filename` are honoured;
//! - revocation checks (`VERIFY_CRL_CHECK_…`), and a `wrap_socket` or `wrap_bio` of a subclass, raise an
//!   error, since to ignore them would be to trust more than was asked;
//! - `sni_callback`, `num_tickets` and `load_dh_params` are a server's, and not in the settings;
//! - `set_ecdh_curve`, `VERIFY_X509_STRICT`, `hostname_checks_common_name`, `post_handshake_auth` and options such
//!   as `OP_NO_TICKET` have no counterpart in rustls, whose own choice is as strict or stricter.

mod definition;
mod loading;
mod record;
mod settings;
#[cfg(test)]
mod tests;

pub(super) use definition::module_def;
pub(crate) use loading::{load_error, load_identity, path_of};
pub(crate) use settings::{is_context, settings_of};
