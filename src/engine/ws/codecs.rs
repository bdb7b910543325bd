//! Extensions of the user's around the data frames of a connection.
//!
//! What they change is changed in the futures of who receives and who sends, never under the
//! lock of the connection and never by its driver: code of the user's may run anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::error::Violation;
use super::extensions::{Agreed, Codec, RawFrame};
use super::frame::check_rsv;
use super::message::{Fragment, Joined, Kind};
use super::protocol::Protocol;
use super::reader::Limits;
use super::utf8::Utf8Check;

/// The extensions of a connection of which at least one is the user's.
pub(super) struct Codecs {
    /// In the order in which they change what is sent.
    chain: Vec<Arc<dyn Codec>>,
    limits: Limits,
    decoded: Mutex<Decoded>,
    receiving: AtomicBool,
}

/// How far the message that arrives was decoded.
#[derive(Default)]
struct Decoded {
    /// Bytes of whole fragments; `None` in the first.
    received: Option<usize>,
    utf8: Option<Utf8Check>,
    /// What a receiver of whole messages has decoded of one.
    joined: Option<Joined>,
}

/// Lets `protocol` use what was agreed on; what it cannot do itself is returned.
pub(super) fn use_extensions(protocol: &mut Protocol, agreed: Vec<Agreed>) -> Option<Box<Codecs>> {
    match agreed.as_slice() {
        [] => return None,
        [Agreed::Deflate(deflate)] => {
            protocol.use_deflate(deflate);
            return None;
        }
        _ => protocol.use_raw_frames(),
    }
    let codec = |agreed| match agreed {
        Agreed::Deflate(deflate) => deflate.codec(),
        Agreed::Foreign(codec) => codec,
    };
    Some(Box::new(Codecs {
        chain: agreed.into_iter().map(codec).collect(),
        limits: *protocol.limits(),
        decoded: Mutex::default(),
        receiving: AtomicBool::new(false),
    }))
}

impl Codecs {
    /// Makes the caller the only receiver, until the claim is dropped.
    pub(super) fn claim(&self) -> Option<Claim<'_>> {
        let taken = self.receiving.swap(true, Ordering::Relaxed);
        (!taken).then_some(Claim(self))
    }

    /// What a receiver that was dropped has decoded of a message.
    pub(super) fn take_joined(&self) -> Option<Fragment> {
        let joined = self.decoded.lock().joined.take();
        joined.map(|joined| joined.into_fragment(false))
    }

    /// Changes a frame that is to be sent.
    pub(super) fn encode(&self, frame: RawFrame) -> Result<RawFrame, Violation> {
        self.chain
            .iter()
            .try_fold(frame, |frame, codec| codec.encode(frame))
    }

    /// Changes back a frame that arrived.
    pub(super) fn decode(&self, fragment: Fragment) -> Result<Fragment, Violation> {
        let left = self.limits.left(self.decoded.lock().received.unwrap_or(0));
        let frame = RawFrame {
            kind: fragment.kind,
            is_final: fragment.is_final,
            rsv: fragment.rsv,
            payload: fragment.payload,
        };
        let frame = self
            .chain
            .iter()
            .rev()
            .try_fold(frame, |frame, codec| codec.decode(frame, left))?;
        check_rsv(frame.rsv)?;
        self.decoded.lock().check(frame, left)
    }

    /// Adds a frame to the message that is put together; gives it out when it is whole.
    pub(super) fn join(&self, fragment: Fragment) -> Option<Fragment> {
        let mut decoded = self.decoded.lock();
        let is_final = fragment.is_final;
        let joined = decoded.joined.get_or_insert_with(|| Joined::new(&fragment));
        joined.push(fragment);
        match is_final {
            true => decoded.joined.take().map(|it| it.into_fragment(true)),
            false => None,
        }
    }
}

impl Decoded {
    fn check(&mut self, frame: RawFrame, left: Option<usize>) -> Result<Fragment, Violation> {
        let length = frame.payload.len();
        if let Some(left) = left.filter(|&left| length > left) {
            return Err(Violation::PayloadTooBig {
                size: Some(length as u64),
                received: self.received,
                limit: left.saturating_add(self.received.unwrap_or(0)),
            });
        }
        if frame.kind == Kind::Text {
            self.utf8 = Some(Utf8Check::default());
        }
        if let Some(check) = &mut self.utf8 {
            check.advance(&frame.payload)?;
        }
        if frame.is_final {
            self.received = None;
            self.utf8.take().map_or(Ok(()), |check| check.finish())?;
        } else {
            self.received = Some(self.received.unwrap_or(0).saturating_add(length));
        }
        Ok(Fragment {
            kind: frame.kind,
            is_final: frame.is_final,
            rsv: 0,
            payload: frame.payload,
            // An extension may have changed anything, also what belongs together.
            checked: false,
        })
    }
}

/// The right to receive.
pub(super) struct Claim<'a>(&'a Codecs);

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.0.receiving.store(false, Ordering::Relaxed);
    }
}
