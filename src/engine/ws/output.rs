//! Bytes that wait to be written.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::mem;

use bytes::Bytes;

/// A drained buffer larger than this is given back, so that an idle connection stays small.
const KEPT_CAPACITY: usize = 512;
/// Written bytes are cut off the front of the buffer from this size on.
const COMPACT_FROM: usize = 16 * 1024;

/// A queue of bytes. Small frames share one buffer, and with it one write; large payloads are
/// queued as they are, without a copy.
#[derive(Debug, Default)]
pub struct Output {
    sealed: VecDeque<Bytes>,
    tail: Vec<u8>,
    /// Bytes of `tail` that were written already; 0 while anything is sealed.
    written: usize,
    len: usize,
}

impl Output {
    /// Bytes not yet written.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether everything was written.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Lets `fill` append to the buffer.
    pub(super) fn append(&mut self, fill: impl FnOnce(&mut Vec<u8>)) {
        let before = self.tail.len();
        fill(&mut self.tail);
        self.len += self.tail.len() - before;
    }

    /// Queues `payload` itself.
    pub(super) fn share(&mut self, payload: Bytes) {
        self.seal_tail();
        self.len += payload.len();
        self.sealed.push_back(payload);
    }

    fn seal_tail(&mut self) {
        let written = mem::take(&mut self.written);
        if self.tail.len() > written {
            let tail = Bytes::from(mem::take(&mut self.tail));
            self.sealed.push_back(tail.slice(written..));
        } else {
            self.tail.clear();
        }
    }

    /// Points `slices` at the bytes to write next, and returns how many of them were used.
    pub fn chunks<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let tail = &self.tail[self.written..];
        let chunks = self.sealed.iter().map(|sealed| &sealed[..]).chain([tail]);
        let mut used = 0;
        for (slice, chunk) in slices
            .iter_mut()
            .zip(chunks.filter(|chunk| !chunk.is_empty()))
        {
            *slice = IoSlice::new(chunk);
            used += 1;
        }
        used
    }

    /// Forgets `count` bytes, which were written.
    pub fn advance(&mut self, mut count: usize) {
        self.len -= count;
        while let Some(front) = self.sealed.front_mut() {
            let part = count.min(front.len());
            let _ = front.split_to(part);
            count -= part;
            if !front.is_empty() {
                return;
            }
            self.sealed.pop_front();
        }
        self.written += count;
        self.reclaim();
    }

    /// Drops everything, for a stream that takes no more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn reclaim(&mut self) {
        if self.written == self.tail.len() {
            self.tail.clear();
            self.tail.shrink_to(KEPT_CAPACITY);
            self.written = 0;
            if self.sealed.capacity() > 0 {
                self.sealed = VecDeque::new();
            }
        } else if self.written >= COMPACT_FROM && self.written * 2 >= self.tail.len() {
            self.tail.drain(..self.written);
            self.written = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(output: &Output) -> Vec<u8> {
        let mut slices = [IoSlice::new(&[]); 8];
        let used = output.chunks(&mut slices);
        slices[..used]
            .iter()
            .flat_map(|slice| slice.to_vec())
            .collect()
    }

    fn filled() -> Output {
        let mut output = Output::default();
        output.append(|tail| tail.extend_from_slice(b"abc"));
        output.share(Bytes::from_static(b"defg"));
        output.append(|tail| tail.extend_from_slice(b"hi"));
        output
    }

    #[test]
    fn order_survives_any_split_of_the_writes() {
        for first in 0..=9 {
            for second in 0..=9 - first {
                let mut output = filled();
                output.advance(first);
                output.advance(second);
                output.append(|tail| tail.push(b'j'));
                assert_eq!(contents(&output), b"abcdefghij"[first + second..]);
                assert_eq!(output.len(), 10 - first - second);
            }
        }
    }

    #[test]
    fn a_drained_queue_gives_its_memory_back() {
        let mut output = Output::default();
        output.append(|tail| tail.resize(100_000, 0));
        output.advance(100_000);
        assert!(output.is_empty() && output.tail.capacity() <= KEPT_CAPACITY);
    }

    #[test]
    fn a_queue_that_never_drains_does_not_grow() {
        let mut output = Output::default();
        output.append(|tail| tail.resize(10_000, 0));
        for _ in 0..1000 {
            output.append(|tail| tail.extend_from_slice(&[0; 1000]));
            output.advance(1000);
        }
        assert_eq!(output.len(), 10_000);
        assert!(output.tail.capacity() < 100_000);
    }
}
