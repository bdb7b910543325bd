//! Redirects (RFC 9110, 15.4).

use http::{HeaderMap, StatusCode};

use super::request::Head;
use crate::engine::error::Error;

pub(super) fn next(
    asked: &Head,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Head>, Error> {
    let _ = (asked, status, headers);
    Ok(None)
}
