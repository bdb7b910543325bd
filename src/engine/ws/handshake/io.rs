//! Reading and writing of the opening handshake over any stream.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::error::{HandshakeError, SecurityError};
use super::message::{BadHead, Head, MAX_LINE};

/// Bytes of a whole head. Servers rarely take more than 16 to 32 KiB.
const MAX_HEAD: usize = 64 * 1024;
/// Room for the usual head.
const HEAD_CAPACITY: usize = 1024;
/// Bytes, and time, given to a peer that was rejected to stop sending.
const MAX_LINGER_BYTES: usize = 256 * 1024;
const MAX_LINGER: Duration = Duration::from_secs(1);

/// Reads a head from `stream`, and returns it with what came after it. `peer` names the other
/// end in errors.
pub(super) async fn read_head<H: Head, S: AsyncRead + Unpin>(
    stream: &mut S,
    peer: &str,
) -> Result<(H, BytesMut), HandshakeError> {
    let mut buffer = BytesMut::with_capacity(HEAD_CAPACITY);
    loop {
        let before = buffer.len();
        let read = stream.read_buf(&mut buffer).await;
        if read.map_err(|source| failed::<H>("read", peer, source))? == 0 {
            return Err(ended::<H>(peer));
        }
        // Parsed once at the start, to turn away what is not HTTP, and again when it may be
        // whole: never for each byte of a peer that sends them one by one.
        if (before == 0 || ends_head(&buffer, before))
            && let Some((head, length)) =
                H::parse(&buffer).map_err(|bad| rejected::<H>(bad, peer))?
        {
            return Ok((head, buffer.split_off(length)));
        }
        if buffer.len() > MAX_HEAD {
            return Err(too_long::<H>(&buffer));
        }
    }
}

/// What came after a head, without the buffer of the head: a connection keeps it.
pub(super) fn leftover(rest: &BytesMut) -> Bytes {
    Bytes::copy_from_slice(rest)
}

/// Writes `bytes`, which are a head and perhaps a body.
pub(super) async fn write_all<H: Head, S: AsyncWrite + Unpin>(
    stream: &mut S,
    bytes: &[u8],
    peer: &str,
) -> Result<(), HandshakeError> {
    let written = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    written
        .await
        .map_err(|source| failed::<H>("send", peer, source))
}

/// Ends the stream so that the peer sees what was written: closing a socket that holds unread
/// bytes resets the connection, and what the peer has not read is lost.
pub(super) async fn end<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    let drained = async {
        stream.shutdown().await?;
        let mut scratch = BytesMut::with_capacity(4096);
        let mut total = 0;
        while total < MAX_LINGER_BYTES {
            match stream.read_buf(&mut scratch).await? {
                0 => break,
                count => total += count,
            }
            scratch.clear();
        }
        io::Result::Ok(())
    };
    // Whatever goes wrong here, the connection is over.
    let _ = timeout(MAX_LINGER, drained).await;
}

/// Reads the body of a response: `length` bytes if that is known, and to the end of the stream
/// otherwise. A body that is cut off is better than none.
pub(super) async fn read_sized<S: AsyncRead + Unpin>(
    stream: &mut S,
    mut body: BytesMut,
    length: Option<usize>,
    limit: usize,
) -> Result<Bytes, SecurityError> {
    let wanted = length.unwrap_or(usize::MAX);
    while body.len() < wanted.min(limit + 1) {
        match stream.read_buf(&mut body).await {
            Ok(1..) => {}
            Ok(0) | Err(_) => break,
        }
    }
    if body.len().min(wanted) > limit || length.is_some_and(|length| length > limit) {
        return Err(SecurityError::BodyTooLarge(limit));
    }
    body.truncate(wanted);
    Ok(body.freeze())
}

fn ends_head(buffer: &[u8], before: usize) -> bool {
    let from = before.saturating_sub(3);
    buffer[from..]
        .windows(4)
        .any(|window| window == b"\r\n\r\n")
}

fn rejected<H: Head>(bad: BadHead, peer: &str) -> HandshakeError {
    match bad {
        BadHead::Security(error) => HandshakeError::Security(error),
        BadHead::Syntax(reason) => HandshakeError::InvalidMessage {
            expected: format!("{} from {peer}", H::NAME),
            reason,
            eof: false,
        },
    }
}

fn too_long<H: Head>(buffer: &[u8]) -> HandshakeError {
    HandshakeError::Security(match buffer[..MAX_LINE].contains(&b'\n') {
        true => SecurityError::HeadersTooLarge(MAX_HEAD),
        false => H::first_line_too_long(),
    })
}

fn ended<H: Head>(peer: &str) -> HandshakeError {
    HandshakeError::InvalidMessage {
        expected: format!("{} from {peer}", H::NAME),
        reason: "the connection was closed before the end of its headers".to_owned(),
        eof: true,
    }
}

fn failed<H: Head>(verb: &str, peer: &str, source: io::Error) -> HandshakeError {
    let direction = if verb == "read" { "from" } else { "to" };
    HandshakeError::Io {
        attempt: format!("{verb} the {} {direction} {peer}", H::NAME),
        source,
    }
}
