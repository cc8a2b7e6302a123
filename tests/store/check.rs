//! Whether the state is whole: what makes no sense is named, and looking changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use modelpin::audit::Flaw;
use modelpin::store::{Examination, SHOWN, Sqlite, check};

use crate::store::contract;
use crate::store::support::{Place, pinned, session};

async fn examined(place: &Place) -> Option<Examination> {
    check(place.look()?.as_ref()).await.unwrap()
}

/// All files, with what is in them.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let file = |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
    fs::read_dir(folder).unwrap().map(|entry| file(entry.unwrap())).collect()
}

/// What somebody does to a row, the table that is named, and the key.
const DAMAGES: [(&str, &str, &str); 9] = [
    (
        "UPDATE sessions SET state = '{\"lasting\": 7}' WHERE key LIKE '%:dm:first'",
        "sessions",
        "agent:main:telegram:default:dm:first",
    ),
    (
        "UPDATE sessions SET revision = -1 WHERE key LIKE '%:dm:first'",
        "sessions",
        "agent:main:telegram:default:dm:first",
    ),
    ("UPDATE benches SET class = 'of another world'", "benches", "anthropic 0123456789ab claude-opus-4-6"),
    ("UPDATE benches SET strikes = -3", "benches", "anthropic 0123456789ab claude-opus-4-6"),
    ("UPDATE receipts SET body = '{}' WHERE id = 1", "receipts", "1"),
    ("UPDATE menus SET body = '[]'", "menus", "aaaaaaaaaaaaaaaa"),
    ("UPDATE history SET role = 'robot' WHERE id = 1", "history", "1"),
    ("UPDATE inbox SET number = -5 WHERE arrival = 1", "inbox", "1"),
    ("UPDATE usage SET tokens_in = -1 WHERE day = '1970-01-02'", "usage", "1970-01-02"),
];

async fn what_makes_no_sense_is_named(place: &Place) {
    for (damage, table, key) in DAMAGES {
        let before = examined(place).await.unwrap();
        assert!(before.is_whole(), "{before:?}");
        assert!(before.tables.iter().all(|table| table.rows > 0), "nothing is shown of an empty table: {before:?}");
        let good = format!("CREATE TABLE good AS SELECT * FROM {table}");
        place.execute(&good);
        place.execute(damage);
        let found = examined(place).await.unwrap();
        assert!(!found.is_whole(), "{damage}");
        let counted: Vec<_> = found.tables.iter().filter(|table| table.flaws > 0).map(|table| table.name).collect();
        assert_eq!(counted, [table], "{damage}");
        let flaw = &found.flaws[0];
        assert!(flaw.table == table && flaw.key.join(" ").starts_with(key), "{damage}: {flaw:?}");
        assert!(!flaw.why.is_empty() && !flaw.why.contains("does not make sense"), "{flaw:?}");
        assert_eq!((&found.audit, &found.database), (&before.audit, &before.database), "{damage}");
        let person = if matches!(place, Place::Sqlite(_)) { "user" } else { "person" };
        let columns = COLUMNS.iter().find(|(name, _)| *name == table).unwrap().1.replace("PERSON", person);
        place.execute(&format!(
            "DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM good; DROP TABLE good"
        ));
    }
}

/// Without those that are computed.
const COLUMNS: [(&str, &str); 7] = [
    ("sessions", "key, revision, conversation, created, updated, parent, state"),
    ("benches", "provider, fingerprint, model, class, strikes, since, until"),
    ("receipts", "id, session, at, answered, body"),
    ("menus", "id, session, shown, expires, numbered, superseded, body"),
    ("history", "id, session, conversation, at, role, text"),
    ("inbox", "arrival, mailbox, number, at, body"),
    (
        "usage",
        "day, profile, PERSON, session, model, fingerprint, turns, answers, requests, failures, tokens_in, tokens_out, \
         cost_micros, subscription, unpriced",
    ),
];

async fn a_row_of_the_audit_that_was_edited_is_named(place: &Place) {
    let rows = examined(place).await.unwrap().audit.rows;
    assert!(rows > 1, "{rows}");
    place.execute("UPDATE audit SET body = body || ' ' WHERE number = 1");
    let found = examined(place).await.unwrap();
    assert_eq!(found.audit.flaws, [Flaw::Changed { number: 1 }]);
    assert!(found.flaws.is_empty() && !found.is_whole(), "it still makes sense: {found:?}");
    place.execute("UPDATE audit SET body = 'nonsense' WHERE number = 1");
    let found = examined(place).await.unwrap();
    assert_eq!((found.flaws[0].table, found.flaws[0].key.as_slice()), ("audit", &["1".to_owned()][..]));
    place.execute("DELETE FROM audit WHERE number = 1");
    assert_eq!(examined(place).await.unwrap().audit.flaws, [Flaw::Missing { from: 1, to: 1 }]);
}

async fn all_are_counted_and_some_are_shown(place: &Place) {
    let store = place.open();
    for peer in 0..1_200 {
        store.commit(session(&peer.to_string())).await.unwrap();
    }
    drop(store);
    place.execute("UPDATE sessions SET state = '{\"lasting\": 7}' WHERE key LIKE '%7'");
    let found = examined(place).await.unwrap();
    let sessions = &found.tables[0];
    assert_eq!((sessions.name, sessions.rows, sessions.flaws), ("sessions", 1_200, 120));
    assert_eq!(found.flaws.len(), SHOWN);
    assert!(found.flaws.iter().all(|flaw| flaw.key[0].ends_with('7')), "{:?}", found.flaws);
}

async fn a_table_that_is_missing_is_told(place: &Place) {
    drop(place.open().commit(session("42")).await.unwrap());
    place.execute("DROP TABLE notes");
    let found = examined(place).await.unwrap();
    assert_eq!((found.flaws.len(), found.flaws[0].table), (1, "notes"));
}

/// A state with rows in every table.
async fn full(place: &Place) {
    contract::fill(place).await;
    drop(place.open().commit(pinned("first", "anthropic:work")).await.unwrap());
}

/// Makes one test of each function, over each store that has rows.
macro_rules! over_both {
    ($($name:ident: $filled:expr),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let place = crate::store::support::Place::sqlite();
                    if $filled {
                        super::full(&place).await;
                    }
                    super::$name(&place).await;
                }
            )+
        }
        mod postgres {
            use crate::support::postgres::database;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let Some(database) = database() else { return };
                    let place = crate::store::support::Place::Postgres(database);
                    if $filled {
                        super::full(&place).await;
                    }
                    super::$name(&place).await;
                }
            )+
        }
    };
}

over_both! {
    what_makes_no_sense_is_named: true,
    a_row_of_the_audit_that_was_edited_is_named: true,
    all_are_counted_and_some_are_shown: false,
    a_table_that_is_missing_is_told: false,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_leaves_every_file_as_it_is() {
    let place = Place::sqlite();
    let folder = place.path().parent().unwrap().to_path_buf();
    assert_eq!(examined(&place).await, None);
    assert_eq!(files(&folder).len(), 0, "nothing is made");
    full(&place).await;
    let before = files(&folder);
    assert!(examined(&place).await.unwrap().is_whole());
    assert!(files(&folder) == before, "something was changed");
    // A file without anything in it was never written to.
    fs::write(place.path(), "").unwrap();
    assert_eq!(examined(&place).await, None);
    assert_eq!(fs::read(place.path()).unwrap(), b"");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_tables_gets_none() {
    let Some(database) = crate::support::postgres::database() else { return };
    let place = Place::Postgres(database);
    assert_eq!(examined(&place).await, None);
    let Place::Postgres(database) = &place else { return };
    assert_eq!(
        database.ask("SELECT count(*)::TEXT FROM pg_namespace WHERE nspname = 'modelpin'"),
        Some("0".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_others_write_to_is_looked_at_all_the_same() {
    let place = Place::sqlite();
    let store = place.open();
    let look = place.look().unwrap();
    for peer in 0..50 {
        store.commit(session(&peer.to_string())).await.unwrap();
    }
    let found = check(look.as_ref()).await.unwrap().unwrap();
    assert!(found.is_whole() && found.tables[0].rows == 50 && !look.has_moved(), "{found:?}");
}

/// The file is read as it lies while nobody has it open; whoever does so next is noticed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_begins_to_write_meanwhile_is_noticed() {
    let place = Place::sqlite();
    drop(place.open());
    let look = place.look().unwrap();
    check(look.as_ref()).await.unwrap();
    assert!(!look.has_moved());
    let store = place.open();
    store.commit(session("42")).await.unwrap();
    assert!(look.has_moved());
    drop(store);
    assert!(look.has_moved(), "the file is another now");
}

/// SQLite writes no such text into that column; PostgreSQL writes any.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_is_no_json_is_named() {
    let place = Place::sqlite();
    drop(place.open().commit(pinned("42", "anthropic:work")).await.unwrap());
    let mut bytes = fs::read(place.path()).unwrap();
    let at = bytes.windows(10).position(|bytes| bytes == b"{\"lasting\"").unwrap();
    bytes[at] = b'!';
    fs::write(place.path(), &bytes).unwrap();
    let mut places = vec![place];
    if let Some(database) = crate::support::postgres::database() {
        let place = Place::Postgres(database);
        drop(place.open().commit(pinned("42", "anthropic:work")).await.unwrap());
        place.execute("UPDATE sessions SET state = 'no JSON'");
        places.push(place);
    }
    for place in places {
        let flaws = examined(&place).await.unwrap().flaws;
        assert_eq!((flaws.len(), flaws[0].key.concat()), (1, "agent:main:telegram:default:dm:42".to_owned()));
        assert!(flaws[0].why.contains("no JSON"), "{flaws:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_page_is_named_by_its_table_and_by_the_database() {
    let place = Place::sqlite();
    let store = Sqlite::open(&place.path()).unwrap();
    for peer in 0..200 {
        modelpin::store::SessionTable::commit(&store, pinned(&peer.to_string(), "anthropic:work")).await.unwrap();
    }
    drop(store);
    let mut bytes = fs::read(place.path()).unwrap();
    let intact = bytes.len() * 2 / 3;
    bytes[intact..].fill(0xaa);
    fs::write(place.path(), &bytes).unwrap();
    let found = examined(&place).await.unwrap();
    assert!(!found.database.is_empty(), "{found:?}");
    assert!(
        found.flaws.iter().any(|flaw| flaw.table == "sessions" && flaw.why.contains("cannot be read")),
        "{found:?}"
    );
    let others = found.tables.iter().filter(|table| !["sessions", "usage"].contains(&table.name));
    assert!(others.into_iter().all(|table| table.flaws == 0), "the others can be looked at: {found:?}");
    assert!(fs::read(place.path()).unwrap() == bytes, "something was changed");
}
