//! Larger bodies: parsed, inflated, streamed.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http_body_util::Either;
use serde_json::Value;

use super::client::{Chunks, Client};
use super::timed;
use crate::cost::Cost;
use crate::options::Task;

/// As in `scripts/payload.py`.
const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 1600;

/// A body of about so many KiB, as serde_json's values.
pub(super) async fn json(task: &Task, kibibytes: usize) -> Cost {
    let mut client = Client::connect(&task.url).await;
    let path = format!("/json/{kibibytes}");
    timed(task.seconds, async || {
        let body = client.fetch(&path).await;
        let value: Value = serde_json::from_slice(&body).expect("JSON");
        assert!(value.is_object());
    })
    .await
}

/// The same of 10 MiB, compressed.
pub(super) async fn gzip(task: &Task) -> Cost {
    let mut client = Client::connect(&task.url).await;
    timed(task.seconds, async || {
        let body = client.fetch("/gzip").await;
        let mut text = Vec::new();
        let read = GzDecoder::new(&*body).read_to_end(&mut text);
        read.expect("a gzip stream");
        let value: Value = serde_json::from_slice(&text).expect("JSON");
        assert!(value.is_object());
    })
    .await
}

/// 100 MiB.
pub(super) async fn upload(task: &Task) -> Cost {
    let mut client = Client::connect(&task.url).await;
    let chunk = Bytes::from(vec![b'x'; CHUNK]);
    timed(task.seconds, async || {
        let chunks = Chunks {
            chunk: chunk.clone(),
            left: CHUNKS,
        };
        let answer = client.read(client.post("/upload", Either::Right(chunks)));
        assert_eq!(answer.await, (CHUNK * CHUNKS).to_string());
    })
    .await
}
