//! Editing the configuration where it is: comments, includes and the text of `${VAR}` stay as they are.
//!
//! What is wanted is a value under a key, in which a number names an element of a list. Where that key is written (in the file itself or in one that it includes) is
//! found out here, and only that place is changed. Before anything is written, the edited text is read like any other
//! configuration: it has to say exactly what was wanted and, in every other key, what it said before.

mod fault;
mod file;
mod place;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

pub(crate) use fault::EditFault;

use crate::config::file::{read_resolved, valid};
use crate::config::include::Texts;
use crate::config::{Config, Environment};
use file::ConfigLock;

/// How often an edit is begun anew because somebody else wrote in between.
const ATTEMPTS: usize = 20;

/// The configuration with some changes that are not written yet.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    main: PathBuf,
    /// What the changed files are to hold, by their real path.
    texts: Texts,
    /// What it says with all includes, `${VAR}` as text.
    value: Value,
    /// What the changed files held before; `None` for one that is not there.
    before: BTreeMap<PathBuf, Option<String>>,
}

/// What an edit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edited<T> {
    /// The files that were written, each with the copy that was kept of what it held before. Empty: it said so already,
    /// and not a byte was touched.
    pub(crate) written: Vec<(PathBuf, Option<PathBuf>)>,
    /// What the change returned.
    pub(crate) value: T,
}

/// Applies `change` to the configuration at `path`, which need not be there yet, and writes what it changed: checked, all
/// of a file or nothing, with a copy kept of what was there.
///
/// `change` is applied again to newer content when somebody wrote in between, so it must say what is to be, not count.
///
/// # Errors
///
/// What `change` returned, or an [`EditFault`] made into the same type; nothing was written then, unless the fault says so.
pub(crate) fn edit<T, E: From<EditFault>>(
    path: &Path,
    env: &Environment,
    mut change: impl FnMut(&mut Draft) -> Result<T, E>,
) -> Result<Edited<T>, E> {
    // Where nothing is to be changed, not even a lock is taken.
    let mut draft = Draft::read(path)?;
    let value = change(&mut draft)?;
    if draft.is_unchanged() {
        return Ok(Edited { written: Vec::new(), value });
    }
    let lock = ConfigLock::take(path)?;
    let mut written = Vec::new();
    for _ in 0..ATTEMPTS {
        let mut draft = Draft::read(path)?;
        let value = change(&mut draft)?;
        draft.config(env)?;
        if lock.put(draft.changes(), &mut written)? {
            return Ok(Edited { written, value });
        }
    }
    Err(EditFault::Contended { path: path.to_owned() }.into())
}

impl Draft {
    /// The configuration at `path` as it is; one that is not there says nothing yet.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self, EditFault> {
        // Read once more from what is held in memory then: what is decided by it and what is edited must be the same text.
        let mut texts = Texts::default();
        loop {
            let (value, files) = read_resolved(path, &texts)?;
            let files: BTreeSet<PathBuf> = files.iter().map(|file| Texts::real(file)).collect();
            let new: Vec<&PathBuf> = files.iter().filter(|file| texts.of(file).is_none()).collect();
            if new.is_empty() {
                return Ok(Self { main: path.to_owned(), texts, value, before: BTreeMap::new() });
            }
            for file in new {
                let text = texts.read(file)?.unwrap_or_default();
                texts.put(file, text);
            }
        }
    }

    /// What is under `key`, from whichever file it comes, `${VAR}` as text.
    pub(crate) fn get(&self, key: &[&str]) -> Option<&Value> {
        under(&self.value, key).filter(|value| !value.is_null())
    }

    /// What it says as a configuration, with the variables of `env`.
    ///
    /// # Errors
    ///
    /// It makes none.
    pub(crate) fn config(&self, env: &Environment) -> Result<Config, EditFault> {
        Ok(valid(&self.main, self.value.clone(), env)?.0)
    }

    /// Puts `wanted` under `key`. A list that only grows or only shrinks keeps the comments between its elements.
    ///
    /// # Errors
    ///
    /// It cannot be written there by changing one place.
    pub(crate) fn set(&mut self, key: &[&str], wanted: &Value) -> Result<(), EditFault> {
        if self.get(key) == Some(wanted) {
            return Ok(());
        }
        let place = place::of(&self.main, &self.texts, key)?;
        self.change(&place.file, |text| tree::set(text, &place.within, wanted))?;
        let mut expected = self.value.clone();
        put_under(&mut expected, key, Some(wanted.clone()));
        self.settle(key, &expected)
    }

    /// Takes what is under `key` away; returns whether there was anything.
    ///
    /// # Errors
    ///
    /// As [`Draft::set`].
    pub(crate) fn remove(&mut self, key: &[&str]) -> Result<bool, EditFault> {
        if under(&self.value, key).is_none() {
            return Ok(false);
        }
        let mut expected = self.value.clone();
        put_under(&mut expected, key, None);
        // It may be written in more than one file, one laid over the other.
        for _ in 0..ATTEMPTS {
            let place = place::of(&self.main, &self.texts, key)?;
            if !place.exists {
                break;
            }
            self.change(&place.file, |text| tree::remove(text, &place.within))?;
        }
        self.settle(key, &expected).map(|()| true)
    }

    /// Whether it says what it said before, word for word.
    pub(crate) fn is_unchanged(&self) -> bool {
        self.changes().next().is_none()
    }

    /// The files whose text changed: what they held, and what they are to hold.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (&Path, Option<&str>, &str)> {
        let changed = self.before.iter().filter_map(|(file, before)| {
            let after = self.texts.of(file)?;
            Some((file.as_path(), before.as_deref(), after))
        });
        changed.filter(|(_, before, after)| *before != Some(*after))
    }

    fn change(
        &mut self,
        file: &Path,
        change: impl FnOnce(&str) -> Result<String, tree::Misfit>,
    ) -> Result<(), EditFault> {
        let text = self.texts.read(file)?;
        let changed = change(text.as_deref().unwrap_or("{}\n"));
        let changed = changed.map_err(|misfit| EditFault::misfit(file, misfit))?;
        self.before.entry(file.to_owned()).or_insert(text);
        self.texts.put(file, changed);
        Ok(())
    }

    /// Reads the edited text again: it must say `expected`.
    fn settle(&mut self, key: &[&str], expected: &Value) -> Result<(), EditFault> {
        self.value = read_resolved(&self.main, &self.texts)?.0;
        if self.value == *expected {
            Ok(())
        } else {
            Err(EditFault::Entangled { path: self.main.clone(), key: key.join(".") })
        }
    }
}

/// What is under `key` in `value`.
fn under<'a>(value: &'a Value, key: &[&str]) -> Option<&'a Value> {
    key.iter().try_fold(value, |value, name| member(value, name))
}

/// The member `name` of an object, or the element of a list whose number that is.
pub(crate) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(name),
        Value::Array(elements) => elements.get(name.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Puts `wanted` under `key`, or takes what is there away.
fn put_under(value: &mut Value, key: &[&str], wanted: Option<Value>) {
    let Some((name, inside)) = key.split_first() else { return };
    if let Value::Array(elements) = value {
        let element = name.parse::<usize>().ok().and_then(|at| elements.get_mut(at));
        return element.into_iter().for_each(|element| put_under(element, inside, wanted.clone()));
    }
    if !value.is_object() {
        *value = Value::Object(serde_json::Map::new());
    }
    let Some(object) = value.as_object_mut() else { return };
    match (inside.is_empty(), wanted) {
        (true, Some(wanted)) => drop(object.insert((*name).to_owned(), wanted)),
        (true, None) => drop(object.shift_remove(*name)),
        (false, wanted) => put_under(object.entry((*name).to_owned()).or_insert(Value::Null), inside, wanted),
    }
}
