//! The store that forgets: what the tables mean, in the plainest words.

mod inbox;
mod leases;
mod operators;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use modelpin_chat::BoxFuture;

use crate::audit::{Demand, Link};
use crate::health::{Bench, BenchScope};
use crate::history::Utterance;
use crate::menu::{Menu, MenuId};
use crate::receipt::Receipt;
use crate::session::{Session, SessionKey};
use crate::store::{
    Audited, BenchUpdate, CommitFault, HealthTable, HistoryTable, MenuTable, ReceiptLog, SessionTable, StoreFault,
};
use crate::usage::Counted;

/// Keeps everything in this process, until it ends: for tests, `--demo`, and a state directory that cannot be written.
#[derive(Debug, Default)]
pub struct Memory {
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    sessions: BTreeMap<SessionKey, Arc<Session>>,
    benches: HashMap<BenchScope, Bench>,
    /// The last of each session: nothing else is ever asked for, and a process may live long.
    receipts: HashMap<SessionKey, Receipt>,
    answers: HashMap<SessionKey, Receipt>,
    /// Those that came last, for who looks after the bot.
    latest: VecDeque<Receipt>,
    /// In the order they were saved in.
    menus: Vec<Menu>,
    history: HashMap<SessionKey, BTreeMap<u64, Vec<Utterance>>>,
    mailboxes: HashMap<String, inbox::Mailbox>,
    audit: Vec<Link>,
    counted: Vec<Counted>,
    marks: BTreeMap<String, String>,
    leases: HashMap<String, leases::Lease>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// No table is ever left half changed, so a panic elsewhere while it was held does no harm to it.
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many of the latest receipts are kept for who looks after the bot.
const LATEST: usize = 1_000;

impl Tables {
    fn commit(&mut self, session: Session) -> Result<Arc<Session>, CommitFault> {
        let stored = self.sessions.get(&session.key);
        if stored.map_or(0, |stored| stored.revision) != session.revision {
            return Err(CommitFault::Conflict(stored.cloned()));
        }
        let committed = Arc::new(Session { revision: session.revision + 1, ..session });
        self.sessions.insert(committed.key.clone(), Arc::clone(&committed));
        Ok(committed)
    }
}

impl SessionTable for Memory {
    fn load<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Arc<Session>>, StoreFault>> {
        Box::pin(async move { Ok(self.tables().sessions.get(key).cloned()) })
    }

    fn commit(&self, session: Session) -> BoxFuture<'_, Result<Arc<Session>, CommitFault>> {
        Box::pin(async move { self.tables().commit(session) })
    }

    fn commit_audited(
        &self,
        session: Session,
        demand: Demand,
    ) -> BoxFuture<'_, Result<Audited<Arc<Session>>, CommitFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            let committed = tables.commit(session)?;
            tables.append(&demand.entry)?;
            Ok(Audited::whole(committed))
        })
    }

    fn list<'a>(&'a self, prefix: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<Arc<Session>>, StoreFault>> {
        Box::pin(async move {
            let tables = self.tables();
            let rows = tables.sessions.values().filter(|row| row.key.as_str().starts_with(prefix));
            Ok(rows.take(limit).cloned().collect())
        })
    }
}

impl HealthTable for Memory {
    fn benches(&self) -> BoxFuture<'_, Result<Arc<Vec<Bench>>, StoreFault>> {
        Box::pin(async move { Ok(Arc::new(self.tables().benches.values().cloned().collect())) })
    }

    fn update_bench(&self, scope: BenchScope, update: BenchUpdate) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            match update(tables.benches.get(&scope)) {
                Some(bench) => tables.benches.insert(scope.clone(), Bench { scope, ..bench }),
                None => tables.benches.remove(&scope),
            };
            Ok(())
        })
    }
}

impl ReceiptLog for Memory {
    fn record(&self, receipt: Receipt) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            if receipt.is_answer() {
                tables.answers.insert(receipt.session.clone(), receipt.clone());
            }
            tables.count(&receipt);
            tables.latest.push_front(receipt.clone());
            tables.latest.truncate(LATEST);
            tables.receipts.insert(receipt.session.clone(), receipt);
            Ok(())
        })
    }

    fn last_receipt<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>> {
        Box::pin(async move { Ok(self.tables().receipts.get(key).cloned()) })
    }

    fn latest_receipts(&self, limit: usize) -> BoxFuture<'_, Result<Vec<Receipt>, StoreFault>> {
        Box::pin(async move { Ok(self.tables().latest.iter().take(limit).cloned().collect()) })
    }

    fn last_answer<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Receipt>, StoreFault>> {
        Box::pin(async move { Ok(self.tables().answers.get(key).cloned()) })
    }
}

impl MenuTable for Memory {
    fn save_menu(&self, menu: Menu) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            let now = menu.shown;
            tables.menus.retain(|other| other.id != menu.id);
            tables.menus.push(menu);
            let mut last: HashMap<SessionKey, MenuId> = HashMap::new();
            let mut last_numbered: HashMap<SessionKey, MenuId> = HashMap::new();
            for menu in &tables.menus {
                last.insert(menu.session.clone(), menu.id.clone());
                if menu.is_numbered() {
                    last_numbered.insert(menu.session.clone(), menu.id.clone());
                }
            }
            tables.menus.retain(|menu| {
                menu.expires >= now
                    || last.get(&menu.session) == Some(&menu.id)
                    || last_numbered.get(&menu.session) == Some(&menu.id)
            });
            Ok(())
        })
    }

    fn menu<'a>(&'a self, id: &'a MenuId) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>> {
        Box::pin(async move { Ok(self.tables().menus.iter().find(|menu| menu.id == *id).cloned()) })
    }

    fn last_numbered<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>> {
        Box::pin(async move {
            let tables = self.tables();
            let mut latest_first = tables.menus.iter().rev();
            Ok(latest_first.find(|menu| menu.session == *key && menu.is_numbered()).cloned())
        })
    }
}

impl HistoryTable for Memory {
    fn history<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Utterance>, StoreFault>> {
        Box::pin(async move {
            let tables = self.tables();
            let said = tables.history.get(key).and_then(|session| session.get(&conversation));
            Ok(said.map_or_else(Vec::new, |said| said[said.len().saturating_sub(limit)..].to_vec()))
        })
    }

    fn append<'a>(
        &'a self,
        key: &'a SessionKey,
        conversation: u64,
        utterances: Vec<Utterance>,
        keep: usize,
    ) -> BoxFuture<'a, Result<(), StoreFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            let session = tables.history.entry(key.clone()).or_default();
            *session = session.split_off(&conversation);
            let said = session.entry(conversation).or_default();
            said.extend(utterances);
            said.drain(..said.len().saturating_sub(keep));
            Ok(())
        })
    }

    fn last_utterance<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Timestamp>, StoreFault>> {
        Box::pin(async move {
            let tables = self.tables();
            let said = tables.history.get(key).into_iter().flat_map(BTreeMap::values).flatten();
            Ok(said.map(|utterance| utterance.at).max())
        })
    }
}
