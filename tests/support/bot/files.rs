//! The files of the state directory, as the operator and other programs change them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use modelpin::receipt::Receipt;
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::support::bot::{Chat, stored};

impl Chat {
    pub(crate) fn auth_path(&self) -> PathBuf {
        self.directory.path().join("agents/main/agent/auth-profiles.json")
    }

    pub(crate) fn config_path(&self) -> PathBuf {
        self.directory.path().join("modelpin.json")
    }

    /// The auth store as it is on disk.
    pub(crate) fn auth(&self) -> Value {
        serde_json::from_slice(&fs::read(self.auth_path()).unwrap()).unwrap()
    }

    pub(crate) fn write_auth(&self, text: &str) {
        self.write(&self.auth_path(), text);
    }

    pub(crate) fn write_config(&self, text: &str) {
        self.write(&self.config_path(), text);
    }

    /// Changes the auth store behind the bot's back.
    pub(crate) fn with_auth(self, change: impl FnOnce(&mut Value)) -> Self {
        self.change_auth(change);
        self
    }

    /// The same while something goes on.
    pub(crate) fn change_auth(&self, change: impl FnOnce(&mut Value)) {
        let mut auth = self.auth();
        change(&mut auth);
        self.write_auth(&auth.to_string());
    }

    /// Changes the configuration behind the bot's back; `null` takes a key away.
    pub(crate) fn with_config(self, patch: Value) -> Self {
        self.change_config(patch);
        self
    }

    /// The same while something goes on.
    pub(crate) fn change_config(&self, patch: Value) {
        let mut config: Value = serde_json::from_slice(&fs::read(self.config_path()).unwrap()).unwrap();
        merge(&mut config, patch);
        self.write_config(&config.to_string());
    }

    /// Takes a profile out of the auth store.
    pub(crate) fn without_profile(self, id: &str) -> Self {
        self.with_auth(|auth| {
            auth["profiles"].as_object_mut().unwrap().shift_remove(id).expect("it is there");
        })
    }

    /// Gives a profile another secret.
    pub(crate) fn renewed(self, id: &str) -> Self {
        self.with_auth(|auth| {
            let entry = auth["profiles"][id].take();
            let provider = entry["provider"].as_str().unwrap().to_owned();
            auth["profiles"][id] = stored(id, &provider, entry, 1);
        })
    }

    /// Every row of every table but the menus, which a refusal may add to, since it may offer buttons.
    pub(crate) fn rows(&self) -> BTreeMap<String, Vec<String>> {
        let path = self.directory.path().join("modelpin.sqlite");
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut tables = BTreeMap::new();
        // What the program notes of its configuration by itself is nobody's doing.
        let of_file = "body LIKE '%\"surface\":\"file\"%'";
        let own = [
            ("audit", format!("SELECT body FROM audit WHERE NOT {of_file}")),
            ("marks", "SELECT * FROM marks WHERE name NOT LIKE 'setting%'".to_owned()),
        ];
        let whole = ["sessions", "benches", "receipts", "history", "usage"];
        for (table, rows) in whole.map(|table| (table, format!("SELECT * FROM {table}"))).into_iter().chain(own) {
            let mut rows = database.prepare(&rows).unwrap();
            let width = rows.column_count();
            let row = |row: &rusqlite::Row<'_>| {
                (0..width).map(|column| row.get::<_, Cell>(column)).collect::<Result<Vec<_>, _>>()
            };
            let rows = rows.query_map([], row).unwrap().map(|row| format!("{:?}", row.unwrap())).collect();
            tables.insert(table.to_owned(), rows);
        }
        tables
    }

    /// The receipts of all turns, oldest first.
    pub(crate) fn receipts(&self) -> Vec<Receipt> {
        let path = self.directory.path().join("modelpin.sqlite");
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut rows = database.prepare("SELECT body FROM receipts ORDER BY id").unwrap();
        let bodies = rows.query_map([], |row| row.get::<_, String>(0)).unwrap();
        bodies.map(|body| serde_json::from_str(&body.unwrap()).unwrap()).collect()
    }

    /// Keeps everybody from writing to the state, until it is dropped.
    pub(crate) fn hold_state(&self) -> Connection {
        let database = Connection::open(self.directory.path().join("modelpin.sqlite")).unwrap();
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        database
    }

    /// Writes with a time of change that no earlier version of any file has: a disk's own are coarse.
    fn write(&self, path: &Path, text: &str) {
        fs::write(path, text).unwrap();
        let writes = self.writes.replace(self.writes.get() + 1);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000 + writes);
        File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }
}

/// Lays `patch` over `base`, key by key; `null` takes a key away.
pub(crate) fn merge(base: &mut Value, patch: Value) {
    match (base, patch) {
        (Value::Object(base), Value::Object(patch)) => {
            for (key, value) in patch {
                if value.is_null() {
                    base.shift_remove(&key);
                } else {
                    merge(base.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (base, patch) => *base = patch,
    }
}
