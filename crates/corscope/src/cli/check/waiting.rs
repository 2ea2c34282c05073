//! A sign of life while the network is waited for: on a terminal only, and only after a while.

use std::future::Future;
use std::io::{self, IsTerminal as _, Write as _};
use std::pin::pin;
use std::time::Duration;

/// A quick check shows nothing.
const PATIENCE: Duration = Duration::from_millis(300);
const FRAME: Duration = Duration::from_millis(120);

/// Awaits `work`, with a spinner on standard error.
pub(in crate::cli) async fn with_spinner<T>(work: impl Future<Output = T>) -> T {
    if !io::stderr().is_terminal() {
        return work.await;
    }
    let mut work = pin!(work);
    let mut shown = false;
    let mut pause = PATIENCE;
    for frame in ["|", "/", "-", "\\"].iter().cycle() {
        tokio::select! {
            done = &mut work => {
                if shown {
                    let _ = write!(io::stderr(), "\r\x1b[K"); // the terminal may be gone
                }
                return done;
            }
            () = tokio::time::sleep(pause) => {
                let _ = write!(io::stderr(), "\r{frame} waiting for the server");
                let _ = io::stderr().flush();
                (shown, pause) = (true, FRAME);
            }
        }
    }
    work.await
}
