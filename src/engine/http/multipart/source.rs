//! A form while it is sent.

use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::form::Multipart;
use super::part::Content;
use crate::engine::error::BoxError;
use crate::engine::http::BodySource;

/// Up to this many bytes of content are sent in one chunk with the head before them.
const JOINED: usize = 8 * 1024;

pub(super) struct FormSource {
    form: Multipart,
    /// Which part comes next.
    index: usize,
    /// The content of the part whose head was sent.
    content: Option<Pending>,
    ended: bool,
}

enum Pending {
    Bytes(Bytes),
    Source(Box<dyn BodySource>),
}

impl FormSource {
    pub(super) fn new(form: Multipart) -> Self {
        Self {
            form,
            index: 0,
            content: None,
            ended: false,
        }
    }

    /// The head of the next part, or the end.
    fn next_head(&mut self) -> Option<Bytes> {
        let Some(part) = self.form.part(self.index) else {
            let ended = std::mem::replace(&mut self.ended, true);
            return (!ended).then(|| self.form.close(self.index > 0));
        };
        let mut head = self.form.head(self.index, part);
        match &part.content {
            Content::Bytes(bytes) if bytes.len() <= JOINED => head.extend_from_slice(bytes),
            Content::Bytes(bytes) => self.content = Some(Pending::Bytes(bytes.clone())),
            Content::Source(source) => self.content = Some(Pending::Source(source.open())),
        }
        self.index += 1;
        Some(head.freeze())
    }
}

impl BodySource for FormSource {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        match &mut self.content {
            Some(Pending::Source(source)) => {
                let chunk = ready!(source.poll_chunk(cx));
                if !matches!(chunk, Some(Ok(_))) {
                    self.content = None;
                }
                if chunk.is_some() {
                    return Poll::Ready(chunk);
                }
            }
            Some(Pending::Bytes(bytes)) => {
                let bytes = std::mem::take(bytes);
                self.content = None;
                return Poll::Ready(Some(Ok(bytes)));
            }
            None => {}
        }
        Poll::Ready(self.next_head().map(Ok))
    }

    fn content_length(&self) -> Option<u64> {
        self.form.content_length()
    }

    fn replay(&self) -> Option<Box<dyn BodySource>> {
        Some(self.form.source())
    }
}
