//! What was read before and is still true, across processes.
//!
//! The cache holds rows together with the WAL-index header under which they were true ([`Header`]). A look compares the
//! header with the file: equal → nothing was committed by anybody since, a row that is here is the row; different → the
//! rows go. Cost of a hit: one `pread` and a hash.
//!
//! **A row read from SQLite** is put here only with a ticket that was given out before the read and is still valid. The
//! header was read first, so the row is from that state or a later one. If it is from a later one, the file's header
//! differs from ours already and for ever (the header holds a counter of commits and a running checksum), so the row is
//! never served from here.
//!
//! **Our own commits** keep the rows instead of dropping them. The writer calls [`Cache::commit_begins`] with the write
//! lock of the database in hand: from then on nobody else commits until we do. While the commit is under way a header
//! that differs means nothing yet, and such looks pass by the cache. [`Cache::commit_ended`] finds either exactly one
//! commit more than before — ours, so the header is adopted and the changed rows are put in — or more than one, and then
//! somebody else's came right after ours and the rows go. Tickets given out before are void either way: they may belong
//! to a read of the state before.
//!
//! That "exactly one more is ours" needs our transaction to have changed at least one page; a commit that changed nothing
//! is no commit to SQLite. Therefore writers say what they did ([`Effect`]), and [`Effect::Nothing`] whenever content did
//! not change.
//!
//! **Checkpoints** do not touch the header. A restart of the log (first write after a full checkpoint) changes the salts:
//! at worst rows go that could have stayed. **A writer that dies** half-way through the header leaves two copies that
//! differ; the next one rebuilds it from the log, with the frames that were synced, before anybody reads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::health::Bench;
use crate::session::{Session, SessionKey};
use crate::store::generations::Generations;
use crate::store::sqlite::wal_index::{Header, WalIndex};

/// Rows kept at most, each with about half a kilobyte.
const ROWS: usize = 8192;

/// Beginnings of names under which marks are kept at most. The program asks by a handful.
const PREFIXES: usize = 16;

/// The row of a key, or that there is none: that is worth knowing as well.
type Row = Option<Arc<Session>>;

/// The marks whose names begin alike, by name.
type Marks = Vec<(String, String)>;

/// What one item of a group of writes did to the content of the database.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// Nothing was changed, not even back and forth.
    Nothing,
    /// This row was written.
    Session(Arc<Session>),
    /// The rows of these sessions were taken away.
    #[cfg(feature = "cli")]
    Gone(Vec<SessionKey>),
    /// A bench was written or removed.
    Bench,
    /// A mark was written or removed.
    Mark,
    /// Something that is not kept here was written.
    Elsewhere,
}

/// The permission to put in what is going to be read now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket(Option<u64>);

/// What a look into the cache gave.
#[derive(Debug)]
pub(crate) enum Look<T> {
    /// It is here, and true.
    Hit(T),
    /// It has to be read.
    Miss(Ticket),
}

#[derive(Debug)]
pub(crate) struct Cache {
    index: Option<Arc<WalIndex>>,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    /// The header under which everything here is true; `None` before the first look.
    seen: Option<Header>,
    /// Raised whenever tickets become void.
    tickets: u64,
    committing: bool,
    rows: Generations<SessionKey, Row>,
    benches: Option<Arc<Vec<Bench>>>,
    /// By what their names begin with.
    marks: HashMap<String, Marks>,
}

impl Cache {
    /// A cache that can tell by `index` what is still true; without one it keeps nothing.
    pub(crate) fn new(index: Option<Arc<WalIndex>>) -> Self {
        Self { index, kept: Mutex::new(Kept::nothing()) }
    }

    /// The header as it is now.
    pub(crate) fn header(&self) -> Option<Header> {
        self.index.as_ref()?.header()
    }

    /// The row of `key`, or that there is none.
    pub(crate) fn session(&self, key: &SessionKey) -> Look<Option<Arc<Session>>> {
        self.look(|kept| kept.rows.find(key))
    }

    /// All benches.
    pub(crate) fn benches(&self) -> Look<Arc<Vec<Bench>>> {
        self.look(|kept| kept.benches.clone())
    }

    /// The marks whose names begin with `prefix`.
    pub(crate) fn marks(&self, prefix: &str) -> Look<Marks> {
        self.look(|kept| kept.marks.get(prefix).cloned())
    }

    /// Keeps what was read with `ticket`.
    pub(crate) fn keep_marks(&self, ticket: Ticket, prefix: &str, marks: &Marks) {
        self.keep(ticket, |kept| {
            if kept.marks.len() >= PREFIXES {
                kept.marks.clear();
            }
            kept.marks.insert(prefix.to_owned(), marks.clone());
        });
    }

    /// Keeps what was read with `ticket`.
    pub(crate) fn keep_session(&self, ticket: Ticket, key: &SessionKey, row: Option<&Arc<Session>>) {
        self.keep(ticket, |kept| kept.rows.put(key.clone(), row.cloned()));
    }

    /// Keeps what was read with `ticket`.
    pub(crate) fn keep_benches(&self, ticket: Ticket, benches: &Arc<Vec<Bench>>) {
        self.keep(ticket, |kept| kept.benches = Some(Arc::clone(benches)));
    }

    /// Our transaction has the write lock. Returns the header it starts from.
    pub(crate) fn commit_begins(&self) -> Option<Header> {
        let mut kept = self.kept();
        let now = self.header();
        if kept.seen != now {
            kept.forget(now);
        }
        kept.committing = true;
        now
    }

    /// Our transaction is over. `effects` is what it committed, none if it was rolled back; `before` is what
    /// [`Cache::commit_begins`] returned. Returns the header as it is now.
    pub(crate) fn commit_ended(&self, before: Option<Header>, effects: &[Effect]) -> Option<Header> {
        let mut kept = self.kept();
        kept.committing = false;
        kept.tickets += 1;
        let now = self.header();
        let wrote = effects.iter().any(|effect| !matches!(effect, Effect::Nothing));
        let only_ours = match (&now, &before) {
            (Some(now), Some(before)) => wrote && now.is_next_after(before),
            _ => false,
        };
        if !only_ours {
            if kept.seen != now {
                kept.forget(now);
            }
            return now;
        }
        kept.seen = now;
        for effect in effects {
            match effect {
                Effect::Nothing | Effect::Elsewhere => {}
                Effect::Session(row) => kept.rows.put(row.key.clone(), Some(Arc::clone(row))),
                #[cfg(feature = "cli")]
                Effect::Gone(keys) => keys.iter().for_each(|key| kept.rows.put(key.clone(), None)),
                Effect::Bench => kept.benches = None,
                Effect::Mark => kept.marks.clear(),
            }
        }
        now
    }

    fn look<T>(&self, find: impl FnOnce(&mut Kept) -> Option<T>) -> Look<T> {
        if self.index.is_none() {
            return Look::Miss(Ticket(None));
        }
        let mut kept = self.kept();
        let now = self.header();
        if now.is_none() || kept.seen != now {
            if kept.committing {
                return Look::Miss(Ticket(None));
            }
            kept.forget(now);
        }
        let ticket = Ticket(kept.seen.is_some().then_some(kept.tickets));
        find(&mut kept).map_or(Look::Miss(ticket), Look::Hit)
    }

    fn keep(&self, Ticket(number): Ticket, put: impl FnOnce(&mut Kept)) {
        let Some(number) = number else { return };
        let mut kept = self.kept();
        if kept.tickets == number {
            put(&mut kept);
        }
    }

    /// Whatever a panic left here is only a part of what it should be: nothing is ever wrong in it.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn nothing() -> Self {
        let rows = Generations::new(ROWS);
        Self { seen: None, tickets: 0, committing: false, rows, benches: None, marks: HashMap::new() }
    }

    fn forget(&mut self, now: Option<Header>) {
        self.seen = now;
        self.tickets += 1;
        self.rows.clear();
        self.benches = None;
        self.marks.clear();
    }
}
