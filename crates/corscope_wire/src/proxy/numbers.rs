//! The numbers of exchanges.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Gives each exchange its number, from 1 on. Clones count together, so that whoever observes the
/// proxy can number what never reached its wire among what did.
#[derive(Clone, Debug, Default)]
pub struct Numbers(Arc<AtomicU64>);

impl Numbers {
    /// The next number.
    pub fn next_number(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}
