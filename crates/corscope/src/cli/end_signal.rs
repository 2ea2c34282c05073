//! The user's wish to end the program.

use std::future::pending;

/// Ctrl-C, or a polite signal. From the moment that this is made neither ends the program by itself:
/// it is made before anything is that must be cleaned up.
#[cfg(unix)]
pub(super) struct EndSignal {
    interrupted: Option<tokio::signal::unix::Signal>,
    terminated: Option<tokio::signal::unix::Signal>,
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
        }
    }
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
