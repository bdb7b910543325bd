//! The parameters of permessage-deflate, RFC 7692 section 7.1.

use super::header::Parameter;
use super::negotiation::NegotiationError;

pub(super) const SERVER_NO_CONTEXT_TAKEOVER: &str = "server_no_context_takeover";
pub(super) const CLIENT_NO_CONTEXT_TAKEOVER: &str = "client_no_context_takeover";
pub(super) const SERVER_MAX_WINDOW_BITS: &str = "server_max_window_bits";
pub(super) const CLIENT_MAX_WINDOW_BITS: &str = "client_max_window_bits";

/// `client_max_window_bits`, which may come without a value in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientWindowBits {
    /// The client supports the parameter and sets no limit.
    Supported,
    /// The base-2 logarithm of the window's size, 8 to 15.
    Limit(u8),
}

impl ClientWindowBits {
    pub(super) fn limit(self) -> Option<u8> {
        match self {
            Self::Supported => None,
            Self::Limit(bits) => Some(bits),
        }
    }
}

/// Parameters as they stand in a request or a response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) server_no_context_takeover: bool,
    pub(super) client_no_context_takeover: bool,
    pub(super) server_max_window_bits: Option<u8>,
    pub(super) client_max_window_bits: Option<ClientWindowBits>,
}

impl Parameters {
    /// Reads the parameters of a request, or of a response, in which a window has a size.
    pub(super) fn parse(
        parameters: &[Parameter],
        is_request: bool,
    ) -> Result<Self, NegotiationError> {
        let mut parsed = Self::default();
        for (name, value) in parameters {
            parsed.add(name, value.as_deref(), is_request)?;
        }
        Ok(parsed)
    }

    fn add(
        &mut self,
        name: &str,
        value: Option<&str>,
        is_request: bool,
    ) -> Result<(), NegotiationError> {
        let duplicate = match name {
            SERVER_NO_CONTEXT_TAKEOVER => {
                set_flag(&mut self.server_no_context_takeover, name, value)?
            }
            CLIENT_NO_CONTEXT_TAKEOVER => {
                set_flag(&mut self.client_no_context_takeover, name, value)?
            }
            SERVER_MAX_WINDOW_BITS => set_once(&mut self.server_max_window_bits, || {
                window_bits(name, value)
            })?,
            CLIENT_MAX_WINDOW_BITS => set_once(&mut self.client_max_window_bits, || match value {
                None if is_request => Ok(ClientWindowBits::Supported),
                value => window_bits(name, value).map(ClientWindowBits::Limit),
            })?,
            _ => return Err(NegotiationError::UnknownParameter(name.to_owned())),
        };
        match duplicate {
            true => Err(NegotiationError::DuplicateParameter(name.to_owned())),
            false => Ok(()),
        }
    }

    pub(super) fn build(&self) -> Vec<Parameter> {
        let flag = |name: &str, set: bool| set.then(|| (name.to_owned(), None));
        let server_bits = self.server_max_window_bits;
        let client_bits = self.client_max_window_bits;
        let parameters = [
            flag(SERVER_NO_CONTEXT_TAKEOVER, self.server_no_context_takeover),
            flag(CLIENT_NO_CONTEXT_TAKEOVER, self.client_no_context_takeover),
            server_bits.map(|bits| (SERVER_MAX_WINDOW_BITS.to_owned(), Some(bits.to_string()))),
            client_bits.map(|bits| {
                let value = bits.limit().map(|bits| bits.to_string());
                (CLIENT_MAX_WINDOW_BITS.to_owned(), value)
            }),
        ];
        parameters.into_iter().flatten().collect()
    }
}

/// Says whether it was set before.
fn set_flag(flag: &mut bool, name: &str, value: Option<&str>) -> Result<bool, NegotiationError> {
    if *flag {
        return Ok(true);
    }
    match value {
        None => *flag = true,
        Some(_) => return Err(invalid_value(name, value)),
    }
    Ok(false)
}

/// Says whether it was set before.
fn set_once<T>(
    target: &mut Option<T>,
    make: impl FnOnce() -> Result<T, NegotiationError>,
) -> Result<bool, NegotiationError> {
    if target.is_some() {
        return Ok(true);
    }
    *target = Some(make()?);
    Ok(false)
}

/// Without leading zeros, RFC 7692 section 7.1.2.
fn window_bits(name: &str, value: Option<&str>) -> Result<u8, NegotiationError> {
    match value {
        Some("8") => Ok(8),
        Some("9") => Ok(9),
        Some("10") => Ok(10),
        Some("11") => Ok(11),
        Some("12") => Ok(12),
        Some("13") => Ok(13),
        Some("14") => Ok(14),
        Some("15") => Ok(15),
        _ => Err(invalid_value(name, value)),
    }
}

fn invalid_value(name: &str, value: Option<&str>) -> NegotiationError {
    NegotiationError::InvalidParameterValue {
        name: name.to_owned(),
        value: value.map(str::to_owned),
    }
}
