//! One part: its header fields and its content.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::encoding::{add_field, disposition};
use crate::engine::error::Error;
use crate::engine::http::BodySource;

/// Where the content of a part comes from when it is not in memory: a file, as a rule.
pub trait PartSource: Send + Sync {
    /// How long the content is in bytes, when that is known.
    fn content_length(&self) -> Option<u64>;

    /// Reads the content, from its start if it can be had again. Called once for each time that
    /// the body is sent, when the parts before have been read; its `content_length` is not asked
    /// for.
    fn open(&self) -> Box<dyn BodySource>;
}

/// A part of a form.
#[derive(Clone)]
pub struct Part {
    /// The header fields, without the empty line that ends them.
    pub(super) head: Vec<u8>,
    pub(super) content: Content,
}

#[derive(Clone)]
pub(super) enum Content {
    Bytes(Bytes),
    Source(Arc<dyn PartSource>),
}

impl Part {
    /// A field of a form.
    pub fn field(name: &str, value: impl Into<Bytes>) -> Self {
        Self::new(name, None, Content::Bytes(value.into()))
    }

    /// A file in memory. Without a name, or with an empty one, it is sent as a field is.
    pub fn file(name: &str, filename: Option<&str>, content: impl Into<Bytes>) -> Self {
        Self::new(name, filename, Content::Bytes(content.into()))
    }

    /// A file that is read while it is sent.
    pub fn source(name: &str, filename: Option<&str>, source: Arc<dyn PartSource>) -> Self {
        Self::new(name, filename, Content::Source(source))
    }

    fn new(name: &str, filename: Option<&str>, content: Content) -> Self {
        Self {
            head: disposition(name, filename),
            content,
        }
    }

    /// Adds a header field.
    ///
    /// # Errors
    /// `LocalProtocol` for a name that is no token or a value with a control character.
    pub fn with_header(mut self, name: &[u8], value: &[u8]) -> Result<Self, Error> {
        add_field(&mut self.head, name, value)?;
        Ok(self)
    }

    pub(super) fn content_length(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Source(source) => source.content_length(),
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({})", self.head.escape_ascii())
    }
}
