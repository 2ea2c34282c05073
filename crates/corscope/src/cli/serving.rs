//! The runtime of commands that carry traffic.

use std::process::ExitCode;

use super::output::{FAILED, fail};

/// Runs `serve` to its end. What it carries has threads of its own, so that two are enough for the
/// page and the rest, however many cores there are.
pub(super) fn serving(serve: impl Future<Output = ExitCode>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(serve),
        Err(error) => fail(FAILED, &format!("cannot start: {error}")),
    }
}
