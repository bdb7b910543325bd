//! The `tauraro` command, run as a user runs it.

mod endings;
mod imports;
mod library;
mod options;
mod programs;
mod prompt;
mod support;
