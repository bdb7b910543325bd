//! JSON texts of many items, as an API would list them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Of the text that is sent compressed, in KiB.
const COMPRESSED: usize = 10 * 1024;
/// No client asks for more.
const LARGEST: usize = 16 * 1024;

/// A text of about so many KiB, made at the first time.
pub(super) fn json(kibibytes: usize) -> Bytes {
    static TEXTS: Mutex<BTreeMap<usize, Bytes>> = Mutex::new(BTreeMap::new());
    let kibibytes = kibibytes.min(LARGEST);
    let mut texts = TEXTS.lock().expect("no panic before");
    let text = texts.entry(kibibytes);
    text.or_insert_with(|| list(kibibytes * 1024).into())
        .clone()
}

/// A text of 10 MiB, compressed by gzip.
pub(super) fn gzip() -> Bytes {
    static CONTENT: OnceLock<Bytes> = OnceLock::new();
    let compress = || {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&json(COMPRESSED)).expect("memory");
        Bytes::from(encoder.finish().expect("memory"))
    };
    CONTENT.get_or_init(compress).clone()
}

/// An object with a list, a little shorter than `length` bytes.
fn list(length: usize) -> String {
    let mut text = String::from(r#"{"items":["#);
    let mut seed: u32 = 1;
    loop {
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12345) & 0x7FFF_FFFF;
        let (side, symbol) = (if seed & 64 == 0 { "buy" } else { "sell" }, seed % 977);
        let price = f64::from(seed % 100_000) / 100.0;
        let start = text.len();
        let item = write!(
            text,
            r#"{{"id":{seed},"symbol":"S{symbol}","price":{price},"side":"{side}","live":true,"tags":["a","été"],"parent":null}},"#
        );
        item.expect("a string takes all");
        if text.len() + 2 > length {
            // Without this one, and without the comma before it.
            text.truncate(start - 1);
            return text + "]}";
        }
    }
}
