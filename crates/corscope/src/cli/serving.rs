//! The runtimes that commands run on.

use std::process::ExitCode;

use tokio::runtime::Builder;

use super::output::{FAILED, fail};

/// Runs a command that carries traffic to its end. What it carries has threads of its own, so that two
/// are enough for the page and the rest, however many cores there are.
pub(super) fn serving(serve: impl Future<Output = ExitCode>) -> ExitCode {
    run(Builder::new_multi_thread().worker_threads(2), serve).unwrap_or_else(|code| code)
}

/// Runs a future to its end on this thread.
///
/// # Errors
/// The exit code where the system has no runtime for us; that was told.
pub(super) fn here<T>(future: impl Future<Output = T>) -> Result<T, ExitCode> {
    run(&mut Builder::new_current_thread(), future)
}

fn run<T>(builder: &mut Builder, future: impl Future<Output = T>) -> Result<T, ExitCode> {
    match builder.enable_all().build() {
        Ok(runtime) => Ok(runtime.block_on(future)),
        Err(error) => Err(fail(FAILED, &format!("cannot start: {error}"))),
    }
}
