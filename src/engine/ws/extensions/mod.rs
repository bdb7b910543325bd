//! Extensions of the protocol, RFC 6455 section 9, and permessage-deflate, RFC 7692.
//!
//! `header` reads and writes `Sec-WebSocket-Extensions`; `negotiation` walks through offers;
//! `parameters` and `agreement` are permessage-deflate's part of that, and `deflate` compresses
//! and decompresses; `codec` does that frame by frame. An extension that a script brings is behind the traits of `foreign`.

mod agreement;
mod codec;
mod deflate;
mod foreign;
mod header;
mod negotiation;
mod parameters;
mod streams;

pub use agreement::{ClientDeflate, ClientWindowBits, ServerDeflate};
pub use deflate::{CompressSettings, DeflateParameters, PerMessageDeflate};
pub(super) use deflate::{Deflater, InflateFault, Inflater};
pub use foreign::{Codec, RawFrame};
pub use header::{ExtensionHeader, InvalidExtensionHeader, Parameter, build, parse};
pub use negotiation::{
    Agreed, ClientExtension, NegotiationError, Refusal, ServerExtension, accept_offers,
    check_answer, offer,
};
