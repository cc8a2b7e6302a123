//! What the inbox leaves in the files.

use std::fs;

use modelpin::store::{Delivery, Detached, InboxTable, Sqlite, StoreFault};

use crate::store::support::{Place, at};

const BOT: &str = "telegram:123456";
const TEXT: &str = "a message that nobody should find here afterwards";

#[tokio::test]
async fn a_message_that_was_dealt_with_is_in_no_file_any_more() {
    let place = Place::sqlite();
    let holds = |place: &Place| {
        let files = fs::read_dir(place.path().parent().unwrap()).unwrap();
        let mut read = files.map(|file| fs::read(file.unwrap().path()).unwrap());
        read.any(|bytes| bytes.windows(TEXT.len()).any(|part| part == TEXT.as_bytes()))
    };
    // Long enough for a page of its own, and short enough to share one.
    let bodies = [TEXT.repeat(200), TEXT.to_owned()];
    let delivery = |(number, body): (u64, &String)| Delivery { number, body: body.clone() };
    let store = Sqlite::open(&place.path()).unwrap();
    store.receive(BOT, (1..).zip(&bodies).map(delivery).collect(), at(1)).await.unwrap();
    drop(store);
    assert!(holds(&place), "kept until it was dealt with");
    let store = Sqlite::open(&place.path()).unwrap();
    store.dealt_with(BOT, vec![1, 2], at(2)).await.unwrap();
    drop(store);
    assert!(!holds(&place));
}

#[tokio::test]
async fn a_database_from_before_gets_the_tables_and_keeps_its_rows() {
    let place = Place::sqlite();
    let old = rusqlite::Connection::open(place.path()).unwrap();
    old.execute_batch(include_str!("../../src/store/sql/0001_tables.sql")).unwrap();
    let row = "INSERT INTO history (session, conversation, at, role, text) VALUES ('s', 1, 1, 'user', 'hello')";
    old.execute_batch(&format!("{row}; PRAGMA user_version = 1; PRAGMA application_id = {};", 0x6d70_696e)).unwrap();
    drop(old);
    let store = Sqlite::open(&place.path()).unwrap();
    let delivery = Delivery { number: 1, body: "{}".to_owned() };
    assert_eq!(store.receive(BOT, vec![delivery], at(1)).await.unwrap(), [true]);
    drop(store);
    let now = rusqlite::Connection::open(place.path()).unwrap();
    let text: String = now.query_row("SELECT text FROM history", [], |row| row.get(0)).unwrap();
    assert_eq!(text, "hello");
}

#[tokio::test]
async fn without_a_state_nothing_is_kept_and_that_is_said() {
    let why = StoreFault::Full { path: "/somewhere".into() };
    let detached = Detached::because_of(why, true);
    assert!(detached.waiting(BOT).await.unwrap().deliveries.is_empty());
    let fault = detached.receive(BOT, vec![Delivery { number: 1, body: "{}".to_owned() }], at(1)).await.unwrap_err();
    assert!(matches!(fault, StoreFault::Full { .. }));
    assert!(detached.dealt_with(BOT, vec![1], at(1)).await.is_err());
    detached.put_note(BOT, "commands", "1f".to_owned()).await.unwrap();
    assert_eq!(detached.note(BOT, "commands").await.unwrap().as_deref(), Some("1f"));
}
