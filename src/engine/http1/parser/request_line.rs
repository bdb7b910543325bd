//! The first line of a request (RFC 9112, 3).

use super::super::error::Error;
use super::super::leniency::Leniency;
use super::super::method::Method;
use super::super::target::{self, Extent, Part};
use super::{Found, Kind, MAX_HEAD, Parser, State, Step};

const PROTOCOLS: [&[u8]; 3] = [b"HTTP", b"RTSP", b"ICE"];
const PREFACE: &[u8] = b"\r\n\r\nSM\r\n\r\n";

impl Parser {
    pub(super) fn request_line(&mut self, data: &[u8], at: &mut usize) -> Step {
        let byte = data[*at];
        match self.state {
            State::Start => self.start(byte, at),
            State::StartLf => self.start_lf(byte, at),
            State::Method => self.read_method(data, at),
            State::SpacesBeforeTarget => Ok(self.spaces_before_target(byte, at)),
            State::Target => self.read_target(data, at),
            State::TargetLf if byte == b'\n' => Ok(self.take(at, State::FieldsStart)),
            State::TargetLf => Err(Error::target("Expected CRLF")),
            State::SpacesAfterTarget => Ok(self.spaces_after_target(byte, at)),
            State::Protocol => self.read_protocol(data, at),
            State::Major | State::Dot | State::Minor => self.read_version(byte, at),
            State::RequestLineCr => self.request_line_cr(byte, at),
            State::RequestLineLf => self.request_line_lf(byte, at),
            _ => self.preface(byte, at),
        }
    }

    /// Empty lines before a message are passed over (RFC 9112, 2.2).
    fn start(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\r' => Ok(self.take(at, State::StartLf)),
            b'\n' if self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) => {
                Ok(self.take(at, State::Start))
            }
            b'\n' => Err(Error::other("Missing expected CR before LF")),
            _ => Ok(self.begin()),
        }
    }

    fn start_lf(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\n' => Ok(self.take(at, State::Start)),
            _ if self.leniency.has(Leniency::OPTIONAL_LF_AFTER_CR) => Ok(self.goto(State::Start)),
            _ => Err(Error::other("Expected LF after CR")),
        }
    }

    fn begin(&mut self) -> Found {
        self.allowance = MAX_HEAD;
        self.word_length = 0;
        let state = match self.kind {
            Kind::Request => State::Method,
            Kind::Response => State::Protocol,
        };
        self.tell(Found::MessageBegin, state)
    }

    fn read_method(&mut self, data: &[u8], at: &mut usize) -> Step {
        if self.word_length == 0
            && let Some((method, length)) = whole_method(&data[*at..])
        {
            self.method = method;
            *at += length;
            return Ok(self.goto(State::SpacesBeforeTarget));
        }
        while let Some(&byte) = data.get(*at) {
            if !matches!(byte, b'A'..=b'Z' | b'-' | b'_') {
                return self.method_is_read(byte);
            }
            *at += 1;
            let word = self.push_word(byte);
            if !Method::may_become(word) {
                return Err(unknown_method(word));
            }
        }
        Ok(Found::Nothing)
    }

    fn method_is_read(&mut self, byte: u8) -> Step {
        let known = Method::from_name(self.word()).filter(|_| byte == b' ');
        self.method = known.ok_or_else(|| unknown_method(self.word()))?;
        Ok(self.goto(State::SpacesBeforeTarget))
    }

    fn spaces_before_target(&mut self, byte: u8, at: &mut usize) -> Found {
        if byte == b' ' {
            return self.take(at, State::SpacesBeforeTarget);
        }
        self.part = match self.method {
            Method::CONNECT => Part::Authority,
            _ => Part::Start,
        };
        self.goto(State::Target)
    }

    /// Tells of the piece first, and of what ends it at the next call.
    fn read_target(&mut self, data: &[u8], at: &mut usize) -> Step {
        let from = *at;
        let extent = target::scan(&mut self.part, data, at);
        if *at > from {
            self.piece.set(from, *at);
            return Ok(Found::Target);
        }
        match extent {
            Extent::Open => Ok(Found::Nothing),
            Extent::Closed => self.after_target(data[*at], at),
            Extent::Bad(reason) => Err(Error::target(reason)),
        }
    }

    fn after_target(&mut self, byte: u8, at: &mut usize) -> Step {
        if byte == b' ' {
            return Ok(self.take(at, State::SpacesAfterTarget));
        }
        self.version = (0, 9);
        match byte {
            b'\r' => Ok(self.take(at, State::TargetLf)),
            _ if self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) => {
                Ok(self.take(at, State::FieldsStart))
            }
            _ => Err(Error::target("Expected CRLF")),
        }
    }

    fn spaces_after_target(&mut self, byte: u8, at: &mut usize) -> Found {
        if byte == b' ' {
            return self.take(at, State::SpacesAfterTarget);
        }
        self.word_length = 0;
        self.goto(State::Protocol)
    }

    /// Also that of a status line.
    fn read_protocol(&mut self, data: &[u8], at: &mut usize) -> Step {
        if self.word_length == 0
            && let [
                b'H',
                b'T',
                b'T',
                b'P',
                b'/',
                b'1',
                b'.',
                minor @ (b'0' | b'1'),
                ..,
            ] = data[*at..]
            && (self.kind == Kind::Response || self.method.is_of_http())
        {
            self.version = (1, minor - b'0');
            *at += 8;
            return self.version_is_read();
        }
        while let Some(&byte) = data.get(*at) {
            let is_complete = PROTOCOLS.contains(&self.word());
            if is_complete && byte == b'/' {
                self.check_protocol()?;
                return Ok(self.take(at, State::Major));
            }
            *at += 1;
            let word = self.push_word(byte);
            if !PROTOCOLS.iter().any(|known| known.starts_with(word)) {
                return Err(Error::other("Expected HTTP/, RTSP/ or ICE/"));
            }
        }
        Ok(Found::Nothing)
    }

    fn check_protocol(&self) -> Result<(), Error> {
        let (is_allowed, reason) = match self.word() {
            b"HTTP" => (
                self.method.is_of_http(),
                "Invalid method for HTTP/x.x request",
            ),
            b"RTSP" => (
                self.method.is_of_rtsp(),
                "Invalid method for RTSP/x.x request",
            ),
            _ => (
                self.method == Method::SOURCE,
                "Expected SOURCE method for ICE/x.x request",
            ),
        };
        match is_allowed || self.kind == Kind::Response {
            true => Ok(()),
            false => Err(Error::other(reason)),
        }
    }

    fn read_version(&mut self, byte: u8, at: &mut usize) -> Step {
        let digit = byte.wrapping_sub(b'0');
        match (self.state, digit) {
            (State::Major, 0..=9) => {
                self.version.0 = digit;
                Ok(self.take(at, State::Dot))
            }
            (State::Major, _) => Err(Error::other("Invalid major version")),
            (State::Dot, _) if byte == b'.' => Ok(self.take(at, State::Minor)),
            (State::Dot, _) => Err(Error::other("Expected dot")),
            (_, 0..=9) => {
                self.version.1 = digit;
                *at += 1;
                self.version_is_read()
            }
            _ => Err(Error::other("Invalid minor version")),
        }
    }

    fn version_is_read(&mut self) -> Step {
        let is_known = matches!(self.version, (0, 9) | (1, 0 | 1) | (2, 0));
        if !is_known && !self.leniency.has(Leniency::VERSION) {
            return Err(Error::other("Invalid HTTP version"));
        }
        self.word_length = 0;
        let is_preface = self.kind == Kind::Request && self.method == Method::PRI;
        Ok(self.goto(match self.kind {
            Kind::Response => State::SpaceAfterVersion,
            Kind::Request if is_preface => State::Preface,
            Kind::Request => State::RequestLineCr,
        }))
    }

    fn request_line_cr(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\r' => Ok(self.take(at, State::RequestLineLf)),
            b'\n' if self.leniency.has(Leniency::OPTIONAL_CR_BEFORE_LF) => {
                Ok(self.take(at, State::FieldsStart))
            }
            _ => Err(Error::other("Expected CRLF after version")),
        }
    }

    fn request_line_lf(&mut self, byte: u8, at: &mut usize) -> Step {
        match byte {
            b'\n' => Ok(self.take(at, State::FieldsStart)),
            _ if self.leniency.has(Leniency::OPTIONAL_LF_AFTER_CR) => {
                Ok(self.goto(State::FieldsStart))
            }
            _ => Err(Error::other("Expected CRLF after version")),
        }
    }

    fn preface(&mut self, byte: u8, at: &mut usize) -> Step {
        if byte != PREFACE[usize::from(self.word_length)] {
            return Err(Error::other("Expected HTTP/2 Connection Preface"));
        }
        *at += 1;
        match self.push_word(byte) == PREFACE {
            true => Err(Error::other("Pause on PRI/Upgrade")),
            false => Ok(Found::Step),
        }
    }
}

/// The method that is there as a whole, and its length.
fn whole_method(data: &[u8]) -> Option<(Method, usize)> {
    let length = data.iter().take(16).position(|&byte| byte == b' ')?;
    Some((Method::from_name(&data[..length])?, length))
}

fn unknown_method(word: &[u8]) -> Error {
    Error::method(match Method::begins(word) {
        true => "Expected space after method",
        false => "Invalid method encountered",
    })
}
