//! permessage-deflate frame by frame, for use among other extensions.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;

use super::agreement::NAME;
use super::deflate::{Deflater, InflateFault, Inflater, PerMessageDeflate};
use super::foreign::{Codec, RawFrame};
use crate::engine::ws::close::code;
use crate::engine::ws::error::{Fault, Violation};
use crate::engine::ws::frame::RSV1;
use crate::engine::ws::message::Kind;

impl PerMessageDeflate {
    /// A codec of its own, which starts with no context.
    pub fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(DeflateCodec {
            inflating: Mutex::new(Inflating {
                inflater: self.inflater(),
                inside: false,
            }),
            deflater: Mutex::new(self.deflater()),
        })
    }
}

struct DeflateCodec {
    inflating: Mutex<Inflating>,
    deflater: Mutex<Deflater>,
}

struct Inflating {
    inflater: Inflater,
    /// Whether a compressed message has begun and not ended.
    inside: bool,
}

impl fmt::Debug for DeflateCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeflateCodec")
    }
}

impl Codec for DeflateCodec {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn encode(&self, mut frame: RawFrame) -> Result<RawFrame, Violation> {
        let mut compressed = Vec::new();
        let mut deflater = self.deflater.lock();
        deflater
            .deflate(&frame.payload, frame.is_final, &mut compressed)
            .map_err(|error| {
                Violation::User(Fault {
                    code: code::INTERNAL_ERROR,
                    reason: "compression failed".to_owned(),
                    cause: Arc::new(std::io::Error::other(format!("{error:?}"))),
                })
            })?;
        if frame.kind != Kind::Continuation {
            frame.rsv |= RSV1;
        }
        frame.payload = Bytes::from(compressed);
        Ok(frame)
    }

    fn decode(&self, mut frame: RawFrame, max_size: Option<usize>) -> Result<RawFrame, Violation> {
        let mut inflating = self.inflating.lock();
        let marked = frame.rsv & RSV1 != 0;
        let compressed = match frame.kind {
            Kind::Continuation if inflating.inside && marked => {
                return Err(Violation::Protocol("RSV1 bit set in continuation frame"));
            }
            Kind::Continuation => inflating.inside,
            Kind::Text | Kind::Binary => marked,
        };
        if !compressed {
            return Ok(frame);
        }
        inflating.inside = !frame.is_final;
        let mut plain = Vec::new();
        let inflater = &mut inflating.inflater;
        let mut inflated = inflater.inflate(&frame.payload, &mut plain, max_size);
        if inflated.is_ok() && frame.is_final {
            inflated = inflater.finish(&mut plain, max_size);
        }
        inflated.map_err(|fault| violation(fault, max_size))?;
        frame.rsv &= !RSV1;
        frame.payload = Bytes::from(plain);
        Ok(frame)
    }
}

fn violation(fault: InflateFault, max_size: Option<usize>) -> Violation {
    match fault {
        InflateFault::Corrupt => Violation::Protocol("decompression failed"),
        InflateFault::TooBig => Violation::PayloadTooBig {
            size: None,
            received: None,
            limit: max_size.unwrap_or(usize::MAX),
        },
    }
}
