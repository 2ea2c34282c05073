//! The command line: one file a command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Debugs CORS errors: what the browser does, which rule of the Fetch standard stops it, and why.
#[derive(Parser, Debug)]
#[command(name = "corscope", version, about, max_term_width = 80)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {}

/// Runs the program and returns its exit code: 0 allowed, 1 blocked, 2 bad usage or input, 3 when
/// corscope could not do its work.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {}
}
