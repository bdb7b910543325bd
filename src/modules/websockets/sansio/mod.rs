//! The layer without I/O: what `websockets.protocol`, `.frames` and `.extensions` are made of.
//!
//! `Protocol` is the engine's, with frames as objects. The opening handshake, whose rules scripts
//! override, is `python/websockets/{client,server}.py`.

mod deflate;
mod frame;
mod functions;
mod names;
mod protocol;

pub(super) use deflate::Deflate;
pub(super) use frame::Frame;
pub(super) use functions::{apply_mask, is_field_value, serialize_frame};
pub(super) use protocol::Protocol;
