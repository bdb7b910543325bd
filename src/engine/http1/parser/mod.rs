//! The parser of messages that arrive in pieces of any size.
//!
//! A state machine of our own rather than httparse: that one starts from the first byte each time,
//! so that a head that trickles in would cost its length squared, and it has neither llhttp's
//! leniencies nor its kinds of errors. What a head or a body may be is decided here for
//! [`parse_request`](super::parse_request) and [`parse_response`](super::parse_response) too.

mod body;
mod chunk_line;
mod event;
mod fields;
mod framing;
mod request_line;
mod span;
mod state;
mod status_line;
mod whole_field;

pub use event::{Event, Section, Token};

use event::Found;
use framing::{Field, Seen};
use span::Span;
use state::State;

use super::error::Error;
use super::leniency::Leniency;
use super::method::Method;
use super::target::Part;

/// The most bytes of a message's start line and header fields together, and of its trailer section.
pub const MAX_HEAD: usize = 1 << 20;
/// The most bytes of the line before a chunk: its size and its extensions.
pub const MAX_CHUNK_LINE: usize = 16 << 10;

/// Which messages are parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Those of a client.
    Request,
    /// Those of a server.
    Response,
}

type Step = Result<Found, Error>;

/// A push parser: bytes in, events out.
#[derive(Debug)]
pub struct Parser {
    kind: Kind,
    state: State,
    leniency: Leniency,
    seen: Seen,
    method: Method,
    version: (u8, u8),
    status: u16,
    upgrade: bool,
    /// Bytes that the body or the chunk still has.
    remaining: u64,
    /// Bytes that the head, the chunk's line or the trailer section may still have.
    allowance: usize,
    /// A word that is read letter by letter: the method, the protocol, …
    word: [u8; 16],
    word_length: u8,
    part: Part,
    is_reason_told: bool,
    /// Of a target, a reason or a body; always within what is fed.
    piece: Span,
    name: Span,
    value: Span,
    field: Field,
    is_folded: bool,
    failed: Option<Error>,
}

impl Parser {
    /// A parser that has seen nothing.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            state: State::Start,
            leniency: Leniency::default(),
            seen: Seen::default(),
            method: Method::default(),
            version: (0, 0),
            status: 0,
            upgrade: false,
            remaining: 0,
            allowance: usize::MAX,
            word: [0; 16],
            word_length: 0,
            part: Part::default(),
            is_reason_told: false,
            piece: Span::default(),
            name: Span::default(),
            value: Span::default(),
            field: Field::Other,
            is_folded: false,
            failed: None,
        }
    }

    /// What is let pass from the next byte on.
    pub fn set_leniency(&mut self, leniency: Leniency) {
        self.leniency = leniency;
    }

    /// The method of the request whose start line was last seen.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Major and minor version of the message.
    pub fn version(&self) -> (u8, u8) {
        self.version
    }

    /// The status code of the response.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the message asks for another protocol; known from [`Event::HeadersComplete`] on.
    pub fn upgrade(&self) -> bool {
        self.upgrade
    }

    /// Which part of a message the next byte belongs to.
    pub fn section(&self) -> Section {
        match self.state {
            State::Start | State::StartLf | State::Cleanup | State::Closed => Section::Between,
            State::BodyToEnd => Section::BodyToEnd,
            State::Body => Section::Body,
            _ if self.is_in_head() => Section::Head,
            _ => Section::Chunks,
        }
    }

    /// The next event in `data` from `at` on, and `at` behind it; `None` when all of it is used up.
    ///
    /// The same `data` is to be given until then, and `at` is 0 for the next. A byte is looked at a
    /// bounded number of times, and of a head only the field that is not yet complete is kept.
    ///
    /// # Errors
    /// [`Error`] says why this is no message. It is the same for every further call.
    pub fn next<'a>(
        &'a mut self,
        data: &'a [u8],
        at: &mut usize,
    ) -> Result<Option<Event<'a>>, Error> {
        let token = self.advance(data, at)?;
        Ok(self.event(&token, data))
    }

    /// [`Self::next`] in two steps, the second of which leaves the parser free to be asked things.
    ///
    /// # Errors
    /// Those of [`Self::next`].
    pub fn advance(&mut self, data: &[u8], at: &mut usize) -> Result<Token, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        match self.advance_sections(data, at) {
            Ok(found) => Ok(Token(found)),
            Err(error) => {
                self.failed = Some(error);
                Err(error)
            }
        }
    }

    /// The event that [`Self::advance`] came to in that `data`.
    pub fn event<'a>(&'a self, token: &Token, data: &'a [u8]) -> Option<Event<'a>> {
        Some(match token.0 {
            Found::Step | Found::Nothing => return None,
            Found::MessageBegin => Event::MessageBegin,
            Found::Target => Event::Target(self.piece.bytes(data)),
            Found::Reason => Event::Reason(self.piece.bytes(data)),
            Found::Field => Event::Field {
                name: self.name.bytes(data),
                value: self.value.bytes(data),
            },
            Found::HeadersComplete => Event::HeadersComplete,
            Found::Body => Event::Body(self.piece.bytes(data)),
            Found::ChunkHeader => Event::ChunkHeader,
            Found::ChunkComplete => Event::ChunkComplete,
            Found::MessageComplete => Event::MessageComplete,
            Found::Upgrade => Event::Upgrade,
        })
    }

    /// Ends the parser with an error of whoever is told of the events.
    pub fn fail(&mut self, error: Error) {
        self.failed = Some(error);
    }

    fn advance_sections(&mut self, data: &[u8], at: &mut usize) -> Step {
        if self.state == State::FieldStart
            && let Some(found) = self.quick_field(data, at)?
        {
            return Ok(found);
        }
        loop {
            match self.advance_in_section(data, at)? {
                Found::Step => {}
                found => return Ok(found),
            }
        }
    }

    /// What nearly every step in a head is.
    #[inline]
    fn quick_field(&mut self, data: &[u8], at: &mut usize) -> Result<Option<Found>, Error> {
        let from = *at;
        let found = self.whole_field(self.within(data, from), at)?;
        self.allowance -= *at - from;
        Ok(found)
    }

    /// The data up to where the section has to end.
    #[inline]
    fn within<'a>(&self, data: &'a [u8], from: usize) -> &'a [u8] {
        match data.len() - from <= self.allowance {
            true => data,
            false => &data[..from + self.allowance],
        }
    }

    /// Goes on to the next event or section, within the bounds of this one.
    fn advance_in_section(&mut self, data: &[u8], at: &mut usize) -> Step {
        let from = *at;
        let within = self.within(data, from);
        let allowance = self.allowance;
        let found = self.find(within, at)?;
        if self.allowance == allowance {
            self.allowance -= *at - from;
        }
        if matches!(found, Found::Nothing) {
            if within.len() < data.len() {
                return Err(self.too_large());
            }
            self.keep_fields(data);
        }
        Ok(found)
    }

    fn too_large(&self) -> Error {
        Error::other(match self.state {
            state if state.is_in_chunk_line() => "Chunk extensions are larger than 16 KiB",
            _ if self.seen.trailing => "Trailer fields are larger than 1 MiB",
            _ => "Message head is larger than 1 MiB",
        })
    }

    fn find(&mut self, data: &[u8], at: &mut usize) -> Step {
        let allowance = self.allowance;
        loop {
            match self.step(data, at)? {
                Found::Step if self.allowance == allowance => {}
                found => return Ok(found),
            }
        }
    }

    fn step(&mut self, data: &[u8], at: &mut usize) -> Step {
        match self.state {
            State::HeadDone => return self.head_done(),
            State::ChunkLineDone => return Ok(self.chunk_line_done()),
            State::MessageDone => return Ok(self.tell(Found::MessageComplete, State::Cleanup)),
            State::MessageDoneBeforeUpgrade => {
                return Ok(self.tell(Found::MessageComplete, State::Upgrade));
            }
            State::Upgrade => return self.upgraded(),
            State::Cleanup => return Ok(self.cleanup()),
            _ if *at == data.len() => return Ok(Found::Nothing),
            _ => {}
        }
        match self.state {
            state if state.is_in_request_line() => self.request_line(data, at),
            state if state.is_in_status_line() => self.status_line(data, at),
            state if state.is_in_fields() => self.fields(data, at),
            state if state.is_in_chunk_line() => self.chunk_line(data, at),
            _ => self.body(data, at),
        }
    }

    /// Goes to another state, and has something to tell.
    fn tell(&mut self, found: Found, state: State) -> Found {
        self.state = state;
        found
    }

    /// Takes a byte and goes to another state.
    fn take(&mut self, at: &mut usize, state: State) -> Found {
        *at += 1;
        self.state = state;
        Found::Step
    }

    /// Goes to another state without taking a byte.
    fn goto(&mut self, state: State) -> Found {
        self.state = state;
        Found::Step
    }

    fn push_word(&mut self, byte: u8) -> &[u8] {
        let length = usize::from(self.word_length);
        if let Some(slot) = self.word.get_mut(length) {
            *slot = byte;
            self.word_length += 1;
        }
        self.word()
    }

    fn word(&self) -> &[u8] {
        &self.word[..usize::from(self.word_length)]
    }
}
