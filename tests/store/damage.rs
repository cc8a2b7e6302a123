//! Databases that cannot be used are refused, and left as they are.

use std::fs;

use modelpin::store::{SessionTable, Sqlite, StoreFault};

use crate::store::support::{Place, key, pinned};

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let place = Place::sqlite();
    for garbage in [b"not a database, but long enough to be one: ".repeat(99), vec![0xff; 4096], b"x".to_vec()] {
        fs::write(place.path(), &garbage).unwrap();
        let fault = Sqlite::open(&place.path()).unwrap_err();
        assert!(matches!(fault, StoreFault::Broken { .. }), "{fault:?}");
        assert!(fault.to_string().contains("modelpin.sqlite"), "{fault}");
        assert_eq!(fs::read(place.path()).unwrap(), garbage);
    }
}

#[tokio::test]
async fn a_damaged_page_is_a_fault_and_no_empty_answer() {
    let place = Place::sqlite();
    let store = Sqlite::open(&place.path()).unwrap();
    for peer in 0..200 {
        store.commit(pinned(&peer.to_string(), "anthropic:work")).await.unwrap();
    }
    drop(store);
    let mut bytes = fs::read(place.path()).unwrap();
    let intact = bytes.len() * 2 / 3;
    bytes[intact..].fill(0xaa);
    fs::write(place.path(), &bytes).unwrap();
    let store = Sqlite::open(&place.path()).unwrap();
    let fault = store.list("", 1000).await.unwrap_err();
    assert!(matches!(&fault, StoreFault::Broken { why, .. } if why.contains("move it away")), "{fault:?}");
    drop(store);
    assert_eq!(fs::read(place.path()).unwrap(), bytes);
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let place = Place::sqlite();
    drop(Sqlite::open(&place.path()).unwrap());
    set_schema(&place, 99);
    let fault = Sqlite::open(&place.path()).unwrap_err();
    assert!(matches!(fault, StoreFault::TooNew { found: 99, known: 3, .. }), "{fault:?}");
    set_schema(&place, 3);
    Sqlite::open(&place.path()).unwrap();
}

/// As when a newer modelpin is started beside a running one.
#[tokio::test]
async fn a_schema_that_became_newer_takes_no_more_writes() {
    let place = Place::sqlite();
    let store = Sqlite::open(&place.path()).unwrap();
    let row = store.commit(pinned("42", "anthropic:work")).await.unwrap();
    // Not closed while the store is open: that would drop the store's locks.
    let other = set_schema(&place, 4);
    let fault = store.commit((*row).clone()).await.unwrap_err();
    assert!(fault.to_string().contains("newer modelpin"), "{fault}");
    assert_eq!(store.load(&key("42")).await.unwrap(), Some(row));
    drop(store);
    drop(other);
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    let place = Place::sqlite();
    let other = rusqlite::Connection::open(place.path()).unwrap();
    other.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1); PRAGMA user_version = 1").unwrap();
    drop(other);
    let before = fs::read(place.path()).unwrap();
    let fault = Sqlite::open(&place.path()).unwrap_err();
    assert!(matches!(&fault, StoreFault::Broken { why, .. } if why.contains("not modelpin's")), "{fault:?}");
    assert_eq!(fs::read(place.path()).unwrap(), before);
}

fn set_schema(place: &Place, number: i64) -> rusqlite::Connection {
    let db = rusqlite::Connection::open(place.path()).unwrap();
    db.pragma_update(None, "user_version", number).unwrap();
    db
}
