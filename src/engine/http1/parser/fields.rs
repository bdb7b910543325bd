//! Header and trailer fields (RFC 9112, 5).
//!
//! A field is told of when the byte after its line is seen, since that line may be folded. Whether
//! what it says of the framing is in order is known at the end of its line.

use super::super::chars::{TOKEN, VALUE, end_of};
use super::super::error::Error;
use super::super::leniency::Leniency;
use super::framing::Field;
use super::status_line::line_end;
use super::{Found, Kind, MAX_HEAD, Parser, State, Step};

impl Parser {
    pub(super) fn fields(&mut self, data: &[u8], at: &mut usize) -> Step {
        let byte = data[*at];
        match self.state {
            State::FieldsStart => self.fields_start(data, at),
            State::FieldStart => self.field_start(byte, at),
            State::Name => self.read_name(data, at),
            State::SpacesAfterName => self.spaces_after_name(data, at),
            State::SpacesBeforeValue => self.spaces_before_value(byte, at),
            State::EmptyValueLf => self.empty_value_lf(byte, at),
            State::AfterEmptyValue => self.after_empty_value(byte, at),
            State::Value => self.read_value(data, at),
            State::AnyValue => self.read_any_value(data, at),
            State::ValueLf if byte == b'\n' => Ok(self.take(at, State::AfterValue)),
            State::ValueLf => Err(Error::other("Missing expected LF after header value")),
            State::AfterValue => self.after_value(data, at),
            _ => self.fields_lf(byte, at),
        }
    }

    /// What is not over when a piece ends.
    pub(super) fn keep_fields(&mut self, data: &[u8]) {
        if matches!(
            self.state,
            State::FieldsStart | State::FieldStart | State::FieldsLf
        ) || !self.state.is_in_fields()
        {
            return;
        }
        match self.state {
            State::Name | State::SpacesAfterName => self.name.reach(data.len()),
            State::Value | State::AnyValue => self.value.reach(data.len()),
            _ => {}
        }
        self.name.keep(data, 0);
        self.value.keep(data, 0);
    }

    fn fields_start(&mut self, data: &[u8], at: &mut usize) -> Step {
        match data[*at] {
            b' ' if self.leniency.has(Leniency::HEADERS) => Ok(self.take(at, State::FieldStart)),
            b' ' => Err(Error::other("Unexpected space after start line")),
            _ => {
                let found = self.whole_field(data, at)?;
                self.state = State::FieldStart;
                Ok(found.unwrap_or(Found::Step))
            }
        }
    }

    fn field_start(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\r' => Ok(self.take(at, State::FieldsLf)),
            b'\n' if self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) => {
                *at += 1;
                Ok(self.fields_are_complete())
            }
            b'\n' => Err(Error::other("Invalid header field char")),
            b':' => Err(Error::other("Invalid header token")),
            _ => {
                self.name.start(*at);
                self.value.start(*at);
                Ok(self.goto(State::Name))
            }
        }
    }

    fn read_name(&mut self, data: &[u8], at: &mut usize) -> Step {
        *at = end_of(TOKEN, data, *at);
        self.name.reach(*at);
        match data.get(*at) {
            None => Ok(Found::Nothing),
            Some(b':') => self.name_is_read(data, at),
            Some(b' ') => self.space_after_name(data, at),
            Some(_) => Err(Error::other("Invalid header token")),
        }
    }

    fn name_is_read(&mut self, data: &[u8], at: &mut usize) -> Step {
        self.name.close(data);
        let name = self.name.bytes(data);
        // Trailing spaces are there only when they are let pass.
        self.field = Field::of(name.trim_ascii_end());
        self.check_presence()?;
        self.is_folded = false;
        Ok(self.take(at, State::SpacesBeforeValue))
    }

    fn space_after_name(&mut self, data: &[u8], at: &mut usize) -> Step {
        self.name.close(data);
        match Field::of(self.name.bytes(data)) {
            Field::Other => Err(Error::other("Invalid header token")),
            _ if self.leniency.has(Leniency::HEADERS) => Ok(self.take(at, State::SpacesAfterName)),
            _ => Err(Error::other("Invalid header field char")),
        }
    }

    /// The spaces belong to the name that is told of.
    fn spaces_after_name(&mut self, data: &[u8], at: &mut usize) -> Step {
        while data.get(*at) == Some(&b' ') {
            *at += 1;
        }
        self.name.reach(*at);
        match data.get(*at) {
            None => Ok(Found::Nothing),
            Some(b':') => self.name_is_read(data, at),
            Some(_) => Err(Error::other("Invalid header token")),
        }
    }

    fn spaces_before_value(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b' ' | b'\t' => Ok(self.take(at, State::SpacesBeforeValue)),
            b'\r' => Ok(self.take(at, State::EmptyValueLf)),
            b'\n' if self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) => {
                Ok(self.take(at, State::AfterEmptyValue))
            }
            b'\n' => Err(Error::other("Invalid header value char")),
            _ => {
                self.value.start(*at);
                Ok(self.goto(State::Value))
            }
        }
    }

    fn empty_value_lf(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\n' => Ok(self.take(at, State::AfterEmptyValue)),
            _ if self.leniency.has(Leniency::HEADERS) => Ok(self.goto(State::AfterEmptyValue)),
            _ => Err(Error::other("Expected LF after CR")),
        }
    }

    fn after_empty_value(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b' ' | b'\t' if self.leniency.has(Leniency::HEADERS) => {
                Ok(self.take(at, State::SpacesBeforeValue))
            }
            b' ' | b'\t' => Err(Error::other("Invalid header value char")),
            _ => {
                self.check_empty_value()?;
                Ok(self.tell(Found::Field, State::FieldStart))
            }
        }
    }

    fn read_value(&mut self, data: &[u8], at: &mut usize) -> Step {
        *at = end_of(VALUE, data, *at);
        self.value.reach(*at);
        match data.get(*at) {
            None => Ok(Found::Nothing),
            Some(b'\r') => {
                *at += 1;
                self.value_is_read(data)
            }
            Some(b'\n') if self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) => {
                self.value_is_read(data)
            }
            Some(b'\n') => Err(Error::other("Missing expected CR after header value")),
            Some(_) if self.leniency.has(Leniency::HEADERS) => Ok(self.goto(State::AnyValue)),
            Some(_) => Err(Error::other("Invalid header value char")),
        }
    }

    fn read_any_value(&mut self, data: &[u8], at: &mut usize) -> Step {
        *at = line_end(data, *at);
        self.value.reach(*at);
        match data.get(*at) {
            None => Ok(Found::Nothing),
            Some(b'\n') => self.value_is_read(data),
            Some(_) => {
                *at += 1;
                self.value_is_read(data)
            }
        }
    }

    fn value_is_read(&mut self, data: &[u8]) -> Step {
        self.value.close(data);
        if self.field != Field::Other {
            self.check_value(data)?;
        }
        Ok(self.goto(State::ValueLf))
    }

    fn after_value(&mut self, data: &[u8], at: &mut usize) -> Step {
        if !matches!(data[*at], b' ' | b'\t') {
            return Ok(self.tell(Found::Field, State::FieldStart));
        }
        if !self.leniency.has(Leniency::HEADERS) {
            return Err(Error::other("Unexpected whitespace after header value"));
        }
        // The line's end goes away, its leading spaces stay.
        self.value.keep(data, *at);
        self.is_folded = true;
        Ok(self.goto(State::Value))
    }

    fn fields_lf(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\n' => *at += 1,
            _ if self.leniency.has(Leniency::OPTIONAL_LF_AFTER_CR) => {}
            _ => return Err(Error::other("Expected LF after headers")),
        }
        Ok(self.fields_are_complete())
    }

    fn fields_are_complete(&mut self) -> Found {
        if self.seen.trailing {
            self.allowance = usize::MAX;
            return self.tell(Found::ChunkComplete, State::MessageDone);
        }
        self.upgrade = self.asks_for_upgrade();
        self.allowance = usize::MAX;
        self.tell(Found::HeadersComplete, State::HeadDone)
    }

    /// Whether the start line or the header fields are not yet over.
    pub(super) fn is_in_head(&self) -> bool {
        let is_in_line = self.state.is_in_request_line() || self.state.is_in_status_line();
        is_in_line || (self.state.is_in_fields() && !self.seen.trailing)
    }

    /// The trailer section begins.
    pub(super) fn start_trailers(&mut self) {
        self.seen.trailing = true;
        self.allowance = MAX_HEAD;
        self.state = State::FieldStart;
    }

    pub(super) fn is_request(&self) -> bool {
        self.kind == Kind::Request
    }
}
