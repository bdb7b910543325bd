//! One request's way through the pool, a connection, and another one when the first fails it.

use super::body::Outgoing;
use super::connection::Connection;
use super::exchange::{Failed, exchange};
use super::http2;
use super::incoming::Incoming;
use super::origin::Origin;
use super::pool::{Grant, Lease, Slot};
use super::prepared::Prepared;
use super::request::Head;
use super::response::{Asked, Response};
use super::trace::Returned;
use super::transport::Shared;
use crate::engine::error::{BoxError, Error, Kind};
use crate::engine::net::{Target, Transport};

/// How often a request is sent again that was sent before, or had a new connection to itself.
const MAX_REPEATS: usize = 3;
/// How often a request is moved to another connection because its own ended before it was sent:
/// a server may take so many requests of a long queue that it ends connections several times.
const MAX_MOVES: usize = 100;

/// The step that opens an HTTP/2 connection, by httpcore's name.
const GREET: &str = "send_connection_init";

/// A connection for one request.
enum Route {
    Http1(Connection, Slot),
    Http2(Lease),
}

impl Shared {
    pub(super) async fn deliver(
        &self,
        head: &Head,
        mut request: Prepared,
        asked: Asked,
    ) -> Result<Response, Error> {
        let idempotent = request.is_idempotent();
        let mut retries = Retries::default();
        let mut slot = None;
        loop {
            let grant = self.grant(slot.take(), &asked).await?;
            let kept = !matches!(grant, Grant::Open(_));
            let route = self.connection(grant, &asked).await?;
            let again = match route.may_repeat(kept, idempotent) {
                true => request.again(),
                false => None,
            };
            let failed = match route.send(request, &asked).await {
                Ok((head, incoming)) => return Ok(Response::new(head, incoming, asked)),
                Err((failed, unused)) => {
                    slot = unused;
                    failed
                }
            };
            // A new HTTP/1.1 connection says nothing of requests that were not processed.
            let hopeless = slot.is_some() && !kept;
            request = match hopeless || retries.exhausts(&failed, kept) {
                true => return Err(failed.error),
                false => {
                    let again = || again.and_then(|body| self.prepare_anew(head, &asked, body));
                    failed.retry(again, kept, idempotent)?
                }
            };
        }
    }

    fn prepare_anew(&self, head: &Head, asked: &Asked, body: Outgoing) -> Option<Prepared> {
        let request = Prepared::anew(head, asked.options.as_deref(), body);
        request.and_then(|it| self.forwarded(it, &head.url)).ok()
    }

    async fn grant(&self, slot: Option<Slot>, asked: &Asked) -> Result<Grant, Error> {
        if let Some(slot) = slot {
            return Ok(Grant::Open(slot));
        }
        let multiplex = self.versions().may_multiplex(&asked.url);
        let limit = asked.timeouts.pool;
        let checkout = self.pool().checkout(asked.destination(), multiplex, limit);
        checkout.await
    }

    async fn connection(&self, grant: Grant, asked: &Asked) -> Result<Route, Error> {
        match grant {
            Grant::Reuse(connection, slot) => Ok(Route::Http1(connection, slot)),
            Grant::Join(lease) => Ok(Route::Http2(lease)),
            // Boxed, since it is large and rarely needed.
            Grant::Open(slot) => Box::pin(self.open(slot, asked)).await,
        }
    }

    async fn open(&self, slot: Slot, asked: &Asked) -> Result<Route, Error> {
        let target = Target {
            server_name: asked.server_name().map(Into::into),
            steps: asked.steps("connection"),
            ..Target::of(&asked.url)?
        };
        let transport = self.route().open(&target, &asked.timeouts).await?;
        let set_up = self.set_up(transport, slot, asked).await;
        set_up.map_err(|error| {
            let error = match error.downcast::<Error>() {
                // Of the user's code that is told of the steps.
                Ok(told) => return *told,
                Err(error) => error,
            };
            let message = format!(
                "Could not set up the connection to {}: {error}.",
                target.url
            );
            Error::new(Kind::Connect, message)
                .at(&target.url)
                .caused_by(error)
        })
    }

    async fn set_up(
        &self,
        transport: Transport,
        mut slot: Slot,
        asked: &Asked,
    ) -> Result<Route, BoxError> {
        let origin = Origin::of(asked.destination());
        if self.versions().is_http2(&transport) {
            let steps = asked.steps("http2");
            if let Some(steps) = &steps {
                steps.started(GREET, Vec::new()).await?;
            }
            let connection = http2::Connection::open(transport, origin, slot.on_end()).await?;
            if let Some(steps) = &steps {
                steps.complete(GREET, Returned::Nothing).await?;
            }
            return Ok(Route::Http2(slot.share(connection)?));
        }
        let connection = Connection::open(transport, origin).await?;
        slot.opened_http1();
        Ok(Route::Http1(connection, slot))
    }
}

impl Route {
    /// Whether a request that was sent over it may have to be sent again.
    fn may_repeat(&self, kept: bool, idempotent: bool) -> bool {
        match self {
            Self::Http1(..) => kept && idempotent,
            Self::Http2(_) => true,
        }
    }

    /// Also gives back the slot of an HTTP/1.1 connection that failed.
    async fn send(
        self,
        request: Prepared,
        asked: &Asked,
    ) -> Result<(http::Response<()>, Incoming), (Failed, Option<Slot>)> {
        match self {
            Self::Http1(connection, slot) => match exchange(connection, request, asked).await {
                Ok((response, connection)) => {
                    let (parts, body) = response.into_parts();
                    let incoming = Incoming::http1(body, connection, slot);
                    Ok((http::Response::from_parts(parts, ()), incoming))
                }
                Err(failed) => Err((failed, Some(slot))),
            },
            // Boxed, lest requests over HTTP/1.1 carry its size.
            Self::Http2(lease) => {
                match Box::pin(http2::exchange(lease.connection(), request, asked)).await {
                    Ok((head, stream)) => Ok((head, Incoming::http2(stream, lease))),
                    Err(failed) => Err((failed, None)),
                }
            }
        }
    }
}

#[derive(Default)]
struct Retries {
    repeats: usize,
    moves: usize,
}

impl Retries {
    /// Counts another one. True when that is too many.
    fn exhausts(&mut self, failed: &Failed, kept: bool) -> bool {
        match failed.unsent {
            Some(_) if kept => self.moves += 1,
            _ => self.repeats += 1,
        }
        self.repeats > MAX_REPEATS || self.moves > MAX_MOVES
    }
}
