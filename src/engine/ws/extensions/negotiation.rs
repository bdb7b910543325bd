//! Which extensions are used, RFC 6455 sections 4.1, 4.2.2 and 9.1.

use std::sync::Arc;
use std::{error, fmt};

use super::deflate::PerMessageDeflate;
use super::foreign::Codec;
use super::header::{ExtensionHeader, Parameter, build};

/// An extension that both ends agreed on.
#[derive(Debug, Clone)]
pub enum Agreed {
    /// permessage-deflate, native.
    Deflate(PerMessageDeflate),
    /// An extension of the user's.
    Foreign(Arc<dyn Codec>),
}

impl Agreed {
    /// Its registered name.
    pub fn name(&self) -> String {
        match self {
            Self::Deflate(_) => super::agreement::NAME.to_owned(),
            Self::Foreign(codec) => codec.name(),
        }
    }
}

/// Parameters of an extension that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NegotiationError {
    /// A parameter that comes twice.
    #[error("duplicate parameter: {0}")]
    DuplicateParameter(String),
    /// A parameter that the extension does not have.
    #[error("invalid parameter name: {0}")]
    UnknownParameter(String),
    /// A value that the parameter cannot have.
    #[error("{}", describe(.name, .value.as_deref()))]
    InvalidParameterValue {
        /// The parameter.
        name: String,
        /// Its value, if it has one.
        value: Option<String>,
    },
    /// What one end asks for the other does not do.
    #[error("{0}")]
    Refused(String),
}

fn describe(name: &str, value: Option<&str>) -> String {
    match value {
        None => format!("missing value for parameter {name}"),
        Some("") => format!("empty value for parameter {name}"),
        Some(value) => format!("invalid value for parameter {name}: {value}"),
    }
}

/// Why an extension is not used with some parameters.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// They do not fit, others may.
    #[error(transparent)]
    Negotiation(#[from] NegotiationError),
    /// Code of the user's failed; so does the handshake.
    #[error(transparent)]
    User(Arc<dyn error::Error + Send + Sync>),
}

/// An extension that a client can offer.
pub trait ClientExtension: fmt::Debug + Send + Sync {
    /// Its registered name.
    fn name(&self) -> String;

    /// The parameters to offer.
    ///
    /// # Errors
    /// When code of the user's fails.
    fn offer(&self) -> Result<Vec<Parameter>, Refusal>;

    /// Judges the server's answer; `accepted` came before it.
    ///
    /// # Errors
    /// When the answer does not fit the offer.
    fn accept(&self, answer: &[Parameter], accepted: &[Agreed]) -> Result<Agreed, Refusal>;
}

/// An extension that a server can accept.
pub trait ServerExtension: fmt::Debug + Send + Sync {
    /// Its registered name.
    fn name(&self) -> String;

    /// Judges a client's offer, and returns the parameters to answer with; `accepted` came
    /// before it.
    ///
    /// # Errors
    /// When the server cannot do what is offered.
    fn accept(
        &self,
        offer: &[Parameter],
        accepted: &[Agreed],
    ) -> Result<(Vec<Parameter>, Agreed), Refusal>;
}

/// The field with which a client offers `extensions`; `None` for none.
///
/// # Errors
/// When code of the user's fails.
pub fn offer(extensions: &[Arc<dyn ClientExtension>]) -> Result<Option<String>, Refusal> {
    let offers = extensions.iter().map(|extension| {
        Ok(ExtensionHeader {
            name: extension.name(),
            parameters: extension.offer()?,
        })
    });
    let offers = offers.collect::<Result<Vec<_>, Refusal>>()?;
    Ok((!offers.is_empty()).then(|| build(&offers)))
}

/// Judges what a server has answered to the offer of `extensions`.
///
/// # Errors
/// When it has accepted what was not offered.
pub fn check_answer(
    answer: &[ExtensionHeader],
    extensions: &[Arc<dyn ClientExtension>],
) -> Result<Vec<Agreed>, Refusal> {
    if extensions.is_empty() && !answer.is_empty() {
        let text = "no extensions supported".to_owned();
        return Err(NegotiationError::Refused(text).into());
    }
    let mut accepted = Vec::new();
    for header in answer {
        let agreed = first(extensions.iter().filter(|e| e.name() == header.name), |e| {
            e.accept(&header.parameters, &accepted)
        })?;
        accepted.push(agreed.ok_or_else(|| unsupported(header))?);
    }
    Ok(accepted)
}

/// Answers a client's offers: the field of the response, `None` for none, and what it stands for.
/// What does not fit is passed over.
///
/// # Errors
/// When code of the user's fails.
pub fn accept_offers(
    offers: &[ExtensionHeader],
    extensions: &[Arc<dyn ServerExtension>],
) -> Result<(Option<String>, Vec<Agreed>), Refusal> {
    let mut accepted = Vec::new();
    let mut answers = Vec::new();
    for header in offers {
        let agreed = first(extensions.iter().filter(|e| e.name() == header.name), |e| {
            e.accept(&header.parameters, &accepted)
        })?;
        if let Some((parameters, extension)) = agreed {
            accepted.push(extension);
            answers.push(ExtensionHeader {
                name: header.name.clone(),
                parameters,
            });
        }
    }
    Ok(((!answers.is_empty()).then(|| build(&answers)), accepted))
}

/// The first success; mere disagreement is passed over.
fn first<E, T>(
    extensions: impl Iterator<Item = E>,
    accept: impl Fn(E) -> Result<T, Refusal>,
) -> Result<Option<T>, Refusal> {
    for extension in extensions {
        match accept(extension) {
            Ok(agreed) => return Ok(Some(agreed)),
            Err(Refusal::Negotiation(_)) => {}
            Err(failed) => return Err(failed),
        }
    }
    Ok(None)
}

/// The parameters are shown as Python shows them.
fn unsupported(header: &ExtensionHeader) -> NegotiationError {
    let shown = header.parameters.iter().map(|(name, value)| match value {
        Some(value) => format!("('{name}', '{value}')"),
        None => format!("('{name}', None)"),
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    let name = &header.name;
    let text = format!("Unsupported extension: name = {name}, params = [{shown}]");
    NegotiationError::Refused(text)
}
