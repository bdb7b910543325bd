//! Frame headers by tungstenite's codec, and the checks of RFC 6455 section 5.2 on them.

use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
pub(super) use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::error::Violation;
use super::mask::{self, MaskKey};

/// Longest payload of a ping, pong or close frame (RFC 6455 section 5.5), in bytes.
pub const MAX_CONTROL_PAYLOAD: usize = 125;

/// Two bytes, eight of extended length, four of masking key.
const MAX_HEADER: usize = 14;

/// A header that passed the checks which need no other frame to judge.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) opcode: OpCode,
    pub(super) is_final: bool,
    pub(super) mask: Option<MaskKey>,
    /// The reserved bits; RSV1 is 4, RSV2 is 2, RSV3 is 1. Whether they may be set is for the
    /// extensions to say.
    pub(super) rsv: u8,
    /// Length of the payload in bytes, not yet held against any limit.
    pub(super) length: u64,
}

/// The bit of [`Header::rsv`] with which permessage-deflate marks a message.
pub(super) const RSV1: u8 = 4;

impl Header {
    fn checked(header: FrameHeader, length: u64, masked: bool) -> Result<Self, Violation> {
        let bits = [(header.rsv1, RSV1), (header.rsv2, 2), (header.rsv3, 1)];
        let rsv = bits.into_iter().map(|(set, bit)| u8::from(set) * bit).sum();
        if header.mask.is_some() != masked {
            return Err(Violation::Protocol("incorrect masking"));
        }
        if let OpCode::Control(_) = header.opcode {
            check_rsv(rsv)?;
            check_control(header.is_final, length)?;
        }
        if length >> 63 != 0 {
            return Err(Violation::Protocol("invalid payload length"));
        }
        Ok(Self {
            opcode: header.opcode,
            is_final: header.is_final,
            mask: header.mask,
            rsv,
            length,
        })
    }
}

/// Refuses reserved bits that no extension has given a meaning.
pub(super) fn check_rsv(rsv: u8) -> Result<(), Violation> {
    match rsv {
        0 => Ok(()),
        _ => Err(Violation::Protocol("reserved bits must be 0")),
    }
}

fn check_control(is_final: bool, length: u64) -> Result<(), Violation> {
    if length > MAX_CONTROL_PAYLOAD as u64 {
        return Err(Violation::Protocol("control frame too long"));
    }
    if !is_final {
        return Err(Violation::Protocol("fragmented control frame"));
    }
    Ok(())
}

/// Reads headers from a stream that may be cut anywhere.
#[derive(Debug, Default)]
pub(super) struct HeaderReader {
    partial: [u8; MAX_HEADER],
    filled: usize,
}

impl HeaderReader {
    /// Takes one header from the front of `input`, or all of `input` when it ends too soon.
    /// `masked` says whether the peer has to mask.
    pub(super) fn read(
        &mut self,
        input: &mut &[u8],
        masked: bool,
    ) -> Result<Option<Header>, Violation> {
        if self.filled == 0
            && let Some((header, length, used)) = parse(input)?
        {
            *input = &input[used..];
            return Header::checked(header, length, masked).map(Some);
        }
        self.read_piecemeal(input, masked)
    }

    fn read_piecemeal(
        &mut self,
        input: &mut &[u8],
        masked: bool,
    ) -> Result<Option<Header>, Violation> {
        let taken = input.len().min(MAX_HEADER - self.filled);
        let end = self.filled + taken;
        self.partial[self.filled..end].copy_from_slice(&input[..taken]);
        let Some((header, length, used)) = parse(&self.partial[..end])? else {
            self.filled = end;
            *input = &input[taken..];
            return Ok(None);
        };
        *input = &input[used - self.filled..];
        self.filled = 0;
        Header::checked(header, length, masked).map(Some)
    }
}

fn parse(bytes: &[u8]) -> Result<Option<(FrameHeader, u64, usize)>, Violation> {
    // The codec looks at the opcode once it has the whole header.
    if bytes.first().is_some_and(|first| !is_known(first & 0x0f)) {
        return Err(Violation::Protocol("invalid opcode"));
    }
    let mut cursor = Cursor::new(bytes);
    // Memory does not fail to be read, so an error means a reserved opcode.
    let parsed = FrameHeader::parse(&mut cursor).map_err(|_| Violation::Protocol("invalid opcode"));
    Ok(parsed?.map(|(header, length)| (header, length, cursor.position() as usize)))
}

/// What a header says besides the payload's length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub(super) opcode: OpCode,
    pub(super) is_final: bool,
    /// As in [`Header`].
    pub(super) rsv: u8,
}

impl Start {
    /// Of a whole message or a control frame.
    pub(super) fn whole(opcode: OpCode) -> Self {
        Self {
            opcode,
            is_final: true,
            rsv: 0,
        }
    }
}

/// Appends the header of a frame of `length` bytes.
pub(super) fn write_header(
    start: Start,
    mask: Option<MaskKey>,
    length: usize,
    output: &mut Vec<u8>,
) {
    let header = FrameHeader {
        is_final: start.is_final,
        rsv1: start.rsv & RSV1 != 0,
        rsv2: start.rsv & 2 != 0,
        rsv3: start.rsv & 1 != 0,
        opcode: start.opcode,
        mask,
    };
    header
        .format(length as u64, output)
        .expect("a header always fits into memory");
}

/// A whole frame as bytes, for one that no connection sends; `None` for a reserved opcode. `rsv` is
/// 4 for RSV1, 2 for RSV2 and 1 for RSV3.
pub fn serialize(
    opcode: u8,
    is_final: bool,
    rsv: u8,
    mask: Option<MaskKey>,
    payload: &[u8],
) -> Option<Vec<u8>> {
    let start = Start {
        opcode: is_known(opcode).then(|| OpCode::from(opcode))?,
        is_final,
        rsv,
    };
    let mut output = Vec::with_capacity(MAX_HEADER + payload.len());
    write_header(start, mask, payload.len(), &mut output);
    let header_end = output.len();
    output.extend_from_slice(payload);
    if let Some(key) = mask {
        mask::apply(&mut output[header_end..], key, 0);
    }
    Some(output)
}

fn is_known(opcode: u8) -> bool {
    matches!(opcode, 0..=2 | 8..=10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_may_arrive_byte_by_byte() {
        for length in [0, 125, 126, 65535, 65536, 1 << 40] {
            let mut bytes = Vec::new();
            let mask = Some([1, 2, 3, 4]);
            let start = Start::whole(OpCode::Data(Data::Binary));
            write_header(start, mask, length, &mut bytes);
            bytes.push(0xff);
            let mut reader = HeaderReader::default();
            let header = bytes.iter().find_map(|byte| {
                let mut input = std::slice::from_ref(byte);
                reader.read(&mut input, true).unwrap()
            });
            let header = header.expect("a whole header");
            assert_eq!((header.length, header.mask), (length as u64, mask));
        }
    }

    #[test]
    fn what_follows_a_header_is_left_in_the_input() {
        let mut reader = HeaderReader::default();
        let mut first: &[u8] = &[0x82];
        assert!(reader.read(&mut first, false).unwrap().is_none());
        let mut second: &[u8] = &[0x01, 0x55, 0x66];
        assert_eq!(reader.read(&mut second, false).unwrap().unwrap().length, 1);
        assert_eq!(second, [0x55, 0x66]);
    }

    #[test]
    fn bad_headers_are_refused_with_a_reason() {
        for (bytes, reason) in [
            (&[0x83, 0x00][..], "invalid opcode"),
            (&[0x8b, 0x00], "invalid opcode"),
            (&[0xff, 0x7f], "invalid opcode"),
            (&[0xc9, 0x00], "reserved bits must be 0"),
            (&[0x81, 0x80, 0, 0, 0, 0], "incorrect masking"),
            (&[0x09, 0x00], "fragmented control frame"),
            (&[0x89, 126, 0, 126], "control frame too long"),
            (
                &[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
                "invalid payload length",
            ),
        ] {
            let error = HeaderReader::default().read(&mut &bytes[..], false);
            assert_eq!(error.unwrap_err().to_string(), reason, "{bytes:x?}");
        }
    }

    #[test]
    fn a_frame_made_by_itself_is_what_a_reader_takes() {
        let bytes = serialize(0x8, true, 0, Some([1, 2, 3, 4]), b"\x03\xe8").unwrap();
        assert_eq!(bytes, [0x88, 0x82, 1, 2, 3, 4, 3 ^ 1, 0xe8 ^ 2]);
        let bytes = serialize(0x1, false, 0b101, None, b"abc").unwrap();
        assert_eq!(bytes, *b"\x51\x03abc");
        assert_eq!(serialize(0x3, true, 0, None, b""), None);
    }
}
