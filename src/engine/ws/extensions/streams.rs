//! zlib's streams, shared by the connections of a thread.
//!
//! A stream takes 40 KiB to decompress and 150 KiB or more to compress, and most connections are
//! silent most of the time. So a connection keeps only its history, as long as the window that
//! was agreed on, and the few streams of a thread are told the history of whoever needs one.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use zlib_rs::{Deflate, DeflateConfig, Inflate};

/// Streams that a thread keeps for messages to come.
const KEPT_INFLATES: usize = 2;
const KEPT_DEFLATES: usize = 8;

/// The largest window, which any smaller one fits into.
const MAX_WINDOW_BITS: u8 = 15;

thread_local! {
    static INFLATES: Cell<Vec<Inflate>> = const { Cell::new(Vec::new()) };
    /// The one that was used last comes last.
    static DEFLATES: Cell<Vec<Warm>> = const { Cell::new(Vec::new()) };
}

/// A compressor, and whose history it has.
struct Warm {
    owner: Owner,
    config: DeflateConfig,
    stream: Deflate,
}

/// A sender at one moment: what it has sent since, on another thread, is another history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    sender: u64,
    moment: u64,
}

impl Owner {
    /// A sender that has sent nothing.
    pub(super) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            sender: NEXT.fetch_add(1, Ordering::Relaxed),
            moment: 0,
        }
    }

    /// The sender after one more step.
    pub(super) fn next(self) -> Self {
        Self {
            moment: self.moment + 1,
            ..self
        }
    }
}

/// A decompressor that knows `history`.
pub(super) fn take_inflate(history: &[u8]) -> Inflate {
    let mut kept = INFLATES.take();
    let stream = kept.pop();
    INFLATES.set(kept);
    let mut stream = match stream {
        Some(mut stream) => {
            stream.reset(false);
            stream
        }
        None => Inflate::new(false, MAX_WINDOW_BITS),
    };
    if !history.is_empty() {
        // A fresh stream without a header takes any dictionary.
        let told = stream.set_dictionary(history);
        debug_assert!(told.is_ok());
    }
    stream
}

/// Keeps a decompressor for the next one who needs one.
pub(super) fn put_inflate(stream: Inflate) {
    let mut kept = INFLATES.take();
    if kept.len() < KEPT_INFLATES {
        kept.push(stream);
    }
    INFLATES.set(kept);
}

/// Lets `compress` use a compressor that knows the `history` of `owner`; it is kept if that
/// succeeds. The first ones to use many find their own again.
pub(super) fn with_deflate<E>(
    owner: Owner,
    config: DeflateConfig,
    history: &[u8],
    compress: impl FnOnce(&mut Deflate) -> Result<(), E>,
) -> Result<(), E> {
    let mut kept = DEFLATES.take();
    let mut stream = take_deflate(&mut kept, owner, config, history);
    let done = compress(&mut stream);
    if done.is_ok() {
        kept.push(Warm {
            owner: owner.next(),
            config,
            stream,
        });
    }
    DEFLATES.set(kept);
    done
}

fn take_deflate(
    kept: &mut Vec<Warm>,
    owner: Owner,
    config: DeflateConfig,
    history: &[u8],
) -> Deflate {
    if let Some(at) = kept.iter().rposition(|warm| warm.owner == owner) {
        return kept.remove(at).stream;
    }
    let full = kept.len() >= KEPT_DEFLATES;
    let usable = kept.iter().position(|warm| warm.config == config);
    let mut stream = match usable.filter(|_| full) {
        Some(at) => {
            let mut stream = kept.remove(at).stream;
            stream.reset();
            stream
        }
        None => {
            if full {
                kept.remove(0);
            }
            Deflate::new_with_config(config)
        }
    };
    if !history.is_empty() {
        // A fresh stream without a header takes any dictionary.
        let told = stream.set_dictionary(history);
        debug_assert!(told.is_ok());
    }
    stream
}

/// Adds `data` to a history that is as long as the window of `window_bits` at most.
pub(super) fn remember(history: &mut Vec<u8>, data: &[u8], window_bits: u8) {
    let window = 1 << window_bits;
    let data = &data[data.len().saturating_sub(window)..];
    let excess = (history.len() + data.len()).saturating_sub(window);
    history.drain(..excess);
    history.reserve_exact(data.len());
    history.extend_from_slice(data);
}
