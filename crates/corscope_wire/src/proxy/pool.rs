//! Connections to servers that wait for their next request after their client left.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::http1::target::Target;
use super::upstream::{Upstream, UpstreamFacts};

/// More are not kept in all: browsers keep their own connections open, each with its own here.
const MOST: usize = 64;

/// Most servers close an idle connection after some seconds; older ones are not worth the risk.
const MOST_AGE: Duration = Duration::from_secs(4);

/// Idle connections, the newest last.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<Vec<(Instant, Upstream)>>,
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, Upstream)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps `upstream` for a while.
    pub(crate) fn put(&self, mut upstream: Upstream) {
        if !upstream.input.is_empty() || upstream.facts.http2 {
            return;
        }
        upstream.input.release();
        let now = Instant::now();
        let mut idle = self.lock();
        idle.retain(|(since, _)| now - *since < MOST_AGE);
        if idle.len() == MOST {
            idle.remove(0);
        }
        idle.push((now, upstream));
    }

    /// The newest connection to `target` that is still silent, one of this thread's if there is one.
    pub(crate) async fn take(&self, target: &Target<'_>) -> Option<Upstream> {
        self.take_if(target, |_| true).await
    }

    /// The same, of those that fit.
    pub(crate) async fn take_if(
        &self,
        target: &Target<'_>,
        fits: impl Fn(&UpstreamFacts) -> bool,
    ) -> Option<Upstream> {
        loop {
            let mut upstream = {
                let mut idle = self.lock();
                let now = Instant::now();
                idle.retain(|(since, _)| now - *since < MOST_AGE);
                let serves = |(_, upstream): &(Instant, Upstream)| {
                    fits(&upstream.facts) && target.is(&upstream.facts.to, &upstream.facts.name)
                };
                let thread = std::thread::current().id();
                let own = idle
                    .iter()
                    .rposition(|kept| kept.1.facts.thread == thread && serves(kept));
                let place = own.or_else(|| idle.iter().rposition(serves))?;
                idle.remove(place).1
            };
            if upstream.is_silent().await {
                return Some(upstream);
            }
        }
    }
}

/// A kept connection that serves `target`: the client's own, else one that another left.
pub(crate) async fn kept_for(
    pool: &Pool,
    own: &mut Option<Upstream>,
    target: &Target<'_>,
) -> Option<Upstream> {
    let mut kept = own.take();
    if let Some(other) = kept.take_if(|kept| !target.is(&kept.facts.to, &kept.facts.name)) {
        pool.put(other);
    }
    if let Some(mut upstream) = kept
        && upstream.is_silent().await
    {
        return Some(upstream);
    }
    pool.take(target).await
}
