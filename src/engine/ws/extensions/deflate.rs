//! Compression and decompression, RFC 7692 sections 6 and 7.2, on zlib-rs.
//!
//! zlib-rs is used directly: flate2 over it has no way to set the memory level.

use std::fmt;

use super::streams::{Owner, put_inflate, remember, take_inflate, with_deflate};
use zlib_rs::{
    Deflate, DeflateConfig, DeflateError, DeflateFlush, Inflate, InflateFlush, Status, Strategy,
};

/// What ends each flushed message on zlib's side and is left out on the wire, section 7.2.1.
const FLUSH_TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// zlib makes 9 of a window of 8 bits, so that is what a peer's 8 may mean.
const MIN_WINDOW_BITS: u8 = 9;

/// Room for output is taken in steps from this one up, in bytes.
const FIRST_ROOM: usize = 512;

/// How to compress: zlib's parameters of these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompressSettings {
    level: i32,
    mem_level: i32,
    strategy: Strategy,
}

impl Default for CompressSettings {
    /// zlib's own.
    fn default() -> Self {
        Self {
            level: 6,
            mem_level: 8,
            strategy: Strategy::Default,
        }
    }
}

impl CompressSettings {
    /// With less memory, as the `websockets` package sets it.
    pub fn small() -> Self {
        Self {
            mem_level: 5,
            ..Self::default()
        }
    }

    /// `level` is -1 (zlib's default) to 9, `mem_level` 1 to 9, `strategy` zlib's number; `None`
    /// when one of them is something else.
    pub fn new(level: i32, mem_level: i32, strategy: i32) -> Option<Self> {
        let strategy = match strategy {
            0 => Strategy::Default,
            1 => Strategy::Filtered,
            2 => Strategy::HuffmanOnly,
            3 => Strategy::Rle,
            4 => Strategy::Fixed,
            _ => return None,
        };
        let is_valid = (-1..=9).contains(&level) && (1..=9).contains(&mem_level);
        is_valid.then_some(Self {
            level,
            mem_level,
            strategy,
        })
    }
}

/// What the two ends agreed on; `remote` is the peer, `local` this end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeflateParameters {
    /// The peer compresses each message on its own.
    pub remote_no_context_takeover: bool,
    /// This end compresses each message on its own.
    pub local_no_context_takeover: bool,
    /// Base-2 logarithm of the peer's window, 8 to 15.
    pub remote_max_window_bits: u8,
    /// Base-2 logarithm of this end's window, 9 to 15.
    pub local_max_window_bits: u8,
    /// How this end compresses.
    pub settings: CompressSettings,
}

/// permessage-deflate as agreed on for one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerMessageDeflate {
    parameters: DeflateParameters,
}

impl PerMessageDeflate {
    /// With these parameters.
    pub fn new(parameters: DeflateParameters) -> Self {
        Self { parameters }
    }

    /// The parameters.
    pub fn parameters(&self) -> &DeflateParameters {
        &self.parameters
    }

    /// Decompresses what the peer sends.
    pub fn inflater(&self) -> Inflater {
        Inflater {
            window_bits: self.parameters.remote_max_window_bits.max(MIN_WINDOW_BITS),
            forgets: self.parameters.remote_no_context_takeover,
            history: Vec::new(),
            stream: None,
        }
    }

    /// Compresses what this end sends.
    pub fn deflater(&self) -> Deflater {
        Deflater {
            window_bits: self.parameters.local_max_window_bits.max(MIN_WINDOW_BITS),
            forgets: self.parameters.local_no_context_takeover,
            settings: self.parameters.settings,
            owner: Owner::new(),
            history: Vec::new(),
        }
    }
}

/// Why data cannot be decompressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InflateFault {
    /// It would be longer than allowed.
    TooBig,
    /// It is not what a compressor makes.
    Corrupt,
}

/// Decompresses messages. Between them it keeps as much memory as the window that was agreed on,
/// once that much has come, and none if the peer forgets each message.
pub struct Inflater {
    window_bits: u8,
    forgets: bool,
    history: Vec<u8>,
    /// In the middle of a message.
    stream: Option<Inflate>,
}

impl Inflater {
    /// Appends what is in `input`, the next piece of a message, to `output`, which stays within
    /// `limit` bytes.
    ///
    /// # Errors
    /// As soon as the output would be over the limit, or the input is seen to be corrupt.
    pub fn inflate(
        &mut self,
        mut input: &[u8],
        output: &mut Vec<u8>,
        limit: Option<usize>,
    ) -> Result<(), InflateFault> {
        let history = &self.history;
        let stream = self.stream.get_or_insert_with(|| take_inflate(history));
        let start = output.len();
        loop {
            // One byte over the limit tells too much from just enough.
            let allowed = limit.map_or(usize::MAX, |limit| limit.saturating_add(1));
            make_room(output, input.len(), allowed);
            let (read, written) = (stream.total_in(), stream.total_out());
            let room = output.spare_capacity_mut();
            let room_size = room.len();
            let status = stream.decompress_uninit(input, room, InflateFlush::SyncFlush);
            let read = (stream.total_in() - read) as usize;
            let written = (stream.total_out() - written) as usize;
            // SAFETY: the decompressor has initialized this many bytes of the spare capacity.
            unsafe { output.set_len(output.len() + written) };
            let status = status.map_err(|_| InflateFault::Corrupt)?;
            if limit.is_some_and(|limit| output.len() > limit) {
                return Err(InflateFault::TooBig);
            }
            input = &input[read..];
            if status == Status::StreamEnd {
                // A peer may end a stream and start another, RFC 7692 section 7.2.3.5.
                stream.reset(false);
            } else if written < room_size && read == 0 && !input.is_empty() {
                return Err(InflateFault::Corrupt);
            }
            if input.is_empty() && (written < room_size || status == Status::StreamEnd) {
                break;
            }
        }
        if !self.forgets {
            remember(&mut self.history, &output[start..], self.window_bits);
        }
        Ok(())
    }

    /// Ends a message.
    ///
    /// # Errors
    /// As for [`inflate`](Self::inflate).
    pub fn finish(
        &mut self,
        output: &mut Vec<u8>,
        limit: Option<usize>,
    ) -> Result<(), InflateFault> {
        self.inflate(&FLUSH_TAIL, output, limit)?;
        if let Some(stream) = self.stream.take() {
            put_inflate(stream);
        }
        Ok(())
    }
}

/// Makes room for output, of which there may be `allowed` bytes at most.
fn make_room(output: &mut Vec<u8>, input: usize, allowed: usize) {
    if output.capacity() > output.len() {
        return;
    }
    let step = input.saturating_mul(3).max(output.len()).max(FIRST_ROOM);
    output.reserve_exact(step.min(allowed.saturating_sub(output.len())).max(1));
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater")
            .field("window_bits", &self.window_bits)
            .field("forgets", &self.forgets)
            .finish_non_exhaustive()
    }
}

/// Compresses messages. It keeps as much memory as the window that was agreed on, once that much
/// was sent, and none between messages if it forgets each.
pub struct Deflater {
    window_bits: u8,
    forgets: bool,
    settings: CompressSettings,
    owner: Owner,
    history: Vec<u8>,
}

impl Deflater {
    /// Appends the compressed form of `input`, the next fragment of a message, to `output`.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn deflate(
        &mut self,
        input: &[u8],
        is_final: bool,
        output: &mut Vec<u8>,
    ) -> Result<(), DeflateError> {
        if !input.is_empty() {
            self.compress(input, output)?;
        }
        if is_final {
            match input {
                // zlib does not flush what was flushed before. RFC 7692 section 7.2.3.6: the
                // beginning of an empty block.
                [] => output.push(0x00),
                _ => output.truncate(output.len().saturating_sub(FLUSH_TAIL.len())),
            }
            if self.forgets {
                self.history = Vec::new();
                self.owner = self.owner.next();
            }
        }
        Ok(())
    }

    fn compress(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(), DeflateError> {
        let config = DeflateConfig {
            level: self.settings.level,
            mem_level: self.settings.mem_level,
            strategy: self.settings.strategy,
            window_bits: -i32::from(self.window_bits),
            ..DeflateConfig::default()
        };
        with_deflate(self.owner, config, &self.history, |stream| {
            flush(stream, input, output)
        })?;
        self.owner = self.owner.next();
        remember(&mut self.history, input, self.window_bits);
        Ok(())
    }
}

/// Appends the compressed form of all of `input`, up to the end of a byte.
fn flush(stream: &mut Deflate, mut input: &[u8], output: &mut Vec<u8>) -> Result<(), DeflateError> {
    loop {
        output.reserve((input.len() / 2).max(64));
        let (read, written) = (stream.total_in(), stream.total_out());
        let room = output.spare_capacity_mut();
        let room_size = room.len();
        let status = stream.compress_uninit(input, room, DeflateFlush::SyncFlush);
        let read = (stream.total_in() - read) as usize;
        let written = (stream.total_out() - written) as usize;
        // SAFETY: the compressor has initialized this many bytes of the spare capacity.
        unsafe { output.set_len(output.len() + written) };
        status?;
        input = &input[read..];
        // With room to spare, all is flushed.
        if written < room_size && input.is_empty() {
            debug_assert!(output.ends_with(&FLUSH_TAIL));
            return Ok(());
        }
    }
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater")
            .field("window_bits", &self.window_bits)
            .field("forgets", &self.forgets)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(window_bits: u8, forgets: bool) -> PerMessageDeflate {
        PerMessageDeflate::new(DeflateParameters {
            remote_no_context_takeover: forgets,
            local_no_context_takeover: forgets,
            remote_max_window_bits: window_bits,
            local_max_window_bits: window_bits,
            settings: CompressSettings::small(),
        })
    }

    fn compress(deflater: &mut Deflater, message: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        deflater.deflate(message, true, &mut output).unwrap();
        output
    }

    fn decompress(
        inflater: &mut Inflater,
        input: &[u8],
        limit: Option<usize>,
    ) -> Result<Vec<u8>, InflateFault> {
        let mut output = Vec::new();
        inflater.inflate(input, &mut output, limit)?;
        inflater.finish(&mut output, limit)?;
        Ok(output)
    }

    #[test]
    fn messages_of_every_size_come_back_with_every_window() {
        for window_bits in 9..=15 {
            for forgets in [false, true] {
                let agreed = agreed(window_bits, forgets);
                let (mut deflater, mut inflater) = (agreed.deflater(), agreed.inflater());
                for size in [0, 1, 100, 5_000, 70_000, 1 << 20] {
                    let message: Vec<u8> = (0..size).map(|i: u32| ((i * i) >> 7) as u8).collect();
                    let packed = compress(&mut deflater, &message);
                    let limit = Some(message.len());
                    let plain = decompress(&mut inflater, &packed, limit);
                    assert!(plain.unwrap() == message, "{window_bits} {forgets} {size}");
                }
            }
        }
    }

    #[test]
    fn a_context_is_taken_over_unless_it_is_forgotten() {
        let text = b"The quick brown fox jumps over the lazy dog, says the RFC. ";
        let sizes = |forgets| {
            let mut deflater = agreed(12, forgets).deflater();
            [(); 2].map(|()| compress(&mut deflater, text).len())
        };
        let [first, second] = sizes(false);
        assert!(second < first / 3);
        let [first, second] = sizes(true);
        assert_eq!(first, second);
    }

    #[test]
    fn a_bomb_is_refused_at_the_limit_and_takes_no_more_memory() {
        let bomb = compress(&mut agreed(15, false).deflater(), &vec![0; 50_000_000]);
        let mut output = Vec::new();
        let fault = agreed(15, false)
            .inflater()
            .inflate(&bomb, &mut output, Some(1000));
        assert_eq!(fault, Err(InflateFault::TooBig));
        assert!(output.capacity() <= 2_000, "{}", output.capacity());
    }

    #[test]
    fn data_that_no_compressor_makes_is_corrupt() {
        for bad in [&b"\xff\xff\xff"[..], b"\x06", b"\x00\x01\x00\x01\x00a"] {
            let fault = decompress(&mut agreed(15, false).inflater(), bad, None);
            assert_eq!(fault, Err(InflateFault::Corrupt), "{bad:?}");
        }
    }

    #[test]
    fn a_message_may_end_its_stream() {
        // RFC 7692 section 7.2.3.5: the last block says that it is the last.
        let message = b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00";
        let mut inflater = agreed(15, false).inflater();
        for _ in 0..2 {
            let plain = decompress(&mut inflater, message, None);
            assert_eq!(plain.unwrap(), b"Hello");
        }
    }
}
