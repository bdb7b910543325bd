//! The bridge, seen from scripts: each test is one, run in a process and an interpreter of its own.
#![cfg(unix)]

mod support;

mod affinity;
mod block_on;
mod byte_stream;
mod cancellation;
mod coroutine;
mod event_loop;
mod fork;
mod from_python;
mod homing;
mod idle;
mod library;
mod panics;
mod signals;
mod stream;
