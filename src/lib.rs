//! A Python interpreter with `httpx`, `websockets` and `httptools` built in.
//!
//! The binary of this crate is the `tauraro` command. The library gives a Rust program the same
//! interpreter:
//!
//! ```
//! use tauraro::vm::Settings;
//!
//! let interpreter = tauraro::interpreter(Settings::default());
//! let answer = interpreter.enter(|vm| {
//!     let scope = vm.new_scope_with_builtins();
//!     vm.run_block_expr(scope, "import json; json.loads('[40, 2]')")
//!         .and_then(|numbers| numbers.try_into_value::<Vec<u32>>(vm))
//!         .map_err(|error| vm.print_exception(&error))
//! });
//! assert_eq!(answer, Ok(vec![40, 2]));
//! ```
//!
//! To add modules of one's own, take [`builder`] and finish with [`build`]:
//!
//! ```
//! use tauraro::vm::{self as rustpython_vm, Settings, pymodule};
//!
//! #[pymodule]
//! mod greeting {
//!     #[pyfunction]
//!     fn hello(name: String) -> String {
//!         format!("hello, {name}")
//!     }
//! }
//!
//! let builder = tauraro::builder(Settings::default());
//! let module = greeting::module_def(&builder.ctx);
//! let interpreter = tauraro::build(builder.add_native_module(module));
//! let status = interpreter.run(|vm| {
//!     let scope = vm.new_scope_with_builtins();
//!     vm.run_string(scope, "import greeting; print(greeting.hello('you'))", "<embedded>")
//!         .map(drop)
//! });
//! assert_eq!(status, 0);
//! ```

mod allocator;
pub mod cli;
pub mod engine;
mod interpreter;
mod modules;

pub use allocator::Allocator;
pub use interpreter::{build, builder, interpreter};
pub use rustpython_vm as vm;

/// This crate's version, which is the command's.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
