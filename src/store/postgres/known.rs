//! The rows of sessions that were last seen here.
//!
//! A row from here is never taken for true: a read names the revision that is here, and the database answers whether it is
//! still that. So what any process was told to be committed is what all the others read next, and a session that nobody
//! changed costs neither the way of its text nor the reading of it. While the database is away the rows are what can be
//! shown.

use std::sync::{Arc, Mutex, PoisonError};

use crate::session::{Session, SessionKey};
use crate::store::generations::Generations;

/// Rows kept at most, each with about half a kilobyte.
const ROWS: usize = 8192;

#[derive(Debug)]
pub(crate) struct Known(Mutex<Generations<SessionKey, Arc<Session>>>);

impl Default for Known {
    fn default() -> Self {
        Self(Mutex::new(Generations::new(ROWS)))
    }
}

impl Known {
    pub(crate) fn find(&self, key: &SessionKey) -> Option<Arc<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).find(key)
    }

    /// Keeps `row`, unless a later one is here already: an answer to an earlier question may come last.
    pub(crate) fn keep(&self, row: &Arc<Session>) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |row: &Session| (row.created, row.revision);
        if rows.find(&row.key).is_none_or(|here| age(&here) < age(row)) {
            rows.put(row.key.clone(), Arc::clone(row));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn an_answer_that_comes_late_takes_nothing_back() {
        let row = |revision, created| {
            let key = "agent:main:telegram:default:dm:42".parse().unwrap();
            let begun = Session::new(key, Timestamp::from_second(created).unwrap());
            Arc::new(Session { revision, ..begun })
        };
        let known = Known::default();
        for (came, revision, created, stays) in [("", 2, 10, 2), ("late", 1, 10, 2), ("anew", 1, 11, 1)] {
            let row = row(revision, created);
            known.keep(&row);
            assert_eq!(known.find(&row.key).unwrap().revision, stays, "{came}");
        }
    }
}
