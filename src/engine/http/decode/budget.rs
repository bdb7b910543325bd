//! How much a small response may become in memory.

use crate::engine::error::{Error, Kind};

/// What whoever keeps all of a decoded body may hold. A body is refused when it is over
/// [`bytes`](Self::bytes) *and* over [`ratio`](Self::ratio) times what was received: text that
/// compresses well stays below the one, and a large download below the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Decoded bytes that are always allowed.
    pub bytes: u64,
    /// Decoded bytes for each byte received that are always allowed.
    pub ratio: u64,
}

impl Default for Budget {
    /// 256 MiB, and 100 bytes for one. gzip cannot do more than 1,032 for one, br and zstd can.
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            ratio: 100,
        }
    }
}

impl Budget {
    /// Whether `received` bytes may have become `decoded` bytes.
    ///
    /// # Errors
    /// `Decoding` when they are too many.
    pub fn check(self, received: u64, decoded: u64) -> Result<(), Error> {
        if decoded <= self.bytes || decoded <= received.saturating_mul(self.ratio) {
            return Ok(());
        }
        let message = format!(
            "The response body is refused: {received} bytes of it decode to more than {decoded} \
             bytes, which is over {} MiB and over {} times what was received. Stream it to handle \
             it in parts.",
            self.bytes >> 20,
            self.ratio
        );
        Err(Error::new(Kind::Decoding, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bounds_have_to_be_passed() {
        let budget = Budget {
            bytes: 1000,
            ratio: 10,
        };
        assert!(budget.check(1, 1000).is_ok());
        assert!(budget.check(101, 1001).is_ok());
        assert!(budget.check(u64::MAX, u64::MAX).is_ok());
        let error = budget.check(100, 1001).unwrap_err();
        assert_eq!(error.kind(), Kind::Decoding);
        assert!(error.to_string().contains("100 bytes"), "{error}");
    }
}
