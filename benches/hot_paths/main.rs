//! The hot paths of scripts, for whoever changes them: does a change make them slower?
//!
//! criterion compares each run with the last one, or with a baseline that was saved by
//! `--save-baseline NAME` and is named by `--baseline NAME`. What is measured is the `tauraro`
//! command with `script.py`, on one core; the servers are threads of this process on another.
//! `benches/compare` tells how the same paths stand beside those of others.

#[path = "../compare/pinning.rs"]
mod pinning;
mod script;
mod servers;

use criterion::{Criterion, criterion_group, criterion_main};
use script::Script;

criterion_group!(hot_paths, awaits, requests, messages);
criterion_main!(hot_paths);

/// An await of a future of ours that is ready.
fn awaits(criterion: &mut Criterion) {
    measure(criterion, "ready await", "ready", "");
}

fn requests(criterion: &mut Criterion) {
    let url = servers::http();
    measure(criterion, "sync GET + json()", "get", &url);
    measure(criterion, "async GET + json()", "async_get", &url);
}

fn messages(criterion: &mut Criterion) {
    measure(criterion, "WebSocket echo", "echo", &servers::websocket());
}

fn measure(criterion: &mut Criterion, name: &str, case: &str, url: &str) {
    // Not before the bench is wanted: criterion may pass over it.
    let mut script = None;
    criterion.bench_function(name, |bencher| {
        let script = script.get_or_insert_with(|| Script::start(case, url));
        bencher.iter_custom(|count| script.run(count));
    });
}
