//! The objects of the fields that were told of last.

use rustpython_vm::{PyObjectRef, VirtualMachine, builtins::PyBytesRef};

use crate::modules::convert::new_bytes;

/// Of so many fields.
const FIELDS: usize = 16;
/// Of names and values that are no longer.
const LENGTH: usize = 128;

/// What a client sends with one request it sends with the next one too, in the same places: the
/// objects are made once. Kept are a few small ones.
#[derive(Default)]
pub(super) struct Recent {
    fields: Vec<(Option<PyBytesRef>, Option<PyBytesRef>)>,
    next: usize,
}

impl Recent {
    /// A message begins.
    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }

    /// The objects of the next field.
    pub(super) fn field(
        &mut self,
        name: &[u8],
        value: &[u8],
        vm: &VirtualMachine,
    ) -> [PyObjectRef; 2] {
        let place = self.next;
        self.next += 1;
        if place == self.fields.len() && place < FIELDS {
            self.fields.push((None, None));
        }
        match self.fields.get_mut(place) {
            Some((known_name, known_value)) => {
                [object(known_name, name, vm), object(known_value, value, vm)]
            }
            None => [name, value].map(|bytes| new_bytes(bytes, vm).into()),
        }
    }
}

#[inline]
fn object(known: &mut Option<PyBytesRef>, bytes: &[u8], vm: &VirtualMachine) -> PyObjectRef {
    match known {
        Some(known) if known.as_bytes() == bytes => known.clone().into(),
        _ => {
            let new = new_bytes(bytes, vm);
            *known = (bytes.len() <= LENGTH).then(|| new.clone());
            new.into()
        }
    }
}
