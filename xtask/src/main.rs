//! Project checks and generators; the Makefile only names them.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's tool talks to one"
)]

mod generated;
mod metadata;
mod page_types;
mod sha256;
mod tidy;
mod tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo run -p xtask -- COMMAND

  tidy                     check what the compiler cannot: crate arrows, purity,
                           file size, names, pairs, links, sealed recordings
  readme --check|--write   compare or renew the generated blocks of Markdown files
         [FILE…]           (default: README.md and docs/guide/stacks.md)
  types --check|--write    compare or renew the web page's types
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["tidy"] => tidy::run(root()),
        ["readme", "--check", files @ ..] => generated::check(root(), files),
        ["readme", "--write", files @ ..] => generated::write(root(), files),
        ["types", "--check"] => page_types::check(root()),
        ["types", "--write"] => page_types::write(root()),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::from(3)
        }
    }
}

/// The workspace's root: the folder above this crate.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Where cargo puts what it builds.
fn target_dir(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}
