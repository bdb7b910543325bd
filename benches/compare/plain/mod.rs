//! The contender that is nothing but hyper on a current-thread runtime: the limit.
//!
//! It sends the header fields that httpx sends. Except where a case is about that, it does not
//! parse what it receives.

mod bodies;
mod client;
mod many;
mod tls;

use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Either, Full};
use tokio::runtime::{Builder, Runtime};

use crate::cost::{Cost, own_cpu};
use crate::options::Task;
use crate::server::{DOWNLOAD, JSON};
use client::Client;

pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// What one operation of a case costs.
pub(crate) fn measure(task: &Task) -> Cost {
    let (case, number) = task.number();
    runtime().block_on(async {
        match case {
            "get" | "async-get" => get(task).await,
            "post" => post(task).await,
            "content" => content(task).await,
            "iter-bytes" => frames(task).await,
            "json" => bodies::json(task, number).await,
            "gzip" => bodies::gzip(task).await,
            "upload" => bodies::upload(task).await,
            "gather" => many::gather(task).await,
            "fan-out" => many::fan_out(task).await,
            "delayed" => many::together(task, number, "/delayed").await,
            "at" => many::together(task, number, "/json").await,
            "in-flight" => Cost::of(many::in_flight(&task.url, number).await),
            "idle" => Cost::of(many::idle(&task.url, number).await),
            "tls-get" => tls::get(task).await,
            "tls-new" => tls::get_anew(task).await,
            "http2" => tls::http2(task).await,
            case => panic!("no case {case:?}"),
        }
    })
}

/// Does `operation` for about so many seconds; returns what one costs. As `scripts/measure.py`.
pub(crate) async fn timed(seconds: f64, mut operation: impl AsyncFnMut()) -> Cost {
    const BATCH: u32 = 100;
    const WARM_UP: f64 = 0.01;
    let mut elapsed = async |least: f64, batch: u32| {
        let (started, cpu, mut done) = (Instant::now(), own_cpu(), 0);
        loop {
            for _ in 0..batch {
                operation().await;
            }
            done += batch;
            let elapsed = started.elapsed().as_secs_f64();
            if elapsed >= least {
                let cost = Cost {
                    cpu: Some(own_cpu() - cpu),
                    ..Cost::of(elapsed)
                };
                return cost / f64::from(done);
            }
        }
    };
    let estimate = elapsed(WARM_UP, 1).await.figure;
    let batch = if estimate > WARM_UP { 1 } else { BATCH };
    elapsed(seconds, batch).await
}

async fn get(task: &Task) -> Cost {
    let mut client = Client::connect(&task.url).await;
    timed(task.seconds, async || {
        let body = client.fetch("/json").await;
        assert_eq!(body.len(), JSON.len());
    })
    .await
}

async fn post(task: &Task) -> Cost {
    let mut client = Client::connect(&task.url).await;
    timed(task.seconds, async || {
        let request = client.post("/post", Either::Left(Full::from(JSON)));
        assert_eq!(client.read(request).await.len(), JSON.len());
    })
    .await
}

async fn content(task: &Task) -> Cost {
    let mut client = Client::connect(&task.url).await;
    timed(task.seconds, async || {
        let body = client.fetch("/download").await;
        assert_eq!(body.len(), DOWNLOAD);
    })
    .await
}

/// As the frames come; none is kept.
async fn frames(task: &Task) -> Cost {
    let mut client = Client::connect(&task.url).await;
    timed(task.seconds, async || {
        let mut body = client.send(client.get("/download")).await;
        let mut received = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.expect("a frame");
            received += frame.data_ref().map_or(0, Bytes::len);
        }
        assert_eq!(received, DOWNLOAD);
    })
    .await
}
