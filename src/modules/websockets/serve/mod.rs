//! `serve`: accepting clients, what of the opening handshake a script decides, and the handlers.
//!
//! A client is one native coroutine in one asyncio task: it shakes hands, awaits the handler in
//! line, and closes the connection. How it is all decided is in `engine::ws::server`; here are the
//! script's callbacks.

mod acceptor;
mod asked;
mod clients;
mod converse;
mod policy;
mod settling;
mod tls;

pub(super) use acceptor::{Acceptor, of_listener};
pub(super) use asked::{Asked, log_error};
pub(super) use policy::{Policy, ServeArgs};
pub(super) use settling::{acceptance, path_of, settle};
