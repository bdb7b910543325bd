//! The variables of a context and their values.

use std::sync::Arc;

use rustpython_vm::object::{Traverse, TraverseFn};
use rustpython_vm::{AsObject as _, Py, PyObjectRef, PyRef};

use super::var::ContextVar;

type Entry = (PyRef<ContextVar>, PyObjectRef);

/// A map from variables to values, ordered by the variables' addresses: a context has few of them.
/// Shared between copies until one of them changes.
#[derive(Clone, Default)]
pub(super) struct Vars(Arc<Vec<Entry>>);

impl Vars {
    fn find(&self, var: &Py<ContextVar>) -> Result<usize, usize> {
        let id = var.as_object().get_id();
        self.0
            .binary_search_by_key(&id, |(key, _)| key.as_object().get_id())
    }

    pub(super) fn get(&self, var: &Py<ContextVar>) -> Option<&PyObjectRef> {
        self.find(var).ok().map(|index| &self.0[index].1)
    }

    /// Sets `var`, and returns what is to be dropped once no lock is held.
    #[must_use]
    pub(super) fn insert(
        &mut self,
        var: &Py<ContextVar>,
        value: PyObjectRef,
    ) -> Option<PyObjectRef> {
        let place = self.find(var);
        let entries = Arc::make_mut(&mut self.0);
        match place {
            Ok(index) => Some(std::mem::replace(&mut entries[index].1, value)),
            Err(index) => {
                entries.insert(index, (var.to_owned(), value));
                None
            }
        }
    }

    /// Removes `var`, and returns what is to be dropped once no lock is held.
    #[must_use]
    pub(super) fn remove(&mut self, var: &Py<ContextVar>) -> Option<Entry> {
        let index = self.find(var).ok()?;
        Some(Arc::make_mut(&mut self.0).remove(index))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }
}

// SAFETY: each object is visited once, and only if no other copy of the map owns it as well: the
// collector subtracts one reference for each visit.
unsafe impl Traverse for Vars {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        if Arc::strong_count(&self.0) == 1 {
            for (var, value) in self.iter() {
                visit(var.as_object());
                visit(value);
            }
        }
    }
}
