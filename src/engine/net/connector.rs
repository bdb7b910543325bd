//! Connecting, as often and in the way that the settings say.

use std::future::Future;
use std::time::Duration;

use super::{SocketSettings, Target, Transport, dial};
use crate::engine::error::{Error, Kind};
use crate::engine::http::trace::{Argument, Arguments, around};
use crate::engine::tls::{TlsConfig, TlsSettings};

/// The first wait before a retry that is not immediate. Each further one is twice as long.
const BACK_OFF: Duration = Duration::from_millis(500);
/// More doublings would wait for days.
const MAX_DOUBLINGS: u32 = 16;

/// Opens connections that all have the same settings.
#[derive(Debug, Default)]
pub struct Connector {
    sockets: SocketSettings,
    tls: TlsConfig,
}

impl Connector {
    /// Notes the settings. Opens no file.
    pub fn new(sockets: SocketSettings, tls: TlsSettings) -> Self {
        Self {
            sockets,
            tls: TlsConfig::new(tls),
        }
    }

    /// Whom to trust.
    pub fn tls(&self) -> &TlsConfig {
        &self.tls
    }

    /// Connects to `target`, as [`connect`](super::connect), and again after a failure as often as
    /// the settings say. `limit` bounds each attempt.
    ///
    /// # Errors
    /// Those of the last attempt.
    pub async fn connect(
        &self,
        target: &Target,
        limit: Option<Duration>,
    ) -> Result<Transport, Error> {
        let mut failures = 0;
        loop {
            let attempt = connect(target, &self.tls, &self.sockets, limit).await;
            match attempt {
                Err(error) if is_retried(error.kind()) && failures < self.sockets.retries => {
                    let pause = async {
                        tokio::time::sleep(back_off(failures)).await;
                        Ok(())
                    };
                    around(target.steps.as_ref(), "retry", Vec::new, pause).await?;
                    failures += 1;
                }
                result => return result,
            }
        }
    }
}

fn is_retried(kind: Kind) -> bool {
    matches!(kind, Kind::Connect | Kind::ConnectTimeout)
}

/// How long to wait after so many earlier failures: 0, 0.5, 1, 2 … s.
fn back_off(failures: u32) -> Duration {
    match failures {
        0 => Duration::ZERO,
        more => BACK_OFF * 2_u32.pow((more - 1).min(MAX_DOUBLINGS)),
    }
}

/// One attempt: socket and TLS handshake.
pub(super) async fn connect(
    target: &Target,
    tls: &TlsConfig,
    sockets: &SocketSettings,
    limit: Option<Duration>,
) -> Result<Transport, Error> {
    let connecting = async {
        let step = match sockets.uds {
            Some(_) => "connect_unix_socket",
            None => "connect_tcp",
        };
        let given = || arguments(target, sockets, limit);
        let dialing = dial::dial(target, sockets);
        let socket = around(target.steps.as_ref(), step, given, dialing).await?;
        let transport = Transport::Plain(socket);
        match target.tls {
            true => transport.secure(tls, target).await,
            false => Ok(transport),
        }
    };
    within(limit, target, connecting).await
}

fn arguments<'a>(
    target: &'a Target,
    sockets: &SocketSettings,
    limit: Option<Duration>,
) -> Arguments<'a> {
    let timeout = ("timeout", Argument::Limit(limit));
    if let Some(path) = &sockets.uds {
        let path = path.display().to_string();
        return vec![("path", Argument::Text(Some(path))), timeout];
    }
    let local = sockets.local_address.map(|address| address.to_string());
    vec![
        ("host", Argument::Name(&target.host)),
        ("port", Argument::Number(target.port.into())),
        ("local_address", Argument::Text(local)),
        timeout,
    ]
}

/// Gives `connecting` no more time than `limit`.
///
/// # Errors
/// `ConnectTimeout` after that; else those of `connecting`.
pub(crate) async fn within<T>(
    limit: Option<Duration>,
    target: &Target,
    connecting: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(limit) = limit else {
        return connecting.await;
    };
    match tokio::time::timeout(limit, connecting).await {
        Ok(result) => result,
        Err(_) => {
            let wait = format_args!("connecting to {}", target.url);
            Err(Error::timed_out(Kind::ConnectTimeout, limit, wait).at(&target.url))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_between_attempts_double() {
        let waits = [0, 1, 2, 3, 4].map(|failures| back_off(failures).as_millis());
        assert_eq!(waits, [0, 500, 1000, 2000, 4000]);
        assert_eq!(back_off(u32::MAX), back_off(MAX_DOUBLINGS + 1));
    }
}
