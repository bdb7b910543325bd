//! Pings that wait for their pongs, and the keepalive that sends some of them.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::options::{Options, deadline};

/// A ping on its way.
#[derive(Debug)]
struct Pending {
    payload: Bytes,
    sent: Instant,
    waiter: Option<oneshot::Sender<Duration>>,
}

/// A waiter and what it waits for. To be told outside of any lock: it wakes a task.
pub(super) type Answered = (oneshot::Sender<Duration>, Duration);

/// All pings of one connection that have not been answered, oldest first.
#[derive(Debug, Default)]
pub(super) struct Pings {
    pending: VecDeque<Pending>,
    latency: Duration,
}

impl Pings {
    /// Round-trip time of the last answered ping; zero before the first.
    pub(super) fn latency(&self) -> Duration {
        self.latency
    }

    pub(super) fn contains(&self, payload: &[u8]) -> bool {
        self.pending.iter().any(|ping| ping.payload == payload)
    }

    /// A payload that no pending ping has.
    pub(super) fn fresh_payload(&self) -> Bytes {
        loop {
            let payload: [u8; 4] = rand::random();
            if !self.contains(&payload) {
                return Bytes::copy_from_slice(&payload);
            }
        }
    }

    pub(super) fn add(&mut self, payload: Bytes, waiter: Option<oneshot::Sender<Duration>>) {
        self.pending.push_back(Pending {
            payload,
            sent: Instant::now(),
            waiter,
        });
    }

    /// Forgets pings that nobody waits for, so that a peer that answers none costs no memory.
    pub(super) fn forget_unawaited(&mut self) {
        self.pending.retain(|ping| ping.waiter.is_some());
    }

    /// Notes a pong, and appends those who wait for it to `answered`. RFC 6455 section 5.5.3
    /// lets a peer answer only the latest ping, so that a pong answers all earlier pings too.
    pub(super) fn acknowledge(&mut self, payload: &[u8], answered: &mut Vec<Answered>) {
        let found = self.pending.iter().position(|p| p.payload == payload);
        let Some(last) = found else { return };
        let now = Instant::now();
        for ping in self.pending.drain(..=last) {
            self.latency = now - ping.sent;
            answered.extend(ping.waiter.map(|waiter| (waiter, self.latency)));
        }
    }
}

/// Sends a ping at intervals, and notices when it is not answered.
#[derive(Debug)]
pub(super) struct Keepalive {
    interval: Duration,
    timeout: Option<Duration>,
    step: Step,
}

#[derive(Debug)]
enum Step {
    Ping(Option<Instant>),
    Pong {
        payload: Bytes,
        deadline: Option<Instant>,
    },
}

/// What a keepalive asks for when its time has come.
pub(super) enum Due {
    Nothing,
    Ping,
    Timeout,
}

impl Keepalive {
    pub(super) fn new(options: &Options) -> Option<Self> {
        let interval = options.ping_interval?;
        Some(Self {
            interval,
            timeout: options.ping_timeout,
            step: Step::Ping(deadline(Some(interval))),
        })
    }

    /// When [`due`](Self::due) has to be asked next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.step {
            Step::Ping(at) => *at,
            Step::Pong { deadline, .. } => *deadline,
        }
    }

    pub(super) fn due(&self) -> Due {
        let is_due = self.deadline().is_some_and(|at| at <= Instant::now());
        match self.step {
            _ if !is_due => Due::Nothing,
            Step::Ping(_) => Due::Ping,
            Step::Pong { .. } => Due::Timeout,
        }
    }

    /// Notes that a ping with this payload was sent.
    pub(super) fn sent(&mut self, payload: Bytes) {
        self.step = match self.timeout {
            None => Step::Ping(deadline(Some(self.interval))),
            timeout => Step::Pong {
                payload,
                deadline: deadline(timeout),
            },
        };
    }

    /// Grants the peer another `ping_timeout`, because this end reads nothing at the moment.
    pub(super) fn extend(&mut self) {
        if let Step::Pong { deadline: at, .. } = &mut self.step {
            *at = deadline(self.timeout);
        }
    }

    /// Notes that pings were answered, the last of them after `latency`.
    pub(super) fn answered(&mut self, pings: &Pings) {
        if let Step::Pong { payload, .. } = &self.step
            && !pings.contains(payload)
        {
            let wait = self.interval.saturating_sub(pings.latency());
            self.step = Step::Ping(deadline(Some(wait)));
        }
    }
}
