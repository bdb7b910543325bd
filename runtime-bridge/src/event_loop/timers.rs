//! Callbacks that wait for their time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rustpython_vm::PyRef;

use super::handle::Handle;

/// More cancelled timers than this, and more than half of all: they are swept out.
const SWEEP_THRESHOLD: usize = 100;

/// A heap of timers, earliest first; equal times keep the order in which they were set.
#[derive(Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Timer>,
    next_sequence: u64,
    cancelled: usize,
}

struct Timer {
    when: f64,
    sequence: u64,
    handle: PyRef<Handle>,
}

impl Timers {
    pub(crate) fn push(&mut self, when: f64, handle: PyRef<Handle>) {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.heap.push(Timer {
            when,
            sequence,
            handle,
        });
    }

    /// When the next callback is due, in the loop's time. Cancelled ones before it move to `dead`,
    /// to be dropped outside of any lock: what a handle owns may run Python code.
    pub(crate) fn next_due(&mut self, dead: &mut Vec<PyRef<Handle>>) -> Option<f64> {
        loop {
            let timer = self.heap.peek()?;
            if !timer.handle.is_cancelled() {
                return Some(timer.when);
            }
            dead.extend(self.heap.pop().map(|timer| timer.handle));
            self.cancelled = self.cancelled.saturating_sub(1);
        }
    }

    /// Takes the next callback whose time came before `end`.
    pub(crate) fn pop_due(
        &mut self,
        end: f64,
        dead: &mut Vec<PyRef<Handle>>,
    ) -> Option<PyRef<Handle>> {
        if self.next_due(dead)? < end {
            self.heap.pop().map(|timer| timer.handle)
        } else {
            None
        }
    }

    /// A timer of this heap was cancelled. Returns those to drop, once they are many.
    pub(crate) fn note_cancelled(&mut self) -> Vec<PyRef<Handle>> {
        self.cancelled += 1;
        if self.cancelled <= SWEEP_THRESHOLD || self.cancelled * 2 <= self.heap.len() {
            return Vec::new();
        }
        self.cancelled = 0;
        let (dead, alive): (Vec<_>, Vec<_>) = std::mem::take(&mut self.heap)
            .into_iter()
            .partition(|timer| timer.handle.is_cancelled());
        self.heap = alive.into();
        dead.into_iter().map(|timer| timer.handle).collect()
    }
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Reversed, as the heap's greatest must be the earliest.
impl Ord for Timer {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .when
            .total_cmp(&self.when)
            .then(other.sequence.cmp(&self.sequence))
    }
}
