//! What a script sees: argument parsing, conversion and classes. No I/O and no policy.
//!
//! Each module is a thin frozen package (`python/`) over a native one with an underscore. The
//! native one turns arguments into engine types, hands the engine's future to the bridge and turns
//! what comes out into objects.

mod class;
mod convert;
mod fields;

mod httptools;
mod httpx;
mod json;
mod method;
mod overrides;
mod raised;
mod ssl_context;
mod ssl_object;
mod websockets;

use rustpython_vm::{InterpreterBuilder, py_freeze};

/// Adds `httpx`, `websockets` and `httptools` to an interpreter being built.
pub(crate) fn register(builder: InterpreterBuilder) -> InterpreterBuilder {
    let native = [
        httpx::module_def(&builder.ctx),
        httpx::cli_module_def(&builder.ctx),
        httptools::module_def(&builder.ctx),
        websockets::module_def(&builder.ctx),
        ssl_context::module_def(&builder.ctx),
    ];
    builder
        .add_native_modules(&native)
        .add_frozen_modules(py_freeze!(dir = "../../python"))
}
