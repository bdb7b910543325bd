//! Credentials of a request.

mod basic;
mod challenge;
mod digest;
mod hash;

pub use basic::BasicAuth;
pub use digest::{Answer, ClientNonce, DigestAuth, random_nonce};
