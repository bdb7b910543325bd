//! A response's content in parts: as it came or decoded, cut to a size if one is asked for.

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;

use super::chunks::ByteChunker;
use super::content::Content;
use super::decode::Decoder;
use crate::engine::error::Error;

/// One pass over the content of a response.
pub struct Parts {
    content: Arc<Content>,
    /// `None` hands out the content as it came.
    decoder: Option<Decoder>,
    chunker: ByteChunker,
    ended: bool,
}

impl Parts {
    /// Claims the content; `decoder` undoes its coding.
    ///
    /// # Errors
    /// As [`Content::begin`].
    pub fn begin(
        content: Arc<Content>,
        decoder: Option<Decoder>,
        size: Option<NonZeroUsize>,
    ) -> Result<Self, Error> {
        content.begin()?;
        Ok(Self {
            content,
            decoder: decoder.filter(|decoder| !decoder.is_identity()),
            chunker: ByteChunker::new(size),
            ended: false,
        })
    }

    /// The next part, never empty, or `None` at the end, when the content is closed.
    ///
    /// # Errors
    /// As [`Content::chunk`]; `Decoding` for content that is not encoded so.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if let Some(part) = self.chunker.pull() {
                return Ok(Some(part));
            }
            if self.ended {
                return Ok(self.chunker.finish());
            }
            match self.next_piece().await? {
                Some(piece) => self.chunker.push(piece),
                None => self.ended = true,
            }
        }
    }

    async fn next_piece(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(decoder) = &mut self.decoder else {
            return self.content.chunk().await;
        };
        loop {
            if let Some(piece) = decoder.pull()? {
                return Ok(Some(piece));
            }
            match self.content.chunk().await? {
                Some(chunk) => decoder.push(chunk),
                None => {
                    decoder.finish()?;
                    return Ok(None);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::task::{Context, Poll};

    use futures_util::FutureExt as _;
    use futures_util::future::BoxFuture;
    use http::HeaderMap;

    use super::*;
    use crate::engine::error::{BoxError, Kind};
    use crate::engine::http::content::{ContentSource, Source};

    struct Pieces(VecDeque<&'static [u8]>);

    impl ContentSource for Pieces {
        fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
            let piece = self.0.pop_front();
            Poll::Ready(piece.map(|piece| match piece {
                b"fail" => Err("it broke".into()),
                piece => Ok(Bytes::from_static(piece)),
            }))
        }

        fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), BoxError>> {
            Box::pin(async { Ok(()) })
        }
    }

    fn content(pieces: &[&'static [u8]]) -> Arc<Content> {
        let pieces = Pieces(pieces.iter().copied().collect());
        Arc::new(Content::new(Source::Other(Box::new(pieces))))
    }

    fn now<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().expect("nothing to wait for")
    }

    fn all(parts: &mut Parts) -> Vec<Bytes> {
        std::iter::from_fn(|| now(parts.next()).expect("a part")).collect()
    }

    #[test]
    fn parts_come_as_they_are_and_the_end_closes_the_content() {
        let content = content(&[b"ab", b"c"]);
        let mut parts = Parts::begin(content.clone(), None, None).expect("unread");
        assert_eq!(all(&mut parts), [&b"ab"[..], b"c"]);
        assert!(content.is_closed() && content.is_consumed());
        assert_eq!(content.received(), 3);
    }

    #[test]
    fn parts_have_the_size_asked_for_and_the_last_one_less() {
        let content = content(&[b"ab", b"c", b"de"]);
        let mut parts = Parts::begin(content, None, NonZeroUsize::new(2)).expect("unread");
        assert_eq!(all(&mut parts), [&b"ab"[..], b"cd", b"e"]);
    }

    #[test]
    fn a_second_pass_is_refused() {
        let content = content(&[b"ab"]);
        drop(Parts::begin(content.clone(), None, None));
        let again = Parts::begin(content.clone(), None, None).err();
        assert_eq!(again.map(|it| it.kind()), Some(Kind::StreamConsumed));
        assert!(!content.is_closed());
    }

    #[test]
    fn what_fails_is_still_to_be_closed() {
        let content = content(&[b"ab", b"fail"]);
        let error = now(content.read(&HeaderMap::new())).expect_err("it breaks");
        assert_eq!(error.kind(), Kind::User);
        assert!(content.is_consumed() && !content.is_closed());
        now(content.close()).expect("closing works");
        assert!(content.is_closed());
    }
}
