//! Cookies: what a server sets, and what goes back to it.
//!
//! The rules are those of `http.cookiejar`'s default policy, which is what httpx uses, so that a
//! script sees the same cookies under the same domains and paths: a name without a dot gets
//! `.local`, a cookie without a `Domain` goes to subdomains too, one that was set by hand without a
//! domain goes everywhere, and the longest path comes first.
//!
//! It is stricter than that policy where RFC 6265 is and a script can hardly mind: no cookie for a
//! public suffix (section 5.3, step 5), none for part of an IP address, `Secure` counts whatever its
//! value, a server can expire only what it could set, and what servers set is bounded.

mod cookie;
mod date;
mod domain;
mod path;
mod set_cookie;
mod store;

pub use cookie::Cookie;
pub use set_cookie::is_for_public_suffix;
pub use store::{CookieStore, Level, MAX_COOKIE_SIZE, MAX_COOKIES, MAX_COOKIES_PER_DOMAIN};
