//! The configuration classes, each in a file of its own.

pub(super) use super::limits::Limits;
pub(super) use super::timeout::{Timeout, parse_timeout};
