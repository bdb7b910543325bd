//! The `tauraro` command. Everything it does is in [`tauraro::cli`].

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: tauraro::Allocator = tauraro::Allocator;

fn main() -> ExitCode {
    tauraro::cli::main()
}
