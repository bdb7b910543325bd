//! Bodies of the type multipart/form-data (RFC 7578).

mod boundary;
mod encoding;
mod form;
mod media_type;
mod part;
mod source;

pub use boundary::Boundary;
pub use form::Multipart;
pub use media_type::guess as guess_media_type;
pub use part::{Part, PartSource};
