//! The methods that the parser knows.

/// A request method: one of a fixed list, as httptools knows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Method(u8);

/// The numbers are llhttp's, and 0 is what a parser shows that has seen no request.
const NAMES: [&str; 47] = [
    "DELETE",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "CONNECT",
    "OPTIONS",
    "TRACE",
    "COPY",
    "LOCK",
    "MKCOL",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "SEARCH",
    "UNLOCK",
    "BIND",
    "REBIND",
    "UNBIND",
    "ACL",
    "REPORT",
    "MKACTIVITY",
    "CHECKOUT",
    "MERGE",
    "M-SEARCH",
    "NOTIFY",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "PATCH",
    "PURGE",
    "MKCALENDAR",
    "LINK",
    "UNLINK",
    "SOURCE",
    "PRI",
    "DESCRIBE",
    "ANNOUNCE",
    "SETUP",
    "PLAY",
    "PAUSE",
    "TEARDOWN",
    "GET_PARAMETER",
    "SET_PARAMETER",
    "REDIRECT",
    "RECORD",
    "FLUSH",
    "QUERY",
];

impl Method {
    pub(super) const GET: Self = Self(1);
    pub(super) const POST: Self = Self(3);
    /// RFC 9110, 9.3.6.
    pub const CONNECT: Self = Self(5);
    pub(super) const OPTIONS: Self = Self(6);
    pub(super) const SOURCE: Self = Self(33);
    /// The first word of HTTP/2's preface (RFC 9113, 3.4).
    pub(super) const PRI: Self = Self(34);

    /// The method of that name.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        let index = NAMES.iter().position(|known| known.as_bytes() == name)?;
        u8::try_from(index).ok().map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.0)]
    }

    /// A small number that stands for it.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The method that a [`Self::number`] stands for.
    pub fn from_number(number: u8) -> Option<Self> {
        (usize::from(number) < NAMES.len()).then_some(Self(number))
    }

    /// Whether some method begins like that.
    pub(super) fn may_become(start: &[u8]) -> bool {
        NAMES
            .iter()
            .any(|known| known.as_bytes().starts_with(start))
    }

    /// Whether that begins with a method.
    pub(super) fn begins(word: &[u8]) -> bool {
        NAMES.iter().any(|known| word.starts_with(known.as_bytes()))
    }

    /// Whether HTTP has it. The others are RTSP's (RFC 2326) alone.
    pub(super) fn is_of_http(self) -> bool {
        !matches!(self.0, 35..=45)
    }

    /// Whether RTSP has it.
    pub(super) fn is_of_rtsp(self) -> bool {
        !self.is_of_http() || matches!(self, Self::GET | Self::POST | Self::OPTIONS)
    }
}
