//! An installation that a test makes ill.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::cli::support::{Ended, Home};
use crate::support::bot::merge;
use crate::support::leaks::Leaks;

/// Bytes, mode and time of change of everything, by path.
pub(crate) type Snapshot = BTreeMap<PathBuf, (Vec<u8>, u32, SystemTime)>;

pub(crate) const DEFAULT: &str = "sk-test-doctor-default-51c07e9d2b";
pub(crate) const WORK: &str = "sk-test-doctor-work-e0aa8142f6";
pub(crate) const ACCESS: &str = "at-test-doctor-access-7b3310cd94";
pub(crate) const REFRESH: &str = "rt-test-doctor-refresh-2f96aa70e1";

/// An installation, healthy at first.
pub(crate) struct Patient {
    pub(crate) home: Home,
}

impl Patient {
    pub(crate) fn healthy() -> Self {
        let patient = Self { home: Home::empty() };
        let folder = patient.home.store();
        let folder = folder.parent().unwrap();
        fs::create_dir_all(folder).unwrap();
        for folder in folder.ancestors().take_while(|folder| *folder != patient.home.path()) {
            fs::set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
        }
        patient.config(json!({}));
        patient.store(
            &json!({"version": 1, "profiles": {"anthropic:default": key(DEFAULT), "anthropic:work": key(WORK)}}),
        );
        patient
    }

    /// The usual configuration with this over it.
    pub(crate) fn config(&self, patch: Value) {
        let mut config = json!({
            "agents": {"defaults": {
                "model": {"primary": "anthropic/claude-sonnet-4-6"},
                "models": {
                    "anthropic/claude-sonnet-4-6": {"alias": "sonnet"},
                    "anthropic/claude-opus-4-6": {"alias": "opus"},
                },
            }},
        });
        merge(&mut config, patch);
        self.write("modelpin.json", &format!("// a comment that stays\n{config:#}\n"));
    }

    /// Main's store.
    pub(crate) fn store(&self, store: &Value) {
        self.write("agents/main/agent/auth-profiles.json", &store.to_string());
    }

    /// A file of the state directory, for its owner only.
    pub(crate) fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.path(path);
        for folder in path
            .parent()
            .unwrap()
            .ancestors()
            .take_while(|folder| !folder.exists())
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            fs::create_dir(folder).unwrap();
            fs::set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
        }
        fs::write(&path, text).unwrap();
        self.mode(&path, 0o600);
        path
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.home.state().join(path)
    }

    pub(crate) fn mode(&self, path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    /// Lets `path` look as if it was last changed an hour ago.
    pub(crate) fn age(&self, path: &Path) {
        let hour_ago = SystemTime::now() - Duration::from_hours(1);
        File::open(path).unwrap().set_modified(hour_ago).unwrap();
    }

    /// Pins `opus@work` in a chat.
    pub(crate) fn pin(&self) {
        let mut chat = self.home.chat(None, &[]);
        let said = chat.says("/model opus@work");
        assert!(said.contains("anthropic:work"), "{said}");
        assert_eq!(chat.end(), 0);
        self.tighten();
    }

    /// What programs made under the usual mask is for the owner only.
    fn tighten(&self) {
        for (path, _) in self.snapshot() {
            let there = fs::symlink_metadata(&path).unwrap();
            if there.is_file() || there.is_dir() {
                self.mode(&path, there.mode() & 0o700);
            }
        }
    }

    /// Runs doctor; no secret may be in what it says.
    pub(crate) fn doctor(&self, arguments: &[&str]) -> Ended {
        let ended = self.home.run(&[&["doctor"], arguments].concat());
        let leaks = Leaks::of([DEFAULT, WORK, ACCESS, REFRESH]);
        assert_eq!(leaks.first_in(format!("{}{}", ended.out, ended.err)), None, "{ended:?}");
        ended
    }

    /// What `--json` prints; the exit code is in it.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.doctor(&[arguments, &["--json"]].concat());
        let value: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{ended:?}"));
        assert_eq!(value["code"], ended.code, "{ended:?}");
        value
    }

    /// The findings of that kind.
    pub(crate) fn findings(&self, code: &str) -> Vec<Value> {
        let value = self.json(&[]);
        let all = value["findings"].as_array().unwrap().clone();
        all.into_iter().filter(|finding| finding["code"] == code).collect()
    }

    /// Everything in the home directory: bytes, mode and time of change, by path.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
                // SQLite's shared memory, in which readers announce themselves.
                if path.to_string_lossy().ends_with("-shm") {
                    continue;
                }
                let there = fs::symlink_metadata(&path).unwrap();
                if there.is_dir() {
                    folders.push(path.clone());
                }
                let bytes = if there.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
                found.insert(path, (bytes, there.mode(), there.modified().unwrap()));
            }
        }
        found
    }
}

/// Nothing was changed; whatever was is named.
pub(crate) fn assert_same(before: &Snapshot, after: &Snapshot) {
    let paths: std::collections::BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let changed: Vec<&PathBuf> = paths.into_iter().filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

/// An API key of anthropic.
pub(crate) fn key(secret: &str) -> Value {
    json!({"type": "api_key", "provider": "anthropic", "key": secret})
}

/// A grant of anthropic that lasts.
pub(crate) fn grant() -> Value {
    json!({
        "type": "oauth", "provider": "anthropic", "access": ACCESS, "refresh": REFRESH,
        "expires": 4_102_444_800_000_u64, "email": "ann@work.example",
    })
}
