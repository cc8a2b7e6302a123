//! A state directory as OpenClaw leaves it, with real databases.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;

/// The schemas that OpenClaw 2026.9.6 writes.
pub(crate) const SHARED_SCHEMA: i64 = 18;
pub(crate) const AGENT_SCHEMA: i64 = 23;

/// OpenClaw's state directory.
pub(crate) struct OpenClaw {
    pub(crate) state_dir: PathBuf,
    /// Connections that are open: what was written is in the log for as long as they are.
    running: Vec<Connection>,
}

impl OpenClaw {
    pub(crate) fn at(state_dir: impl Into<PathBuf>) -> Self {
        let state_dir = state_dir.into();
        fs::create_dir_all(&state_dir).unwrap();
        Self { state_dir, running: Vec::new() }
    }

    pub(crate) fn shared_database(&self) -> PathBuf {
        self.state_dir.join("state/openclaw.sqlite")
    }

    pub(crate) fn database_of(&self, agent: &str) -> PathBuf {
        self.state_dir.join(format!("agents/{agent}/agent/openclaw-agent.sqlite"))
    }

    /// The shared store, in the table of machine state.
    pub(crate) fn share(&mut self, store: &Value, state: &Value) {
        let db = open(&self.shared_database(), SHARED_SCHEMA);
        db.execute_batch(
            "CREATE TABLE config_machine_state (
                state_key TEXT NOT NULL PRIMARY KEY, value_json TEXT NOT NULL, updated_at_ms INTEGER NOT NULL
            ) STRICT;",
        )
        .unwrap();
        let put = |key: &str, value: &Value| {
            let put = "INSERT INTO config_machine_state VALUES (?1, ?2, 1)";
            db.execute(put, (key, value.to_string())).unwrap();
        };
        put("auth.sharedStore", &serde_json::json!({"location": "state-db"}));
        put("authProfiles.store", store);
        put("authProfiles.state", state);
        put("plugins.installedIndex", &serde_json::json!({"revision": 1}));
        self.running.push(db);
    }

    /// What an agent has of its own, and its sessions.
    pub(crate) fn agent(&mut self, agent: &str, store: Option<&Value>, state: Option<&Value>, sessions: &Value) {
        let db = open(&self.database_of(agent), AGENT_SCHEMA);
        db.execute_batch(
            "CREATE TABLE auth_profile_store (
                store_key TEXT NOT NULL PRIMARY KEY, store_json TEXT NOT NULL, updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE auth_profile_state (
                state_key TEXT NOT NULL PRIMARY KEY, state_json TEXT NOT NULL, updated_at INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE session_nodes (
                session_key TEXT NOT NULL PRIMARY KEY, current_session_id TEXT NOT NULL, entry_json TEXT NOT NULL,
                entry_valid INTEGER NOT NULL DEFAULT 0, updated_at INTEGER NOT NULL
            ) STRICT;",
        )
        .unwrap();
        for (table, document) in [("auth_profile_store", store), ("auth_profile_state", state)] {
            if let Some(document) = document {
                let put = format!("INSERT INTO {table} VALUES ('primary', ?1, 1)");
                db.execute(&put, [document.to_string()]).unwrap();
            }
        }
        for (key, entry) in sessions.as_object().unwrap() {
            let put = "INSERT INTO session_nodes VALUES (?1, 'id', ?2, 1, 1)";
            db.execute(put, (key, entry.to_string())).unwrap();
        }
        self.running.push(db);
    }

    /// Ends OpenClaw: everything goes into the databases, and nothing lies beside them.
    pub(crate) fn stop(&mut self) {
        self.running.clear();
    }

    /// Runs `sql` over a database, with OpenClaw stopped.
    pub(crate) fn change(&mut self, database: &Path, sql: &str) {
        self.stop();
        Connection::open(database).unwrap().execute_batch(sql).unwrap();
    }

    /// Every file below, with its bytes.
    pub(crate) fn bytes(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        bytes_below(&self.state_dir)
    }
}

/// Every file below `folder`, with its bytes.
pub(crate) fn bytes_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(bytes_below(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

/// A database in WAL mode that is never checkpointed, so that what is written stays in the log.
fn open(path: &Path, schema: i64) -> Connection {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let db = Connection::open(path).unwrap();
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    db.execute_batch(&format!("PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = {schema};")).unwrap();
    db
}
