//! The threads that carry connections. Each connection stays on one of them from its first byte to its
//! last, with its connections to servers: a runtime that hands its tasks from thread to thread wakes
//! another core for every few requests, and that costs more than it saves (decision 22).

use std::future::Future;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinSet};

/// The lanes of one proxy. They end when this is dropped.
pub(super) struct Lanes {
    lanes: Vec<Lane>,
    most: usize,
}

struct Lane {
    runtime: Handle,
    /// How many connections it carries.
    carried: Arc<AtomicUsize>,
    /// Its thread ends when this is dropped.
    _end: oneshot::Sender<()>,
}

/// A connection that a lane carries, for as long as this lives.
struct Carried(Arc<AtomicUsize>);

impl Drop for Carried {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lanes {
    /// None yet; one for each core of the machine at most.
    pub(super) fn new() -> Self {
        Self {
            lanes: Vec::new(),
            most: available_parallelism().map_or(1, NonZero::get),
        }
    }

    /// Carries a connection as one of `tasks`: on the lane that carries least, or on a new one while all
    /// have something to carry.
    pub(super) fn carry(
        &mut self,
        tasks: &mut JoinSet<()>,
        connection: impl Future<Output = ()> + Send + 'static,
    ) -> AbortHandle {
        let all_carry = self.lanes.iter().all(Lane::carries);
        if all_carry && self.lanes.len() < self.most {
            // Without a further thread the others carry more.
            self.lanes.extend(Lane::start().ok());
        }
        let idlest = self.lanes.iter().min_by_key(|lane| lane.load());
        let Some(lane) = idlest else {
            return tasks.spawn(connection);
        };
        lane.carried.fetch_add(1, Ordering::Relaxed);
        let carried = Carried(Arc::clone(&lane.carried));
        let task = async move {
            let _carried = carried;
            connection.await;
        };
        tasks.spawn_on(task, &lane.runtime)
    }
}

impl Lane {
    fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("lane".to_owned())
            .spawn(move || {
                // Nothing is ever sent: it is over when the other end is gone.
                let _ = runtime.block_on(ended);
                // What still waits for the system to resolve a name is left behind.
                runtime.shutdown_background();
            })?;
        Ok(Self {
            runtime: handle,
            carried: Arc::default(),
            _end: end,
        })
    }

    fn load(&self) -> usize {
        self.carried.load(Ordering::Relaxed)
    }

    fn carries(&self) -> bool {
        self.load() > 0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;
    use std::thread::ThreadId;

    use super::*;

    type Seen = Arc<Mutex<BTreeMap<usize, ThreadId>>>;

    /// A connection that notes its thread, and lasts until `end`.
    fn connection(
        seen: &Seen,
        number: usize,
        end: oneshot::Receiver<()>,
    ) -> impl Future<Output = ()> + use<> {
        let seen = Arc::clone(seen);
        async move {
            let thread = std::thread::current().id();
            seen.lock().unwrap().insert(number, thread);
            let _ = end.await;
            assert_eq!(std::thread::current().id(), thread);
        }
    }

    #[tokio::test]
    async fn connections_are_spread_and_stay_where_they_are() {
        let (mut lanes, mut tasks, seen) = (Lanes::new(), JoinSet::new(), Seen::default());
        lanes.most = 3;
        let mut ends = Vec::new();
        for number in 0..6 {
            let (end, ended) = oneshot::channel::<()>();
            ends.push(end);
            lanes.carry(&mut tasks, connection(&seen, number, ended));
        }
        while seen.lock().unwrap().len() < 6 {
            tokio::task::yield_now().await;
        }
        let loads: Vec<usize> = lanes.lanes.iter().map(Lane::load).collect();
        assert_eq!(loads, [2, 2, 2]);
        drop(ends);
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
        assert!(!lanes.lanes.iter().any(Lane::carries));
        // One after the other they all take the first lane, where kept connections are.
        let first = seen.lock().unwrap()[&0];
        for number in 6..9 {
            let (_, over) = oneshot::channel::<()>();
            lanes.carry(&mut tasks, connection(&seen, number, over));
            tasks.join_next().await.unwrap().unwrap();
            assert_eq!(seen.lock().unwrap()[&number], first);
        }
    }

    #[tokio::test]
    async fn a_lane_that_nobody_holds_ends_with_what_it_carries() {
        let (mut lanes, mut tasks) = (Lanes::new(), JoinSet::new());
        let handle = lanes.carry(&mut tasks, std::future::pending());
        drop(lanes);
        assert!(tasks.join_next().await.unwrap().is_err());
        assert!(handle.is_finished());
    }
}
