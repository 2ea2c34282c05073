//! Instants as microseconds since the Unix epoch, from one reading of the system's clock, so that a
//! step of that clock turns no order around.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The clock of one proxy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    base: Instant,
    unix: u64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| {
                u64::try_from(since.as_micros()).unwrap_or_default()
            });
        Self {
            base: Instant::now(),
            unix,
        }
    }

    /// `instant` in microseconds since the Unix epoch.
    pub(crate) fn unix_micros(&self, instant: Instant) -> u64 {
        self.unix + micros(instant.saturating_duration_since(self.base))
    }

    /// Milliseconds from the proxy's start to `instant`.
    pub(crate) fn millis(&self, instant: Instant) -> u64 {
        micros(instant.saturating_duration_since(self.base)) / 1000
    }
}

/// A span in microseconds.
pub(crate) fn micros(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}
