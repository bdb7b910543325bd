//! All parts of a form, as the body of a request.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::boundary::Boundary;
use super::part::Part;
use super::source::FormSource;
use crate::engine::http::{Body, BodySource};

/// A form, whose parts are read each time that it is sent. Cloning it copies none of them.
#[derive(Clone, Debug)]
pub struct Multipart {
    boundary: Boundary,
    parts: Arc<[Part]>,
    length: Option<u64>,
}

impl Multipart {
    /// A form of these parts, in their order.
    pub fn new(parts: Vec<Part>, boundary: Boundary) -> Self {
        let mut form = Self {
            boundary,
            parts: parts.into(),
            length: None,
        };
        form.length = form.measure();
        form
    }

    /// The Content-Type to send with it.
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary.as_str())
    }

    /// The length in bytes, if that of every part was known when the form was made.
    pub fn content_length(&self) -> Option<u64> {
        self.length
    }

    /// The form as the body of a request. It can be replayed: files that can go back to their
    /// start do, of others nothing is left.
    pub fn body(&self) -> Body {
        Body::Stream(self.source())
    }

    /// The bytes of the form, from their start.
    pub fn source(&self) -> Box<dyn BodySource> {
        Box::new(FormSource::new(self.clone()))
    }

    fn measure(&self) -> Option<u64> {
        let mut length = self.close(!self.parts.is_empty()).len() as u64;
        for (index, part) in self.parts.iter().enumerate() {
            length += self.head(index, part).len() as u64;
            length += part.content_length()?;
        }
        Some(length)
    }

    pub(super) fn part(&self, index: usize) -> Option<&Part> {
        self.parts.get(index)
    }

    /// All that comes before the content of a part, the end of the part before included.
    pub(super) fn head(&self, index: usize, part: &Part) -> BytesMut {
        let mut head = BytesMut::new();
        let line_end: &[u8] = if index > 0 { b"\r\n" } else { b"" };
        let boundary = self.boundary.as_str().as_bytes();
        for bytes in [line_end, b"--", boundary, b"\r\n", &part.head, b"\r\n\r\n"] {
            head.extend_from_slice(bytes);
        }
        head
    }

    /// All that comes after the last content.
    pub(super) fn close(&self, has_parts: bool) -> Bytes {
        let line_end = if has_parts { "\r\n" } else { "" };
        format!("{line_end}--{}--\r\n", self.boundary.as_str()).into()
    }
}
