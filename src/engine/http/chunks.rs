//! Bytes and text cut into chunks of one size, the last of which may be shorter.

use std::num::NonZeroUsize;

use bytes::{Bytes, BytesMut};

/// Cuts bytes into chunks.
#[derive(Debug)]
pub struct ByteChunker {
    size: Option<NonZeroUsize>,
    /// Less than a chunk, from former pieces.
    held: BytesMut,
    /// What came last.
    piece: Bytes,
}

impl ByteChunker {
    /// Chunks of `size` bytes; without one, the pieces as they come.
    pub fn new(size: Option<NonZeroUsize>) -> Self {
        Self {
            size,
            held: BytesMut::new(),
            piece: Bytes::new(),
        }
    }

    /// Adds a piece. To be called when [`pull`](Self::pull) has nothing more.
    pub fn push(&mut self, piece: Bytes) {
        let left = std::mem::replace(&mut self.piece, piece);
        self.held.extend_from_slice(&left);
    }

    /// The next chunk, never empty, or `None` when more has to be pushed first. A chunk that lies
    /// within one piece is not copied.
    pub fn pull(&mut self) -> Option<Bytes> {
        let Some(size) = self.size else {
            let piece = std::mem::take(&mut self.piece);
            return (!piece.is_empty()).then_some(piece);
        };
        let size = size.get();
        if self.held.is_empty() && self.piece.len() >= size {
            return Some(self.piece.split_to(size));
        }
        let missing = size.saturating_sub(self.held.len());
        let more = self.piece.split_to(missing.min(self.piece.len()));
        self.held.extend_from_slice(&more);
        (self.held.len() >= size).then(|| self.held.split_to(size).freeze())
    }

    /// What is left at the end, if anything; less than a chunk once [`pull`](Self::pull) has
    /// nothing more.
    pub fn finish(&mut self) -> Option<Bytes> {
        self.push(Bytes::new());
        let rest = self.held.split().freeze();
        (!rest.is_empty()).then_some(rest)
    }
}

/// Cuts text into chunks, whose size is in characters.
#[derive(Debug)]
pub struct TextChunker {
    size: Option<NonZeroUsize>,
    held: String,
    /// Where in `held` the next chunk starts.
    start: usize,
}

impl TextChunker {
    /// Chunks of `size` characters; without one, the pieces as they come.
    pub fn new(size: Option<NonZeroUsize>) -> Self {
        Self {
            size,
            held: String::new(),
            start: 0,
        }
    }

    /// Adds a piece. To be called when [`pull`](Self::pull) has nothing more.
    pub fn push(&mut self, piece: &str) {
        self.held.drain(..std::mem::take(&mut self.start));
        self.held.push_str(piece);
    }

    /// The next chunk, never empty, or `None` when more has to be pushed first.
    pub fn pull(&mut self) -> Option<String> {
        let Some(size) = self.size else {
            return self.finish();
        };
        let rest = &self.held[self.start..];
        // The end of the last character of the chunk, if that is here.
        let (at, last) = rest.char_indices().nth(size.get() - 1)?;
        let end = at + last.len_utf8();
        let chunk = rest[..end].to_owned();
        self.start += end;
        Some(chunk)
    }

    /// What is left at the end, if anything.
    pub fn finish(&mut self) -> Option<String> {
        self.push("");
        let rest = std::mem::take(&mut self.held);
        (!rest.is_empty()).then_some(rest)
    }
}
