//! Bytes objects as the content of a part.

use bytes::Bytes;
use runtime_bridge::Homing;
use rustpython_vm::{
    Py, PyRef,
    builtins::{PyBytes, PyBytesRef},
};

/// From this many bytes on an object is kept alive instead of copied.
const SHARED_FROM: usize = 16 * 1024;

struct Shared(Homing<PyBytesRef>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

pub(in crate::modules::httpx) fn share(bytes: &Py<PyBytes>) -> Bytes {
    let content = bytes.as_bytes();
    if content.len() < SHARED_FROM {
        return Bytes::copy_from_slice(content);
    }
    let bytes: PyRef<PyBytes> = bytes.to_owned();
    Bytes::from_owner(Shared(Homing::new(bytes)))
}
