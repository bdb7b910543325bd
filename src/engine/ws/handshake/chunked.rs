//! The chunked transfer coding, RFC 9112 section 7.1, for the body of a rejecting response.

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::error::SecurityError;

/// Reads chunks up to the last one. A body that is cut off or malformed ends there: what was
/// read of it still tells why the server refused.
pub(super) async fn read_chunked<S: AsyncRead + Unpin>(
    stream: &mut S,
    mut buffer: BytesMut,
    limit: usize,
) -> Result<Bytes, SecurityError> {
    let mut body = BytesMut::new();
    loop {
        match next_chunk(&buffer) {
            Chunk::End => return Ok(body.freeze()),
            Chunk::Whole { start, size } => {
                if body.len() + size > limit {
                    return Err(SecurityError::BodyTooLarge(limit));
                }
                body.extend_from_slice(&buffer[start..start + size]);
                // The line break after the data belongs to the chunk.
                buffer.advance(start + size + 2);
            }
            Chunk::Partial if buffer.len() > limit + 1024 => {
                return Err(SecurityError::BodyTooLarge(limit));
            }
            Chunk::Partial => {
                if !matches!(stream.read_buf(&mut buffer).await, Ok(1..)) {
                    return Ok(body.freeze());
                }
            }
        }
    }
}

enum Chunk {
    Whole { start: usize, size: usize },
    Partial,
    End,
}

fn next_chunk(buffer: &[u8]) -> Chunk {
    match httparse::parse_chunk_size(buffer) {
        Ok(httparse::Status::Complete((_, 0))) | Err(_) => Chunk::End,
        Ok(httparse::Status::Complete((start, size))) => match usize::try_from(size) {
            Ok(size) if buffer.len() - start >= size.saturating_add(2) => {
                Chunk::Whole { start, size }
            }
            _ => Chunk::Partial,
        },
        Ok(httparse::Status::Partial) => Chunk::Partial,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(mut bytes: &[u8], limit: usize) -> Result<Bytes, SecurityError> {
        read_chunked(&mut bytes, BytesMut::new(), limit).await
    }

    #[tokio::test]
    async fn chunks_are_joined() {
        let body = read(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 100).await;
        assert_eq!(body.unwrap(), "abcde");
    }

    #[tokio::test]
    async fn a_cut_off_body_ends_where_it_was_cut() {
        assert_eq!(read(b"3\r\nabc\r\n9\r\nde", 100).await.unwrap(), "abc");
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused() {
        assert!(read(b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", 5).await.is_err());
        assert!(
            read(&[b"ffff\r\n", &[b'x'; 4096][..]].concat(), 5)
                .await
                .is_err()
        );
    }
}
