//! `corscope guard-browser`: what `open` starts beside a browser, for the case that it is killed.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::output::ALLOWED;
use crate::browser::guard::guard;

/// Waits for the end of its standard input, then ends an abandoned browser and deletes its profile
#[derive(Args, Debug)]
pub(super) struct GuardBrowserArgs {
    /// The profile's folder
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Exit code: 0, as there is nobody to tell.
pub(super) fn run(args: &GuardBrowserArgs) -> ExitCode {
    guard(std::io::stdin(), &args.folder);
    ExitCode::from(ALLOWED)
}
