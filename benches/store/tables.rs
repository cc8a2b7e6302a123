//! Databases full of sessions, and changes to them.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use modelpin::session::{Actor, Choice, Pin, Selection, Session, SessionKey, Source, Until};
use modelpin::store::{SessionTable, Sqlite};

/// The key of the session of that number.
pub(crate) fn key(number: usize) -> SessionKey {
    format!("agent:main:telegram:default:dm:{number:09}").parse().unwrap()
}

/// The next row of a session: another profile is pinned, and what was there can be undone.
pub(crate) fn change(row: &Session) -> Session {
    let now = Timestamp::now();
    let names = ["anthropic:work", "anthropic:me@example.com", "anthropic:default"];
    let lasting = Selection {
        model: Some("anthropic/claude-opus-4-6".parse().unwrap()),
        pin: Some(Pin {
            profile: names[usize::from(row.revision.to_le_bytes()[0]) % names.len()].parse().unwrap(),
            account: Some("me@example.com".to_owned()),
            by: None,
        }),
        source: Source::User,
        since: now,
        until: Until::Changed,
        by: Actor { channel: "telegram".to_owned(), id: "123456789".to_owned(), name: Some("Ann".to_owned()) },
    };
    let previous = Some(Choice { passing: None, ..row.choice.clone() });
    Session { choice: Choice { lasting: Some(lasting), passing: None }, previous, updated: now, ..row.clone() }
}

/// A database with that many pinned sessions.
pub(crate) async fn filled(directory: &Path, sessions: usize) -> PathBuf {
    fs::create_dir_all(directory).unwrap();
    let path = directory.join("modelpin.sqlite");
    let store = Sqlite::open(&path).unwrap();
    let first = store.commit(change(&Session::new(key(0), Timestamp::now()))).await.unwrap();
    store.commit(change(&first)).await.unwrap();
    drop(store);
    // The first row, many times over, in one transaction: no store is that fast row by row. And past the log, which would
    // leave the disk busy for a while with taking back its space.
    let db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch("PRAGMA journal_mode = OFF").unwrap();
    db.execute(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1 - 1)
         INSERT INTO sessions (key, revision, conversation, created, updated, parent, state)
         SELECT printf('agent:main:telegram:default:dm:%09d', n), revision, conversation, created, updated, parent, state
         FROM numbers, sessions WHERE sessions.key = ?2",
        (i64::try_from(sessions).unwrap(), key(0).as_str()),
    )
    .unwrap();
    db.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    drop(db);
    fs::File::open(&path).unwrap().sync_all().unwrap();
    path
}

/// Numbers in no order, the same in each run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new() -> Self {
        Self::seeded(42)
    }

    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
    }

    /// One of `0..limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}
