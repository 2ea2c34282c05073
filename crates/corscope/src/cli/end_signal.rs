//! The user's wish to end the program.

use std::future::pending;

/// Ctrl-C, a polite signal, or the end of the terminal. From the moment that this is made none of them
/// ends the program by itself: it is made before anything is that must be cleaned up.
#[cfg(unix)]
pub(super) struct EndSignal {
    interrupted: Option<tokio::signal::unix::Signal>,
    terminated: Option<tokio::signal::unix::Signal>,
    hung_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl EndSignal {
    /// Begins to listen; wants to be called within the runtime.
    pub(super) fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // What cannot be listened for ends the program as it always does.
        Self {
            interrupted: signal(SignalKind::interrupt()).ok(),
            terminated: signal(SignalKind::terminate()).ok(),
            // Under nohup the end of the terminal is to be none of ours.
            hung_up: (!is_hangup_ignored())
                .then(|| signal(SignalKind::hangup()).ok())
                .flatten(),
        }
    }

    /// Ready when it comes, or has come since [`EndSignal::listen`].
    pub(super) async fn comes(&mut self) {
        async fn one(signal: &mut Option<tokio::signal::unix::Signal>) {
            match signal {
                Some(signal) => drop(signal.recv().await),
                None => pending().await,
            }
        }
        tokio::select! {
            () = one(&mut self.interrupted) => {}
            () = one(&mut self.terminated) => {}
            () = one(&mut self.hung_up) => {}
        }
    }
}

/// Whether whoever started us wants us to outlive the terminal; so it is where that cannot be known.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    const HANGUP: u64 = 1; // the lowest bit stands for signal 1
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let ignored = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_none_or(|mask| mask & HANGUP != 0)
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(super) struct EndSignal;

#[cfg(not(unix))]
impl EndSignal {
    /// Begins to listen.
    pub(super) fn listen() -> Self {
        Self
    }

    /// Ready when it comes.
    pub(super) async fn comes(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    }
}
