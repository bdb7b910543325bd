//! Feeding the HTTP/1.x parser, and what it tells.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

use tauraro::engine::http1::{Error, Event, Kind, Leniency, Parser};

/// An event with bytes of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Begin,
    Target(Vec<u8>),
    Reason(Vec<u8>),
    Field(Vec<u8>, Vec<u8>),
    HeadersComplete,
    Body(Vec<u8>),
    ChunkHeader,
    ChunkComplete,
    Complete,
    Upgrade,
}

impl From<Event<'_>> for Told {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::MessageBegin => Self::Begin,
            Event::Target(piece) => Self::Target(piece.to_vec()),
            Event::Reason(piece) => Self::Reason(piece.to_vec()),
            Event::Field { name, value } => Self::Field(name.to_vec(), value.to_vec()),
            Event::HeadersComplete => Self::HeadersComplete,
            Event::Body(piece) => Self::Body(piece.to_vec()),
            Event::ChunkHeader => Self::ChunkHeader,
            Event::ChunkComplete => Self::ChunkComplete,
            Event::MessageComplete => Self::Complete,
            Event::Upgrade => Self::Upgrade,
        }
    }
}

/// All that a parser told, pieces of the same thing joined, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    pub told: Vec<Told>,
    pub error: Option<Error>,
    /// What lies behind an upgrade.
    pub rest: Vec<u8>,
}

impl Story {
    fn add(&mut self, told: Told) {
        match (self.told.last_mut(), &told) {
            (Some(Told::Target(known)), Told::Target(piece))
            | (Some(Told::Reason(known)), Told::Reason(piece))
            | (Some(Told::Body(known)), Told::Body(piece)) => known.extend_from_slice(piece),
            _ => self.told.push(told),
        }
    }

    /// The reason of the error.
    pub fn reason(&self) -> &'static str {
        self.error.map_or("", |error| error.reason)
    }

    /// How many messages came to their end.
    pub fn completed(&self) -> usize {
        let ends = self.told.iter().filter(|told| **told == Told::Complete);
        ends.count()
    }

    /// The bodies of all messages, joined.
    pub fn body(&self) -> Vec<u8> {
        let pieces = self.told.iter().map(|told| match told {
            Told::Body(piece) => &piece[..],
            _ => &[],
        });
        pieces.collect::<Vec<_>>().concat()
    }
}

/// Feeds the pieces one after the other, and stops at an error or an upgrade.
pub fn feed<'a>(parser: &mut Parser, pieces: impl IntoIterator<Item = &'a [u8]>) -> Story {
    let mut story = Story::default();
    let mut pieces = pieces.into_iter();
    while let Some(piece) = pieces.next() {
        let mut at = 0;
        loop {
            match parser.next(piece, &mut at) {
                Ok(None) => break,
                Ok(Some(Event::Upgrade)) => {
                    story.add(Told::Upgrade);
                    story.rest = piece[at..].to_vec();
                    story.rest.extend(pieces.flatten());
                    return story;
                }
                Ok(Some(event)) => story.add(event.into()),
                Err(error) => {
                    story.error = Some(error);
                    return story;
                }
            }
        }
        assert_eq!(at, piece.len(), "bytes are left although there is no event");
    }
    story
}

/// Feeds it as a whole.
pub fn parse(kind: Kind, data: &[u8]) -> Story {
    parse_leniently(kind, Leniency::default(), data)
}

/// Feeds it as a whole, with leniencies.
pub fn parse_leniently(kind: Kind, leniency: Leniency, data: &[u8]) -> Story {
    let mut parser = Parser::new(kind);
    parser.set_leniency(leniency);
    feed(&mut parser, [data])
}

/// Feeds it byte by byte.
pub fn parse_bytewise(kind: Kind, leniency: Leniency, data: &[u8]) -> Story {
    let mut parser = Parser::new(kind);
    parser.set_leniency(leniency);
    feed(&mut parser, data.chunks(1))
}
