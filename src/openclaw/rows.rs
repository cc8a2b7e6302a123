//! What stands in one of OpenClaw's databases.
//!
//! The layout is told from the tables that are there, not from the version alone: the shared store was in tables of its
//! own up to schema 12 and is in the table of machine state since, and sessions changed their table with schema 14 of the
//! agents' databases. The documents in them are the same all along.

use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Map, Value};

/// The newest schemas that are known to hold what is read here in these places.
pub(crate) const NEWEST_SHARED: i64 = 18;
pub(crate) const NEWEST_OF_AGENT: i64 = 25;

/// Where a document may be: the table, the column of its key, the keys that count, and the column of its text.
struct Place {
    table: &'static str,
    key: &'static str,
    keys: &'static [&'static str],
    text: &'static str,
}

const STORES: [Place; 3] = [
    Place { table: "config_machine_state", key: "state_key", keys: &["authProfiles.store"], text: "value_json" },
    Place { table: "auth_profile_store", key: "store_key", keys: &["primary", "shared"], text: "store_json" },
    Place { table: "auth_profile_stores", key: "store_key", keys: &["shared", "primary"], text: "store_json" },
];

const STATES: [Place; 2] = [
    Place { table: "config_machine_state", key: "state_key", keys: &["authProfiles.state"], text: "value_json" },
    Place { table: "auth_profile_state", key: "state_key", keys: &["primary", "shared"], text: "state_json" },
];

/// Says which of the databases has the shared store.
const OWNER: Place =
    Place { table: "config_machine_state", key: "state_key", keys: &["auth.sharedStore"], text: "value_json" };

/// The tables of sessions, all with `session_key` and `entry_json`.
const SESSIONS: [&str; 2] = ["session_nodes", "session_entries"];

/// What is read of a session; the rest of an entry is what was said there, and a good deal of it.
const OF_SESSION: [&str; 11] = [
    "updatedAt",
    "providerOverride",
    "modelOverride",
    "modelOverrideSource",
    "authProfileOverride",
    "authProfileOverrideSource",
    "lastChannel",
    "lastTo",
    "lastAccountId",
    "channel",
    "parentSessionKey",
];

/// What stands in one database. No `Debug`: there are secrets in it.
#[derive(Clone, Default)]
pub(crate) struct Rows {
    /// The schema.
    pub(crate) version: i64,
    /// The text of the store's document.
    pub(crate) store: Option<String>,
    /// The text of its state's: order, last good ones, health.
    pub(crate) state: Option<String>,
    /// The text that says where the shared store is.
    pub(crate) owner: Option<String>,
    /// Sessions by key.
    pub(crate) sessions: Map<String, Value>,
    /// What was not understood, in words.
    pub(crate) left: Vec<String>,
}

/// Whether the database has the document of a store.
///
/// # Errors
///
/// It cannot be read.
pub(crate) fn has_store(db: &Connection) -> Result<bool, rusqlite::Error> {
    Ok(document(db, &STORES)?.is_some())
}

/// Reads what is wanted out of the database; nothing but its schema where that is above `newest`.
///
/// # Errors
///
/// It cannot be read.
pub(crate) fn all(db: &Connection, newest: i64) -> Result<Rows, rusqlite::Error> {
    // One picture of all tables.
    let db = db.unchecked_transaction()?;
    let version = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > newest {
        return Ok(Rows { version, ..Rows::default() });
    }
    let mut rows = Rows {
        version,
        store: document(&db, &STORES)?,
        state: document(&db, &STATES)?,
        owner: document(&db, &[OWNER])?,
        ..Rows::default()
    };
    for table in SESSIONS {
        sessions(&db, table, &mut rows)?;
    }
    rows.left.extend(not_understood(&db)?);
    Ok(rows)
}

/// The text of a document from the first place that has it.
fn document(db: &Connection, places: &[Place]) -> Result<Option<String>, rusqlite::Error> {
    for Place { table, key, keys, text } in places {
        if !has(db, table, &[key, text])? {
            continue;
        }
        for wanted in *keys {
            let query = format!("SELECT {text} FROM {table} WHERE {key} = ?1");
            if let Some(found) = db.query_row(&query, [wanted], |row| row.get(0)).optional()? {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// Whether there is such a table, and not only something of that name, with such columns.
fn has(db: &Connection, table: &str, columns: &[&str]) -> Result<bool, rusqlite::Error> {
    let tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
    if db.query_row(tables, [table], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(false);
    }
    for column in columns {
        let found = "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2";
        if db.query_row(found, [table, column], |row| row.get::<_, i64>(0))? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn sessions(db: &Connection, table: &str, rows: &mut Rows) -> Result<(), rusqlite::Error> {
    if !has(db, table, &["session_key", "entry_json"])? {
        return Ok(());
    }
    let mut query = db.prepare(&format!("SELECT session_key, entry_json FROM {table} ORDER BY session_key"))?;
    let mut found = query.query([])?;
    while let Some(row) = found.next()? {
        let key: String = row.get(0)?;
        match serde_json::from_str(&row.get::<_, String>(1)?) {
            Ok(Value::Object(mut entry)) => {
                lift_delivery(&mut entry);
                entry.retain(|name, _| OF_SESSION.contains(&name.as_str()));
                rows.sessions.entry(key).or_insert(Value::Object(entry));
            }
            Ok(_) | Err(_) => rows.left.push(format!("the session {key}: its entry is no JSON object")),
        }
    }
    Ok(())
}

/// Where a session was last heard of stands in an object of its own since; it is put where it stood before.
fn lift_delivery(entry: &mut Map<String, Value>) {
    let Some(Value::Object(delivery)) = entry.get("deliveryContext").cloned() else { return };
    for (name, before) in [("channel", "lastChannel"), ("to", "lastTo"), ("accountId", "lastAccountId")] {
        if let Some(value) = delivery.get(name).filter(|_| !entry.contains_key(before)) {
            entry.insert(before.to_owned(), value.clone());
        }
    }
}

/// Tables that by their names hold profiles or sessions, and have another shape; and rows under other keys.
fn not_understood(db: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut left = Vec::new();
    let known = STORES.iter().chain(&STATES).map(|place| (place.table, vec![place.key, place.text]));
    let known = known.chain(SESSIONS.map(|table| (table, vec!["session_key", "entry_json"])));
    for (table, columns) in known {
        let named = "SELECT count(*) FROM sqlite_master WHERE name = ?1";
        let there = db.query_row(named, [table], |row| row.get::<_, i64>(0))? > 0;
        let words = format!("`{table}`, which has another shape than any that is known");
        if there && !has(db, table, &columns)? && !left.contains(&words) {
            left.push(words);
        }
    }
    for Place { table, key, keys, text } in STORES.iter().chain(&STATES) {
        if *table == OWNER.table || !has(db, table, &[key, text])? {
            continue;
        }
        let mut query = db.prepare(&format!("SELECT {key} FROM {table} ORDER BY {key}"))?;
        for found in query.query_map([], |row| row.get::<_, String>(0))? {
            let found = found?;
            if !keys.contains(&found.as_str()) {
                left.push(format!("the row `{found}` of `{table}`, which nobody is known to read"));
            }
        }
    }
    Ok(left)
}
