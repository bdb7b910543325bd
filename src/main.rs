//! The `tauraro` command. Everything it does is in [`tauraro::cli`].

use std::process::ExitCode;

// The interpreter's own `mimalloc` feature does nothing for a program that embeds it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tauraro::cli::main()
}
