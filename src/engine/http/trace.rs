//! Telling the caller of each step of a request.

use std::fmt;

use futures_util::future::BoxFuture;

use crate::engine::error::BoxError;

/// Who is told of the steps of a request, by the names that httpcore gives them:
/// `connection.connect_tcp.started`, `http11.send_request_headers.complete` and so on.
pub trait Trace: fmt::Debug + Send + Sync {
    /// The step `name` starts, is complete, or failed.
    ///
    /// # Errors
    /// Whatever the user's code raises; it ends the request.
    fn step(&self, name: &'static str) -> BoxFuture<'_, Result<(), BoxError>>;
}
