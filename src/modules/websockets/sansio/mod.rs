//! The layer without I/O: what `websockets.protocol`, `.frames` and `.extensions` are made of.

mod frame;
mod functions;

pub(super) use frame::Frame;
pub(super) use functions::{apply_mask, is_field_value, serialize_frame};
