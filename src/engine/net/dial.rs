//! Name resolution and TCP, by hyper-util's connector (happy eyeballs, RFC 8305).

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiFuture, GaiResolver, Name};
use tower_service::Service;

use super::{Socket, Target};
use crate::engine::error::{Error, Kind, find};

/// Connects to the first address of `target` that answers. Literal addresses are not looked up.
pub(super) async fn dial(target: &Target) -> Result<Socket, Error> {
    let mut connector = HttpConnector::new_with_resolver(Resolver(GaiResolver::new()));
    connector.set_nodelay(true);
    let uri = uri_of(target)?;
    match connector.call(uri).await {
        Ok(stream) => Socket::new(stream.into_inner()).map_err(|error| explain(error, target)),
        Err(error) => Err(explain(error, target)),
    }
}

fn authority(target: &Target) -> String {
    match target.host.contains(':') {
        true => format!("[{}]:{}", target.host, target.port),
        false => format!("{}:{}", target.host, target.port),
    }
}

/// The connector takes an address as a URI, whose scheme has to be http.
fn uri_of(target: &Target) -> Result<Uri, Error> {
    let uri = Uri::builder()
        .scheme("http")
        .authority(authority(target))
        .path_and_query("/")
        .build();
    uri.map_err(|error| {
        let message = format!("'{}' of {} is no host name.", target.host, target.url);
        Error::new(Kind::InvalidUrl, message)
            .at(&target.url)
            .caused_by(error)
    })
}

fn explain(error: impl std::error::Error + Send + Sync + 'static, target: &Target) -> Error {
    let Target { host, url, .. } = target;
    let message = if let Some(Unresolved(cause)) = find(&error) {
        format!("Could not resolve host '{host}' of {url}: {cause}.")
    } else {
        let peer = authority(target);
        match find::<io::Error>(&error) {
            Some(cause) if cause.kind() == io::ErrorKind::ConnectionRefused => {
                format!("Connection refused by {peer} while connecting to {url}")
            }
            Some(cause) => format!("Could not connect to {peer} for {url}: {cause}."),
            None => format!("Could not connect to {peer} for {url}: {error}."),
        }
    };
    Error::new(Kind::Connect, message).at(url).caused_by(error)
}

/// The system's resolver, with its errors told apart from those of connecting.
#[derive(Clone)]
struct Resolver(GaiResolver);

/// In the chain of a `Connect` error that came from the resolver.
#[derive(Debug, thiserror::Error)]
#[error("the host name could not be resolved")]
pub(crate) struct Unresolved(#[source] io::Error);

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = Unresolved;
    type Future = Resolving;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        self.0.poll_ready(cx).map_err(Unresolved)
    }

    fn call(&mut self, name: Name) -> Resolving {
        Resolving(self.0.call(name))
    }
}

struct Resolving(GaiFuture);

impl Future for Resolving {
    type Output = Result<GaiAddrs, Unresolved>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map_err(Unresolved)
    }
}
