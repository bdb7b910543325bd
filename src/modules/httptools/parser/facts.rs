//! What a parser knows, for callbacks and other threads to read while it is at work.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::engine::http1::{Method, Parser};

/// A few numbers in one word.
#[derive(Debug, Default)]
pub(super) struct Facts(AtomicU64);

/// One reading of them.
pub(super) struct Known {
    pub(super) method: Method,
    pub(super) version: (u8, u8),
    pub(super) status: u16,
    pub(super) upgrade: bool,
    pub(super) keep_alive: bool,
}

impl Facts {
    pub(super) fn set(&self, parser: &Parser) {
        let (major, minor) = parser.version();
        let flags = u8::from(parser.upgrade()) | u8::from(parser.should_keep_alive()) << 1;
        let [low, high] = parser.status().to_le_bytes();
        let method = parser.method().number();
        let word = u64::from_le_bytes([method, major, minor, flags, low, high, 0, 0]);
        self.0.store(word, Relaxed);
    }

    pub(super) fn get(&self) -> Known {
        let [method, major, minor, flags, low, high, ..] = self.0.load(Relaxed).to_le_bytes();
        Known {
            method: Method::from_number(method).unwrap_or_default(),
            version: (major, minor),
            status: u16::from_le_bytes([low, high]),
            upgrade: flags & 1 != 0,
            keep_alive: flags & 2 != 0,
        }
    }
}
