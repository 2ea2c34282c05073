//! Where an exchange's time went, and the clock that bounds it.

use std::future::Future;
use std::time::{Duration, Instant};

use super::error::{NetworkError, Phase};

/// Where the time of one exchange went. A phase that did not happen is `None`: a reused connection
/// has no `dns`, `connect` and `tls`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// Resolving the name.
    pub dns: Option<Duration>,
    /// Opening the TCP connection (and the proxy's tunnel).
    pub connect: Option<Duration>,
    /// The TLS handshake.
    pub tls: Option<Duration>,
    /// From the request's first byte sent to the response's first byte received.
    pub first_byte: Option<Duration>,
    /// All of it, however it ended.
    pub total: Option<Duration>,
}

/// When the exchange started and when it must be over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    total: Duration,
}

impl Clock {
    pub(crate) fn start(total: Duration) -> Self {
        Self {
            started: Instant::now(),
            total,
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// What is left of `cap` and of the whole exchange's time, whichever is less.
    pub(crate) fn left(&self, cap: Duration) -> Duration {
        self.total.saturating_sub(self.elapsed()).min(cap)
    }

    /// Awaits `work` for at most `cap`, and never past the exchange's end.
    pub(crate) async fn bound<T>(
        &self,
        during: Phase,
        cap: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, NetworkError> {
        let left = self.left(cap);
        tokio::time::timeout(left, work)
            .await
            .map_err(|_| self.timed_out(during, cap))
    }

    pub(crate) fn timed_out(&self, during: Phase, cap: Duration) -> NetworkError {
        let spent = self.elapsed();
        // Naming the bound that was hit tells the user which option to raise.
        let after = if spent >= self.total { self.total } else { cap };
        NetworkError::TimedOut { during, after }
    }
}
