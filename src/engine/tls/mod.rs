//! TLS by rustls: whom to trust, what to show, and what to say when a server is not trusted.
//!
//! [`TlsSettings`] are what a caller asks for. [`TlsConfig`] makes rustls' configuration of them at
//! the first connection, so that a client that never speaks TLS loads no certificate. What a caller
//! names by path, however, is loaded when it is named ([`Verify::from_path`], [`Identity::load`]),
//! and a mistake is told there.

mod config;
mod identity;
mod key_log;
mod load_error;
mod private_key;
mod refusal;
mod roots;
mod secured;
mod server;
mod settings;
mod trust;
mod unverified;
mod verifier;

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, aws_lc_rs};

pub use config::TlsConfig;
pub use identity::{Identity, IdentityFiles};
pub use load_error::LoadError;
pub use roots::Roots;
pub use secured::Secured;
pub use server::ServerTls;
pub use settings::{TlsSettings, Verify, Version};

/// The one provider of cryptography in the process.
static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
    let installed = CryptoProvider::get_default().cloned();
    installed.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()))
});
