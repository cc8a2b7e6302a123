//! What the tests of the profile store have in common.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use modelpin::catalog::ProviderId;
use modelpin::profile::{AuthFile, Credential, NewProfile, ProfileId, SecretValue};
use secrecy::SecretString;
use serde_json::Value;

/// A folder of its own with a store in it.
pub(crate) struct Home {
    path: PathBuf,
    /// `None` in a child, whose folder is its parent's.
    _folder: Option<tempfile::TempDir>,
}

impl Home {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { path: folder.path().to_owned(), _folder: Some(folder) }
    }

    /// The one at `path`, in a child of the test that made it.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), _folder: None }
    }

    pub(crate) fn with(store: &str) -> Self {
        let home = Self::empty();
        fs::write(home.store(), store).unwrap();
        home
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path().join("auth-profiles.json")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.path().join("auth-profiles.json.lock")
    }

    pub(crate) fn file(&self) -> AuthFile {
        AuthFile::at(self.store())
    }

    pub(crate) fn json(&self) -> Value {
        json(&self.store())
    }
}

pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

pub(crate) fn id(text: &str) -> ProfileId {
    ProfileId::new(text).unwrap()
}

pub(crate) fn provider(text: &str) -> ProviderId {
    ProviderId::new(text).unwrap()
}

/// A key of `vendor`.
pub(crate) fn key(vendor: &str, secret: &str) -> NewProfile {
    let key = SecretValue::Inline(SecretString::from(secret));
    NewProfile::new(provider(vendor), Credential::ApiKey { key })
}

/// Every file below `folder`, with what is in it.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(tree(&entry.path()));
        } else {
            found.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// The names in a folder that are not the store's own.
pub(crate) fn others(home: &Home) -> Vec<String> {
    let names = fs::read_dir(home.path()).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "auth-profiles.json").collect();
    names.sort();
    names
}
