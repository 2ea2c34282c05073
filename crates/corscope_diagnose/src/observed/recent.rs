//! The newest of some keyed things.

use std::collections::VecDeque;
use std::hash::Hash;

use foldhash::HashMap;

/// The newest of some keyed things, so many of them.
#[derive(Clone, Debug)]
pub(super) struct Recent<K, V, const MOST: usize = 1024> {
    pub(super) values: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K, V, const MOST: usize> Default for Recent<K, V, MOST> {
    fn default() -> Self {
        Self {
            values: HashMap::default(),
            order: VecDeque::new(),
        }
    }
}

impl<K: Hash + Eq + Clone, V, const MOST: usize> Recent<K, V, MOST> {
    pub(super) fn put(&mut self, key: K, value: V) {
        if self.values.insert(key.clone(), value).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.values.remove(&oldest);
        }
    }
}
