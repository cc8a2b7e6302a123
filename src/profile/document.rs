//! The content of an auth store file, with everything in it that modelpin does not know.

mod bring;
mod edit;
mod entry;
mod merge;
mod secrets;
mod take_over;

use std::fmt;
use std::path::Path;

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::profile::{ProfileId, StoreFileFault, is_still_sealed};
use crate::redact::secrets_in;

pub use bring::Moved;
pub use entry::{Held, NewProfile, RenewedGrant};
pub use take_over::{Fate, TakenOver};

/// The content of an auth store file.
///
/// Every key is kept in its place, known or not; the methods that change something touch the keys they name and no
/// other. Its `Debug` form counts the profiles and shows none.
#[derive(Clone)]
pub struct Document {
    root: Map<String, Value>,
    presence: Presence,
}

/// Whether there is a file, and anything in it. Three states, because an agent that says "none" is not one that says
/// nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// There is no file.
    Missing,
    /// There is a file without a profile in it.
    Empty,
    /// There is a file with profiles.
    Present,
}

impl Document {
    /// What a file that is not there holds.
    pub(crate) fn missing() -> Self {
        Self { root: Map::new(), presence: Presence::Missing }
    }

    /// Reads the bytes of the file at `path`.
    ///
    /// # Errors
    ///
    /// [`StoreFileFault::Corrupt`] or [`StoreFileFault::NotAStore`].
    pub(crate) fn parse(bytes: &[u8], path: &Path) -> Result<Self, StoreFileFault> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| StoreFileFault::corrupt(path, &error))?;
        let not = |why: &str| StoreFileFault::NotAStore { path: path.to_owned(), why: why.to_owned() };
        let Value::Object(root) = value else {
            return Err(not("the outermost value is not an object"));
        };
        if root.get("profiles").is_some_and(|profiles| !profiles.is_object()) {
            return Err(not("`profiles` is not an object"));
        }
        Ok(Self::of(root))
    }

    /// The document with that content.
    pub(crate) fn of(root: Map<String, Value>) -> Self {
        let filled = root.get("profiles").and_then(Value::as_object).is_some_and(|profiles| !profiles.is_empty());
        Self { root, presence: if filled { Presence::Present } else { Presence::Empty } }
    }

    /// Whether there is a file, and anything in it.
    pub fn presence(&self) -> Presence {
        self.presence
    }

    /// Everything in it.
    pub(crate) fn fields(&self) -> &Map<String, Value> {
        &self.root
    }

    /// A top-level object; `None` when it is absent or something else.
    pub(crate) fn section(&self, name: &str) -> Option<&Map<String, Value>> {
        self.root.get(name).and_then(Value::as_object)
    }

    /// The ids in the file, readable or not, in its order.
    pub fn profile_ids(&self) -> impl Iterator<Item = &str> {
        self.section("profiles").into_iter().flatten().map(|(id, _)| id.as_str())
    }

    /// The entry under `id`, as it is written.
    #[cfg(feature = "cli")]
    pub(crate) fn entry(&self, id: &ProfileId) -> Option<&Value> {
        self.section("profiles")?.get(id.as_str())
    }

    /// Every secret in it, those of entries that cannot be read too.
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        // What is sealed is none to whoever sees it.
        self.root.values().flat_map(secrets_in).filter(|secret| !is_still_sealed(secret)).collect()
    }

    /// What is held under `id`; `None` when nothing is.
    pub fn held(&self, id: &ProfileId) -> Option<Held> {
        self.section("profiles").and_then(|profiles| profiles.get(id.as_str())).map(entry::held)
    }

    /// The text of the file: two spaces, a newline at the end, as the family writes it.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        let Self { mut root, presence: _ } = self;
        if root.is_empty() {
            root.insert("version".to_owned(), json!(1));
        }
        root.entry("profiles").or_insert_with(|| Value::Object(Map::new()));
        let mut text = format!("{:#}", Value::Object(root)).into_bytes();
        text.push(b'\n');
        text
    }

    /// Changes a top-level object, which is put there when it is absent or something else. It keeps its place.
    fn change_section<T>(&mut self, name: &str, change: impl FnOnce(&mut Map<String, Value>) -> T) -> T {
        if self.root.is_empty() {
            self.root.insert("version".to_owned(), json!(1));
        }
        let mut section = match self.root.get_mut(name).map(Value::take) {
            Some(Value::Object(section)) => section,
            Some(_) | None => Map::new(),
        };
        let result = change(&mut section);
        self.root.insert(name.to_owned(), Value::Object(section));
        result
    }

    /// Takes `content` over if there is no file yet. Returns whether there was none.
    pub(crate) fn begin_with(&mut self, content: &Self) -> bool {
        let begins = self.presence == Presence::Missing;
        if begins {
            self.clone_from(content);
        }
        begins
    }

    /// Brings what somebody did between `base` and `theirs` into this document.
    pub(crate) fn merge(&mut self, base: &Self, theirs: &Self) {
        let value = |document: &Self| Value::Object(document.root.clone());
        if let Value::Object(root) = merge::three_way(&value(base), &value(theirs), &value(self)) {
            *self = Self::of(root);
        }
    }
}

/// Two are equal when their content is; a file with nothing in it equals one that is not there.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let profiles = self.profile_ids().count();
        f.debug_struct("Document")
            .field("presence", &self.presence)
            .field("profiles", &profiles)
            .finish_non_exhaustive()
    }
}
