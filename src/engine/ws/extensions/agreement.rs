//! What each end asks of permessage-deflate, and what the two agree on.

use super::deflate::{CompressSettings, DeflateParameters, PerMessageDeflate};
use super::header::Parameter;
use super::negotiation::{Agreed, ClientExtension, NegotiationError, Refusal, ServerExtension};
pub use super::parameters::ClientWindowBits;
use super::parameters::Parameters;

pub(super) const NAME: &str = "permessage-deflate";

/// The largest window, which holds where nothing else was agreed on.
const MAX_WINDOW_BITS: u8 = 15;

/// zlib cannot compress raw data with a window of 256 bytes.
const UNSUPPORTED_WINDOW_BITS: u8 = 8;

/// A client's side of permessage-deflate. The default is what the `websockets` package offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientDeflate {
    /// Asks the server to forget each message.
    pub server_no_context_takeover: bool,
    /// Announces that the client forgets each message.
    pub client_no_context_takeover: bool,
    /// Limits the server's window, 8 to 15 bits.
    pub server_max_window_bits: Option<u8>,
    /// Limits the client's window, 9 to 15 bits, or lets the server do that.
    pub client_max_window_bits: Option<ClientWindowBits>,
    /// How the client compresses.
    pub settings: CompressSettings,
}

impl Default for ClientDeflate {
    fn default() -> Self {
        Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: None,
            client_max_window_bits: Some(ClientWindowBits::Supported),
            settings: CompressSettings::small(),
        }
    }
}

impl ClientDeflate {
    fn agree(&self, parameters: &[Parameter]) -> Result<PerMessageDeflate, NegotiationError> {
        let answer = Parameters::parse(parameters, false)?;
        if self.server_no_context_takeover && !answer.server_no_context_takeover {
            return Err(refused("expected server_no_context_takeover"));
        }
        match (self.server_max_window_bits, answer.server_max_window_bits) {
            (Some(_), None) => return Err(refused("expected server_max_window_bits")),
            (Some(asked), Some(bits)) if bits > asked => {
                return Err(refused("unsupported server_max_window_bits"));
            }
            _ => {}
        }
        let client_bits = self.client_window(answer.client_max_window_bits)?;
        if client_bits == Some(UNSUPPORTED_WINDOW_BITS) {
            return Err(refused("unsupported client_max_window_bits = 8, use 9"));
        }
        Ok(PerMessageDeflate::new(DeflateParameters {
            remote_no_context_takeover: answer.server_no_context_takeover,
            // The server need not repeat what the client has announced.
            local_no_context_takeover: self.client_no_context_takeover
                || answer.client_no_context_takeover,
            remote_max_window_bits: answer.server_max_window_bits.unwrap_or(MAX_WINDOW_BITS),
            local_max_window_bits: client_bits.unwrap_or(MAX_WINDOW_BITS),
            settings: self.settings,
        }))
    }

    fn client_window(
        &self,
        answer: Option<ClientWindowBits>,
    ) -> Result<Option<u8>, NegotiationError> {
        let answer = answer.and_then(ClientWindowBits::limit);
        match (self.client_max_window_bits, answer) {
            (None, Some(_)) => Err(refused("unexpected client_max_window_bits")),
            (Some(ClientWindowBits::Limit(own)), Some(bits)) if bits > own => {
                Err(refused("unsupported client_max_window_bits"))
            }
            (Some(ClientWindowBits::Limit(own)), None) => Ok(Some(own)),
            (_, bits) => Ok(bits),
        }
    }
}

impl ClientExtension for ClientDeflate {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn offer(&self) -> Result<Vec<Parameter>, Refusal> {
        let parameters = Parameters {
            server_no_context_takeover: self.server_no_context_takeover,
            client_no_context_takeover: self.client_no_context_takeover,
            server_max_window_bits: self.server_max_window_bits,
            client_max_window_bits: self.client_max_window_bits,
        };
        Ok(parameters.build())
    }

    fn accept(&self, answer: &[Parameter], accepted: &[Agreed]) -> Result<Agreed, Refusal> {
        refuse_second(accepted, "received duplicate permessage-deflate")?;
        Ok(Agreed::Deflate(self.agree(answer)?))
    }
}

/// A server's side of permessage-deflate. The default is what the `websockets` package accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerDeflate {
    /// Announces that the server forgets each message.
    pub server_no_context_takeover: bool,
    /// Asks the client to forget each message.
    pub client_no_context_takeover: bool,
    /// Limits the server's window, 9 to 15 bits.
    pub server_max_window_bits: Option<u8>,
    /// Limits the client's window, 8 to 15 bits, if the client lets it.
    pub client_max_window_bits: Option<u8>,
    /// Refuses clients that do not let it.
    pub require_client_max_window_bits: bool,
    /// How the server compresses.
    pub settings: CompressSettings,
}

impl Default for ServerDeflate {
    fn default() -> Self {
        Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: Some(12),
            client_max_window_bits: Some(12),
            require_client_max_window_bits: false,
            settings: CompressSettings::small(),
        }
    }
}

impl ServerDeflate {
    fn agree(
        &self,
        offer: &[Parameter],
    ) -> Result<(Parameters, PerMessageDeflate), NegotiationError> {
        let offer = Parameters::parse(offer, true)?;
        let server_bits = smaller(self.server_max_window_bits, offer.server_max_window_bits);
        if server_bits == Some(UNSUPPORTED_WINDOW_BITS) {
            return Err(refused("unsupported server_max_window_bits = 8, use 9"));
        }
        let client_bits = self.client_window(offer.client_max_window_bits)?;
        let answer = Parameters {
            server_no_context_takeover: self.server_no_context_takeover
                || offer.server_no_context_takeover,
            client_no_context_takeover: self.client_no_context_takeover
                || offer.client_no_context_takeover,
            server_max_window_bits: server_bits,
            client_max_window_bits: client_bits.map(ClientWindowBits::Limit),
        };
        let deflate = PerMessageDeflate::new(DeflateParameters {
            remote_no_context_takeover: answer.client_no_context_takeover,
            local_no_context_takeover: answer.server_no_context_takeover,
            remote_max_window_bits: client_bits.unwrap_or(MAX_WINDOW_BITS),
            local_max_window_bits: server_bits.unwrap_or(MAX_WINDOW_BITS),
            settings: self.settings,
        });
        Ok((answer, deflate))
    }

    fn client_window(
        &self,
        offer: Option<ClientWindowBits>,
    ) -> Result<Option<u8>, NegotiationError> {
        match offer {
            Some(offer) => Ok(smaller(self.client_max_window_bits, offer.limit())),
            None if self.client_max_window_bits.is_some()
                && self.require_client_max_window_bits =>
            {
                Err(refused("required client_max_window_bits"))
            }
            None => Ok(None),
        }
    }
}

impl ServerExtension for ServerDeflate {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn accept(
        &self,
        offer: &[Parameter],
        accepted: &[Agreed],
    ) -> Result<(Vec<Parameter>, Agreed), Refusal> {
        refuse_second(accepted, "skipped duplicate permessage-deflate")?;
        let (answer, deflate) = self.agree(offer)?;
        Ok((answer.build(), Agreed::Deflate(deflate)))
    }
}

fn smaller(one: Option<u8>, other: Option<u8>) -> Option<u8> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn refused(text: &str) -> NegotiationError {
    NegotiationError::Refused(text.to_owned())
}

fn refuse_second(accepted: &[Agreed], text: &str) -> Result<(), Refusal> {
    match accepted.iter().any(|other| other.name() == NAME) {
        true => Err(refused(text).into()),
        false => Ok(()),
    }
}
