//! Callbacks that wait for their time.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rustpython_vm::{PyResult, VirtualMachine};

use super::entry::Entry;

/// More cancelled timers than this, and more than half of all: they are swept out.
const SWEEP_THRESHOLD: usize = 100;

/// A heap of timers, earliest first; equal times keep the order in which they were set.
#[derive(Default)]
pub(super) struct Timers {
    heap: BinaryHeap<Timer>,
    next_sequence: u64,
    cancelled: usize,
}

struct Timer {
    when: f64,
    sequence: u64,
    entry: Entry,
}

impl Timers {
    pub(super) fn push(&mut self, when: f64, entry: Entry) {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.heap.push(Timer {
            when,
            sequence,
            entry,
        });
    }

    /// When the next callback is due, in the loop's time. Cancelled ones before it move to `dead`,
    /// to be dropped outside of any lock: what a handle owns may run Python code.
    pub(super) fn next_due(
        &mut self,
        dead: &mut Vec<Entry>,
        vm: &VirtualMachine,
    ) -> PyResult<Option<f64>> {
        loop {
            let Some(timer) = self.heap.peek() else {
                return Ok(None);
            };
            if !timer.entry.is_cancelled(vm)? {
                return Ok(Some(timer.when));
            }
            dead.extend(self.heap.pop().map(|timer| timer.entry));
            self.cancelled = self.cancelled.saturating_sub(1);
        }
    }

    /// Takes the next callback whose time came before `end`.
    pub(super) fn pop_due(
        &mut self,
        end: f64,
        dead: &mut Vec<Entry>,
        vm: &VirtualMachine,
    ) -> PyResult<Option<Entry>> {
        match self.next_due(dead, vm)? {
            Some(due) if due < end => Ok(self.heap.pop().map(|timer| timer.entry)),
            _ => Ok(None),
        }
    }

    /// A timer of this heap was cancelled. Returns those to drop, once they are many.
    pub(super) fn note_cancelled(&mut self, vm: &VirtualMachine) -> PyResult<Vec<Entry>> {
        self.cancelled += 1;
        if self.cancelled <= SWEEP_THRESHOLD || self.cancelled * 2 <= self.heap.len() {
            return Ok(Vec::new());
        }
        self.cancelled = 0;
        let (mut dead, mut alive) = (Vec::new(), BinaryHeap::with_capacity(self.heap.len()));
        for timer in std::mem::take(&mut self.heap) {
            if timer.entry.is_cancelled(vm)? {
                dead.push(timer.entry);
            } else {
                alive.push(timer);
            }
        }
        self.heap = alive;
        Ok(dead)
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
