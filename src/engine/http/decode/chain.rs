//! All codings of a response, one after the other.

use std::fmt;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use super::budget::Budget;
use super::coding::{MAX_CHAIN, Stage};
use crate::engine::error::{Error, Kind};

/// Undoes the content codings of one response.
///
/// ```
/// # use bytes::Bytes;
/// # use http::HeaderMap;
/// # use tauraro::engine::{Error, http::decode::Decoder};
/// # fn decode(headers: &HeaderMap, received: Vec<Bytes>) -> Result<(), Error> {
/// let mut decoder = Decoder::new(headers)?;
/// for data in received {
///     decoder.push(data);
///     while let Some(piece) = decoder.pull()? {
///         println!("{} bytes more", piece.len());
///     }
/// }
/// decoder.finish()
/// # }
/// ```
pub struct Decoder {
    /// In the order in which they are undone.
    stages: Vec<Stage>,
    /// What no coding has to look at.
    plain: Bytes,
    received: u64,
    decoded: u64,
    failed: Option<Error>,
}

impl Decoder {
    /// A decoder for a response with these header fields: all of its Content-Encoding fields,
    /// each a list. Codings that are not known are left as they are, as in httpx.
    ///
    /// # Errors
    /// `Decoding` for more than five codings.
    pub fn new(headers: &HeaderMap) -> Result<Self, Error> {
        let mut stages = Vec::new();
        for value in headers.get_all(CONTENT_ENCODING) {
            for name in value.to_str().unwrap_or_default().split(',') {
                stages.extend(Stage::named(&name.trim().to_ascii_lowercase())?);
                // Each has a window: so not only once the list is at its end.
                if stages.len() > MAX_CHAIN {
                    return Err(too_many());
                }
            }
        }
        // Applied in the order of the list, so undone from its end.
        stages.reverse();
        Ok(Self {
            stages,
            ..Self::identity()
        })
    }

    /// A decoder that hands out what it gets.
    pub fn identity() -> Self {
        Self {
            stages: Vec::new(),
            plain: Bytes::new(),
            received: 0,
            decoded: 0,
            failed: None,
        }
    }

    /// Whether what comes out is what went in.
    pub fn is_identity(&self) -> bool {
        self.stages.is_empty()
    }

    /// Adds what was received. To be called when [`pull`](Self::pull) has nothing more.
    pub fn push(&mut self, data: Bytes) {
        self.received += data.len() as u64;
        let input = match self.stages.first_mut() {
            Some(stage) => &mut stage.input,
            None => &mut self.plain,
        };
        if input.is_empty() {
            *input = data;
        } else {
            *input = [&**input, &*data].concat().into();
        }
    }

    /// The next piece, or `None` when more has to be pushed first. A piece is never empty, and has
    /// at most [`MAX_PIECE`](super::MAX_PIECE) bytes; what is not encoded comes out as it was
    /// pushed.
    ///
    /// # Errors
    /// `Decoding` for malformed data; so does every later call.
    pub fn pull(&mut self) -> Result<Option<Bytes>, Error> {
        if let Some(error) = &self.failed {
            return Err(error.repeat());
        }
        let pulled = self.pull_through();
        match &pulled {
            Ok(piece) => self.decoded += piece.as_ref().map_or(0, |it| it.len() as u64),
            Err(error) => self.failed = Some(error.repeat()),
        }
        pulled
    }

    /// Pulls all that is there to the end of `all`.
    ///
    /// # Errors
    /// As [`pull`](Self::pull), and `Decoding` for what is beyond the `budget`.
    pub fn pull_all(&mut self, all: &mut BytesMut, budget: Budget) -> Result<(), Error> {
        while let Some(piece) = self.pull()? {
            budget.check(self.received, self.decoded)?;
            all.extend_from_slice(&piece);
        }
        Ok(())
    }

    /// Tells that there is nothing more to push, once [`pull`](Self::pull) has nothing more.
    ///
    /// # Errors
    /// `Decoding` for zstd data that is not complete. What is missing at the end of gzip, deflate
    /// and br data is not noticed, as in httpx.
    pub fn finish(&mut self) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.repeat());
        }
        self.stages.iter().try_for_each(Stage::finish)
    }

    fn pull_through(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(last) = self.stages.len().checked_sub(1) else {
            let data = std::mem::take(&mut self.plain);
            return Ok((!data.is_empty()).then_some(data));
        };
        // Downwards for input, upwards with it.
        let mut at = last;
        loop {
            match self.stages[at].step()? {
                Some(piece) if at == last => return Ok(Some(piece)),
                Some(piece) => {
                    at += 1;
                    self.stages[at].input = piece;
                }
                None if at == 0 => return Ok(None),
                None => at -= 1,
            }
        }
    }
}

fn too_many() -> Error {
    let message = format!(
        "The response body could not be decoded: it is encoded more than {MAX_CHAIN} times over."
    );
    Error::new(Kind::Decoding, message)
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (received, decoded) = (self.received, self.decoded);
        write!(f, "Decoder({received} bytes to {decoded})")
    }
}
