//! Carrying the state from SQLite to PostgreSQL and back.

use std::sync::atomic::{AtomicUsize, Ordering};

use modelpin::audit::Verifier;
use modelpin::history::{Role, Utterance};
use modelpin::store::{
    Carried, Cells, CopyFault, Delivery, HistoryTable as _, Postgres, SessionTable as _, Sqlite, StoreFault, copy,
};
use modelpin_chat::BoxFuture;

use crate::store::contract;
use crate::store::support::{Place, at, entry, key, session};
use crate::support::postgres::{Database, database};

/// How many tables there are: those of every schema but the leases, and the credentials, which no file of state holds.
pub(super) const TABLES: usize = 11;

fn postgres(database: &Database) -> Postgres {
    Postgres::open(&database.url(), None).unwrap()
}

/// All rows of all tables, however many are read at a time.
pub(super) async fn rows(state: &dyn Carried, at_a_time: usize) -> Vec<Vec<Cells>> {
    let mut tables = Vec::new();
    for table in 0..TABLES {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = state.page(table, after, at_a_time).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last[..KEYS[table]].to_vec());
            all.extend(page);
        }
        tables.push(all);
    }
    tables
}

/// How many columns the key of each has.
pub(super) const KEYS: [usize; TABLES] = [1, 3, 1, 1, 1, 1, 2, 1, 1, 1, 6];

/// What PostgreSQL cannot keep as it is.
const NUL: &str = "a NUL \0, a \\ and a 🦀";

fn said(text: &str) -> Utterance {
    Utterance { role: Role::User, text: text.to_owned(), at: at(50) }
}

/// A full state; more sessions than are carried at a time, with keys whose order depends on who orders them.
async fn full() -> (Place, Sqlite) {
    let place = Place::sqlite();
    contract::fill(&place).await;
    let sqlite = Sqlite::open(&place.path()).unwrap();
    for number in 0..600 {
        let prefix = ["a", "b", "0", "-", "_"][number % 5];
        sqlite.commit(session(&format!("{prefix}{number}"))).await.unwrap();
    }
    sqlite.append(&key("nul"), 1, vec![said(NUL)], 10).await.unwrap();
    (place, sqlite)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_and_back_every_row_is_as_it_was() {
    let Some(database) = database() else { return };
    let (_place, there) = full().await;
    let shared = postgres(&database);
    let copied = copy(&there, &shared).await.unwrap();
    assert_eq!(copied.len(), TABLES);
    assert!(copied.iter().all(|table| table.rows > 0), "nothing was shown of an empty table: {copied:?}");
    let before = rows(&there, 7).await;
    assert_eq!(rows(&shared, 11).await, before);
    let back = Place::sqlite();
    let back = Sqlite::open(&back.path()).unwrap();
    assert_eq!(copy(&shared, &back).await.unwrap(), copied);
    assert_eq!(rows(&back, 500).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_carried_over_is_gone_on_with() {
    let Some(database) = database() else { return };
    let (_place, there) = full().await;
    copy(&there, &postgres(&database)).await.unwrap();
    // Numbers that the database gives out, the chain of the audit, and revisions go on where they stood.
    let place = Place::Postgres(database);
    let shared = place.open();
    let row = shared.load(&key("a0")).await.unwrap().unwrap();
    assert_eq!(shared.commit((*row).clone()).await.unwrap().revision, row.revision + 1);
    shared.append(&key("nul"), 1, vec![said("more")], 10).await.unwrap();
    let texts = shared.history(&key("nul"), 1, 10).await.unwrap().into_iter().map(|utterance| utterance.text);
    assert_eq!(texts.collect::<Vec<_>>(), [NUL, "more"]);
    let inbox = place.inbox();
    let delivery = Delivery { number: 70, body: "{}".to_owned() };
    assert_eq!(inbox.receive("telegram:123456", vec![delivery.clone()], at(40)).await.unwrap(), [true]);
    assert_eq!(inbox.waiting("telegram:123456").await.unwrap().deliveries.last(), Some(&delivery));
    let last = shared.head().await.unwrap().unwrap().number;
    shared.log_change(entry()).await.unwrap();
    let mut verifier = Verifier::new(None);
    for link in shared.links(0, None, 1_000).await.unwrap() {
        verifier.take(&link);
    }
    let head = shared.head().await.unwrap();
    assert_eq!(head.as_ref().map(|head| head.number), Some(last + 1));
    assert_eq!(verifier.end(head).flaws, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_states_are_never_made_one() {
    let Some(database) = database() else { return };
    let (_place, there) = full().await;
    let shared = postgres(&database);
    shared.commit(session("somebody")).await.unwrap();
    let before = rows(&shared, 500).await;
    let fault = copy(&there, &shared).await.unwrap_err();
    assert!(matches!(fault, CopyFault::NotEmpty("sessions")), "{fault:?}");
    assert_eq!(rows(&shared, 500).await, before);
}

/// A database that leaves something out.
struct Forgetful(Sqlite);

impl Carried for Forgetful {
    fn page(&self, table: usize, after: Option<Cells>, limit: usize) -> BoxFuture<'_, Result<Vec<Cells>, StoreFault>> {
        self.0.page(table, after, limit)
    }

    fn put(&self, table: usize, mut rows: Vec<Cells>) -> BoxFuture<'_, Result<(), StoreFault>> {
        if table == 4 {
            rows.pop();
        }
        self.0.put(table, rows)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_did_not_arrive_is_noticed() {
    let (_place, there) = full().await;
    let other = Place::sqlite();
    let forgetful = Forgetful(Sqlite::open(&other.path()).unwrap());
    let fault = copy(&there, &forgetful).await.unwrap_err();
    assert!(matches!(fault, CopyFault::Differs("history")), "{fault:?}");
}

/// A database on a disk that becomes full.
struct Small {
    there: Sqlite,
    pages: AtomicUsize,
}

impl Carried for Small {
    fn page(&self, table: usize, after: Option<Cells>, limit: usize) -> BoxFuture<'_, Result<Vec<Cells>, StoreFault>> {
        self.there.page(table, after, limit)
    }

    fn put(&self, table: usize, rows: Vec<Cells>) -> BoxFuture<'_, Result<(), StoreFault>> {
        if self.pages.fetch_sub(1, Ordering::Relaxed) == 0 {
            return Box::pin(async { Err(StoreFault::Full { path: "/small/modelpin.sqlite".into() }) });
        }
        self.there.put(table, rows)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_broken_off_is_told_and_nothing_is_lost_where_it_was() {
    let (_place, there) = full().await;
    let before = rows(&there, 500).await;
    let other = Place::sqlite();
    let small = Small { there: Sqlite::open(&other.path()).unwrap(), pages: AtomicUsize::new(1) };
    let fault = copy(&there, &small).await.unwrap_err();
    assert!(matches!(fault, CopyFault::BrokenOff(StoreFault::Full { .. })), "{fault:?}");
    assert!(fault.to_string().ends_with("begin anew with an empty one"), "{fault}");
    assert_eq!(rows(&there, 500).await, before);
    // A part of it is there: it is not taken for all of it.
    let fault = copy(&there, &small.there).await.unwrap_err();
    assert!(matches!(fault, CopyFault::NotEmpty("sessions")), "{fault:?}");
}
