//! Rows to write, and places to write them to.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
#[cfg(all(feature = "postgres", unix))]
use modelpin::audit::{Entry, Kind, Surface};
use modelpin::session::{Actor, Choice, EventId, Pin, Selection, Session, SessionKey, Source, Until};
#[cfg(all(feature = "postgres", unix))]
use modelpin::store::{Carried, Collected, Examined, Postgres, SqliteLook};
use modelpin::store::{InboxTable, Memory, Sqlite, Store};
use serde_json::json;
use tempfile::TempDir;

#[cfg(all(feature = "postgres", unix))]
use crate::support::postgres::{Database, database};

/// Somewhere to keep state, which any number of stores can be opened on, as by so many processes.
pub(super) enum Place {
    /// In this process only.
    Memory(Arc<Memory>),
    /// In a directory.
    Sqlite(TempDir),
    /// In a database of its own.
    #[cfg(all(feature = "postgres", unix))]
    Postgres(Database),
}

impl Place {
    /// In this process only.
    pub(super) fn memory() -> Self {
        Self::Memory(Arc::new(Memory::new()))
    }

    /// On disk.
    pub(super) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    /// In a database of its own; `None`, and said aloud, where there is no server.
    #[cfg(all(feature = "postgres", unix))]
    pub(super) fn postgres() -> Option<Self> {
        database().map(Self::Postgres)
    }

    /// One more store on it.
    pub(super) fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(memory) => Arc::clone(memory) as Arc<dyn Store>,
            Self::Sqlite(_) => Arc::new(Sqlite::open(&self.path()).unwrap()),
            #[cfg(all(feature = "postgres", unix))]
            Self::Postgres(database) => Arc::new(Postgres::open(&database.url(), None).unwrap()),
        }
    }

    /// One more inbox on it.
    pub(super) fn inbox(&self) -> Arc<dyn InboxTable> {
        match self {
            Self::Memory(memory) => Arc::clone(memory) as Arc<dyn InboxTable>,
            Self::Sqlite(_) => Arc::new(Sqlite::open(&self.path()).unwrap()),
            #[cfg(all(feature = "postgres", unix))]
            Self::Postgres(database) => Arc::new(Postgres::open(&database.url(), None).unwrap()),
        }
    }

    /// One more store on it, by its rows.
    #[cfg(all(feature = "postgres", unix))]
    pub(super) fn rows(&self) -> Box<dyn Carried> {
        match self {
            Self::Memory(_) => panic!("this has no rows"),
            Self::Sqlite(_) => Box::new(Sqlite::open(&self.path()).unwrap()),
            Self::Postgres(database) => Box::new(Postgres::open(&database.url(), None).unwrap()),
        }
    }

    /// One more store on it, to let go of rows.
    #[cfg(all(feature = "postgres", unix))]
    pub(super) fn collected(&self) -> Arc<dyn Collected> {
        match self {
            Self::Memory(_) => panic!("nothing goes from this"),
            Self::Sqlite(_) => Arc::new(Sqlite::open(&self.path()).unwrap()),
            Self::Postgres(database) => Arc::new(Postgres::open(&database.url(), None).unwrap()),
        }
    }

    /// A look at it that changes nothing; `None` where there is no file.
    #[cfg(all(feature = "postgres", unix))]
    pub(super) fn look(&self) -> Option<Box<dyn Examined>> {
        match self {
            Self::Memory(_) => panic!("this has no rows"),
            Self::Sqlite(_) => SqliteLook::open(&self.path()).unwrap().map(|look| Box::new(look) as Box<dyn Examined>),
            Self::Postgres(database) => Some(Box::new(Postgres::open(&database.url(), None).unwrap())),
        }
    }

    /// Does something to the rows behind modelpin's back, while no store is open on a file.
    #[cfg(all(feature = "postgres", unix))]
    pub(super) fn execute(&self, sql: &str) {
        match self {
            Self::Memory(_) => panic!("this has no rows"),
            Self::Sqlite(_) => rusqlite::Connection::open(self.path()).unwrap().execute_batch(sql).unwrap(),
            Self::Postgres(database) => database.execute(&format!("SET search_path TO modelpin; {sql}")),
        }
    }

    /// The database in the directory.
    pub(super) fn path(&self) -> PathBuf {
        match self {
            Self::Sqlite(directory) => directory.path().join("modelpin.sqlite"),
            _ => panic!("this is no directory"),
        }
    }
}

/// A time, in seconds since 1970.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The session of the private chat with that person.
pub(super) fn key(peer: &str) -> SessionKey {
    format!("agent:main:telegram:default:dm:{peer}").parse().unwrap()
}

/// A session without any choice.
pub(super) fn session(peer: &str) -> Session {
    Session::new(key(peer), at(1_700_000_000))
}

/// An event that was handled.
pub(super) fn event(id: &str) -> EventId {
    serde_json::from_value(json!(id)).unwrap()
}

/// Somebody.
pub(super) fn ann() -> Actor {
    Actor { channel: "telegram".to_owned(), id: "42".to_owned(), name: Some("Änn \"the\" first".to_owned()) }
}

/// A choice of a person.
pub(super) fn selection(model: &str, profile: &str) -> Selection {
    Selection {
        model: Some(model.parse().unwrap()),
        pin: Some(Pin { profile: profile.parse().unwrap(), account: Some("me+tag@example.com".to_owned()), by: None }),
        source: Source::User,
        since: at(1_700_000_001),
        until: Until::Changed,
        by: ann(),
    }
}

/// A session pinned to `profile`.
pub(super) fn pinned(peer: &str, profile: &str) -> Session {
    let lasting = Some(selection("anthropic/claude-opus-4-6", profile));
    Session { choice: Choice { lasting, passing: None }, ..session(peer) }
}

/// A row of the audit.
#[cfg(all(feature = "postgres", unix))]
pub(super) fn entry() -> Entry {
    Entry {
        at: at(1),
        actor: ann(),
        surface: Surface::Text,
        kind: Kind::Pin,
        session: Some(key("42")),
        subject: None,
        before: None,
        after: Some("opus".to_owned()),
        reason: "chosen".to_owned(),
        profiles: Vec::new(),
    }
}
