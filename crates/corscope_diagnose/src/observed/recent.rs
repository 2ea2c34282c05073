//! The newest of some keyed things.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// How many are remembered.
const REMEMBERED: usize = 1024;

/// The newest of some keyed things.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    pub(super) values: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self {
            values: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<K: Hash + Eq + Clone, V> Recent<K, V> {
    pub(super) fn put(&mut self, key: K, value: V) {
        if self.values.insert(key.clone(), value).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.values.remove(&oldest);
        }
    }
}
