//! One end of a WebSocket connection without I/O: bytes in, events out, bytes to write.

mod by_hand;
mod send;

use std::fmt;

use bytes::Bytes;
use tokio::io::ReadBuf;

use super::close::{Close, code};
use super::error::{Cause, Closed, Violation};
use super::extensions::{Deflater, PerMessageDeflate};
use super::frame::Control;
use super::message::Fragment;
use super::output::Output;
use super::reader::{Limits, Reader, Received};

/// With more unwritten bytes than this, only the latest ping is answered.
const PONG_BACKLOG: usize = 32 * 1024;

/// Which end of the connection this is. Clients mask, servers close the TCP connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The end that accepted the connection.
    Server,
    /// The end that opened the connection.
    Client,
}

/// How far a connection has come, as the `websockets` package names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The opening handshake is not done.
    Connecting,
    /// Messages can be exchanged.
    Open,
    /// A close frame was sent.
    Closing,
    /// The stream has ended.
    Closed,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Closed => "closed",
        })
    }
}

/// Something that arrived. Pings and close frames have been answered already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A data frame: a whole message, or a part of one.
    Data(Fragment),
    /// A ping, with its payload.
    Ping(Bytes),
    /// A pong, with its payload.
    Pong(Bytes),
    /// The peer's close frame.
    Close(Close),
}

/// The state of one end of a connection.
///
/// The caller feeds what it reads to [`receive`](Self::receive), writes what is in
/// [`output`](Self::output), ends its direction of the stream when
/// [`wants_eof`](Self::wants_eof) says so and the output is written, and reports the end of the
/// peer's direction with [`receive_eof`](Self::receive_eof). When there is a
/// [`violation`](Self::violation) it calls [`fail_violated`](Self::fail_violated), at once or
/// after it has answered what came before.
#[derive(Debug)]
pub struct Protocol {
    side: Side,
    state: State,
    reader: Reader,
    output: Output,
    close_rcvd: Option<Close>,
    close_sent: Option<Close>,
    rcvd_then_sent: Option<bool>,
    /// Set once nothing that arrives matters any more.
    discarding: bool,
    wants_eof: bool,
    /// Found, and not acted on.
    violation: Option<Violation>,
    cause: Option<Cause>,
    /// Answer to the latest ping, held back while the output is backed up.
    pending_pong: Option<Bytes>,
    deflater: Option<Box<Deflater>>,
    /// Whether a fragmented message was begun and not ended by this end.
    is_sending_message: bool,
}

impl Protocol {
    /// A connection whose opening handshake is still to be done.
    pub fn new(side: Side, limits: Limits) -> Self {
        Self {
            side,
            state: State::Connecting,
            reader: Reader::new(side == Side::Server, limits),
            output: Output::default(),
            close_rcvd: None,
            close_sent: None,
            rcvd_then_sent: None,
            discarding: false,
            wants_eof: false,
            violation: None,
            cause: None,
            pending_pong: None,
            deflater: None,
            is_sending_message: false,
        }
    }

    /// Compresses and decompresses messages from now on, as was agreed on. To be called before
    /// the first frame.
    pub fn use_deflate(&mut self, deflate: &PerMessageDeflate) {
        self.reader.decompress(deflate.inflater());
        self.deflater = Some(Box::new(deflate.deflater()));
    }

    /// Leaves data frames as they are on the wire, with their reserved bits, for extensions that
    /// the engine does not have: [`Fragment::rsv`]. Text is not checked then. To be called before
    /// the first frame.
    pub fn use_raw_frames(&mut self) {
        self.reader.hand_on_raw();
    }

    /// Leaves text unchecked, for a caller that decodes it. To be called before the first frame.
    pub fn skip_text_check(&mut self) {
        self.reader.skip_text_check();
    }

    /// Whether the peer's fragmented message has begun and not ended.
    pub fn is_inside_message(&self) -> bool {
        self.reader.is_inside_message()
    }

    /// The limits on what the peer may send.
    pub fn limits(&self) -> &Limits {
        self.reader.limits()
    }

    /// Declares the opening handshake done.
    pub fn open(&mut self) {
        if self.state == State::Connecting {
            self.state = State::Open;
        }
    }

    /// Which end this is.
    pub fn side(&self) -> Side {
        self.side
    }

    /// How far the connection has come.
    pub fn state(&self) -> State {
        self.state
    }

    /// The close frame that the peer sent.
    pub fn close_rcvd(&self) -> Option<&Close> {
        self.close_rcvd.as_ref()
    }

    /// The close frame that this end sent.
    pub fn close_sent(&self) -> Option<&Close> {
        self.close_sent.as_ref()
    }

    /// The code of RFC 6455 section 7.1.5, once the connection is closed: the peer's, 1005 when
    /// its close frame had none, 1006 when there was no close frame.
    pub fn close_code(&self) -> Option<u16> {
        let rcvd = self.close_rcvd.as_ref();
        (self.state == State::Closed)
            .then(|| rcvd.map_or(code::ABNORMAL_CLOSURE, |close| close.code))
    }

    /// The reason of RFC 6455 section 7.1.6, once the connection is closed.
    pub fn close_reason(&self) -> Option<&str> {
        let rcvd = self.close_rcvd.as_ref();
        (self.state == State::Closed).then(|| rcvd.map_or("", |close| &close.reason))
    }

    /// Notes what went wrong below the protocol, unless something has gone wrong before.
    pub(super) fn blame(&mut self, cause: Cause) {
        self.cause.get_or_insert(cause);
    }

    /// How the connection ended, or would if it ended now.
    pub(super) fn outcome(&self) -> Closed {
        Closed::new(
            self.close_rcvd.clone(),
            self.close_sent.clone(),
            self.rcvd_then_sent,
            self.cause.clone(),
        )
    }

    /// Takes bytes from the front of `input` until there is an event. `None` means that all of
    /// `input` was taken. Nothing is received after a violation.
    pub fn receive(&mut self, input: &mut &[u8]) -> Option<Event> {
        while !self.discarding {
            match self.reader.read(input) {
                Ok(None) => return None,
                Ok(Some(received)) => {
                    if let Some(event) = self.process(received) {
                        return Some(event);
                    }
                }
                Err(violation) => self.violated(violation),
            }
        }
        *input = &[];
        None
    }

    /// Whether [`receive_in_place`](Self::receive_in_place) can take what comes next, and more than
    /// `size` bytes of it.
    pub fn takes_in_place(&self, size: u64) -> bool {
        !self.discarding && self.reader.takes_in_place(size)
    }

    /// Receives what `read` puts into the payload of the current frame itself, without a copy.
    pub fn receive_in_place(&mut self, read: impl FnOnce(&mut ReadBuf<'_>)) -> Option<Event> {
        match self.reader.fill(read) {
            Ok(received) => self.process(received?),
            Err(violation) => {
                self.violated(violation);
                None
            }
        }
    }

    /// Notes that the peer's direction of the stream has ended.
    pub fn receive_eof(&mut self) {
        if self.state == State::Closed {
            return;
        }
        self.fail_violated();
        if !self.discarding {
            self.blame(Cause::UnexpectedEof);
            self.discard();
        }
        self.wants_eof = true;
        self.state = State::Closed;
    }

    /// Bytes to write.
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// Forgets `count` bytes of the output, which were written.
    pub fn written(&mut self, count: usize) {
        self.output.advance(count);
        if self.output.len() <= PONG_BACKLOG
            && self.can_send_control()
            && let Some(payload) = self.pending_pong.take()
        {
            self.push_control(Control::Pong, &payload);
        }
    }

    /// Drops the output, for a stream that takes no more.
    pub fn discard_output(&mut self) {
        self.output.clear();
        self.pending_pong = None;
    }

    /// Whether this end's direction of the stream should end after the output is written.
    pub fn wants_eof(&self) -> bool {
        self.wants_eof
    }

    /// Fails the connection (RFC 6455 section 7.1.7): sends a close frame if none was sent, and
    /// ignores whatever the peer sends from now on. A code or reason that cannot be sent is
    /// replaced by 1011.
    pub fn fail(&mut self, close: Close) {
        if self.state == State::Open {
            let sendable = close.to_payload().map(|payload| (payload, close));
            let (payload, close) = sendable.unwrap_or_else(|_| {
                let code = code::INTERNAL_ERROR;
                (code.to_be_bytes().to_vec(), Close::new(code, ""))
            });
            self.push_close(&payload, close);
        }
        self.discard();
    }

    /// What the peer did wrong, until the connection is failed for it.
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// Fails the connection if there is a violation.
    pub fn fail_violated(&mut self) {
        if let Some(violation) = self.violation.take() {
            self.fail_for(violation);
        }
    }

    /// Fails the connection for a violation.
    pub(super) fn fail_for(&mut self, violation: Violation) {
        self.fail(Close::new(violation.close_code(), violation.to_string()));
        self.blame(violation.into());
    }

    fn violated(&mut self, violation: Violation) {
        self.discarding = true;
        self.violation = Some(violation);
    }

    /// A server now closes its direction of the stream; a client waits for the server to.
    fn discard(&mut self) {
        self.discarding = true;
        self.wants_eof |= self.side == Side::Server;
    }

    fn process(&mut self, received: Received) -> Option<Event> {
        match received {
            Received::Data(fragment) => Some(Event::Data(fragment)),
            Received::Pong(payload) => Some(Event::Pong(payload)),
            Received::Ping(payload) => {
                self.answer_ping(&payload);
                Some(Event::Ping(payload))
            }
            Received::Close(payload) => self.process_close(&payload),
        }
    }

    /// RFC 6455 section 5.5.3 lets an endpoint answer only the latest of several pings: a peer
    /// that sends pings and reads nothing cannot make the output grow.
    fn answer_ping(&mut self, payload: &Bytes) {
        if self.output.len() > PONG_BACKLOG {
            self.pending_pong = Some(payload.clone());
        } else if self.can_send_control() {
            self.push_control(Control::Pong, payload);
        }
    }

    fn process_close(&mut self, payload: &[u8]) -> Option<Event> {
        let close = match Close::parse(payload) {
            Ok(close) => close,
            Err(violation) => {
                self.violated(violation);
                return None;
            }
        };
        self.close_rcvd = Some(close.clone());
        if self.close_sent.is_some() {
            self.rcvd_then_sent = Some(false);
        }
        if self.state == State::Open {
            self.push_close(payload, close.clone());
        }
        self.discard();
        Some(Event::Close(close))
    }
}
