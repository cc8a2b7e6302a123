//! A map with a bound.

use std::collections::HashMap;
use std::hash::Hash;

/// The entries that were last put in or found, a bounded number of them.
///
/// Two generations: entries come into the young one, and when that is full the old one is let go. What is found in the old
/// one is young again.
#[derive(Debug)]
pub(crate) struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    /// Of each generation.
    limit: usize,
}

impl<K: Hash + Eq, V: Clone> Generations<K, V> {
    /// With at most `limit` entries.
    pub(crate) fn new(limit: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), limit: limit.div_ceil(2) }
    }

    pub(crate) fn find(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.put(key, value.clone());
        Some(value)
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.limit {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    pub(crate) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Generations;

    #[test]
    fn what_was_not_asked_for_for_long_goes_first() {
        let mut kept = Generations::new(4);
        for number in 0..100 {
            kept.put(number, number);
            assert_eq!(kept.find(&0), Some(0), "it is asked for all the time");
            assert!(kept.young.len() + kept.old.len() <= 4);
        }
        assert_eq!((kept.find(&99), kept.find(&50)), (Some(99), None));
        kept.put(99, 1);
        assert_eq!(kept.find(&99), Some(1));
        kept.clear();
        assert_eq!(kept.find(&99), None);
    }
}
