//! A run of bytes that may lie across several pieces.

/// What earlier pieces had of it, and where it lies in this one.
#[derive(Debug, Default)]
pub(super) struct Span {
    kept: Vec<u8>,
    from: usize,
    to: usize,
}

/// A buffer larger than this is given back when its field is over.
const CAPACITY_TO_KEEP: usize = 4 << 10;

impl Span {
    /// Begins anew, empty.
    #[inline]
    pub(super) fn start(&mut self, at: usize) {
        if self.kept.capacity() > CAPACITY_TO_KEEP {
            self.kept = Vec::new();
        }
        self.kept.clear();
        (self.from, self.to) = (at, at);
    }

    /// Is that part of this piece.
    #[inline]
    pub(super) fn set(&mut self, from: usize, to: usize) {
        self.start(from);
        self.to = to;
    }

    /// Reaches to there.
    #[inline]
    pub(super) fn reach(&mut self, to: usize) {
        self.to = to;
    }

    /// Keeps what is in this piece, which goes away or is left out of what follows.
    pub(super) fn keep(&mut self, data: &[u8], from: usize) {
        self.kept.extend_from_slice(&data[self.from..self.to]);
        (self.from, self.to) = (from, from);
    }

    /// Is in one place: this piece or what was kept.
    #[inline]
    pub(super) fn close(&mut self, data: &[u8]) {
        if !self.kept.is_empty() {
            self.keep(data, self.to);
        }
    }

    /// The bytes, which are in one place.
    #[inline]
    pub(super) fn bytes<'a>(&'a self, data: &'a [u8]) -> &'a [u8] {
        match self.kept.is_empty() {
            true => &data[self.from..self.to],
            false => &self.kept,
        }
    }
}
