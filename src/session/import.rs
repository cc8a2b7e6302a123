//! Choices taken over from a `sessions.json` of the family.
//!
//! Taken over is what a person chose: models, and profiles whose entry says `authProfileOverrideSource: "user"`. An entry
//! without a source is no such proof. The family's programs wrote profiles that rotation had chosen into the same field,
//! for a long time without a source, and reading those as choices of a person is what froze chats on a backup credential;
//! so they are left behind, like those that say `auto`, and modelpin chooses anew by its order.

mod entry;
mod key;

use indexmap::IndexMap;
use indexmap::map::Entry as Slot;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::session::import::entry::{Entry, Found};
use crate::session::{Choice, Selection, Session, SessionKey, Source};

/// What an import would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportPlan {
    /// Choices to take over, in the order of the file.
    pub rows: Vec<ImportRow>,
    /// Family keys that hold a choice that is not taken over, or that make no sense, each with the reason in words.
    pub skipped: Vec<(String, String)>,
    /// How many sessions of the file hold no choice at all.
    pub without_choice: usize,
}

/// One choice to take over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Where it is in the file.
    pub family_key: String,
    /// Where it goes.
    pub key: SessionKey,
    /// What is chosen there.
    pub selection: Selection,
    /// What is not obvious about it, in words.
    pub note: Option<String>,
}

/// The file cannot be read as a session store. The caller shows this with the file's path and takes over nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportFault {
    /// It is neither JSON nor JSON5.
    #[error("it is no JSON5: {0}")]
    Syntax(String),
    /// It is JSON, but no object of sessions by key.
    #[error("it is no session store of the family: expected one object with a session under each key")]
    NotSessions,
}

/// What has to be done for one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportStep {
    /// Commit this.
    Commit(Box<Session>),
    /// Nothing: the session has that choice already.
    Present,
    /// Nothing: a person chose something else there, and was not to be overruled.
    Kept(Box<Choice>),
}

/// Plans the import of a family's `sessions.json`.
///
/// # Errors
///
/// [`ImportFault`] when `text` is no session store. A single entry that makes no sense is no fault: it is skipped.
pub fn plan(text: &str, now: Timestamp) -> Result<ImportPlan, ImportFault> {
    Ok(plan_of(&entries(text)?, now))
}

/// The sessions in the text of a family's `sessions.json`, by key.
///
/// # Errors
///
/// As [`plan`].
pub fn entries(text: &str) -> Result<Map<String, Value>, ImportFault> {
    match parse(text)? {
        Value::Object(entries) => Ok(entries),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(ImportFault::NotSessions)
        }
    }
}

/// Plans the import of sessions by key, wherever the family keeps them.
pub fn plan_of(entries: &Map<String, Value>, now: Timestamp) -> ImportPlan {
    let mut plan = ImportPlan::default();
    let mut rows: IndexMap<SessionKey, (Option<Timestamp>, ImportRow)> = IndexMap::new();
    for (family_key, entry) in entries {
        let Some(entry) = Entry::of(entry) else {
            plan.skipped.push((family_key.clone(), "the entry is no object".to_owned()));
            continue;
        };
        let (model, pin, mut notes) = match entry.choice() {
            Found::Nothing => {
                plan.without_choice += 1;
                continue;
            }
            Found::Unusable(why) => {
                plan.skipped.push((family_key.clone(), why));
                continue;
            }
            Found::Choice { model, pin, note } => (model, pin, Vec::from_iter(note)),
        };
        let target = match key::of_family(family_key, &entry) {
            Ok(target) => target,
            Err(why) => {
                plan.skipped.push((family_key.clone(), why));
                continue;
            }
        };
        notes.extend(target.note);
        let row = ImportRow {
            family_key: family_key.clone(),
            key: target.key.clone(),
            selection: entry.selection(model, pin, now),
            note: (!notes.is_empty()).then(|| notes.join("; ")),
        };
        let found = (entry.updated(), row);
        match rows.entry(target.key) {
            Slot::Vacant(slot) => {
                slot.insert(found);
            }
            Slot::Occupied(mut slot) => {
                let later = found.0 > slot.get().0;
                let (lost, won) = if later {
                    let (_, lost) = slot.insert(found);
                    (lost.family_key, slot.get().1.family_key.clone())
                } else {
                    (found.1.family_key, slot.get().1.family_key.clone())
                };
                plan.skipped.push((lost, format!("`{won}` is the same conversation here, and was used later")));
            }
        }
    }
    plan.rows = rows.into_values().map(|(_, row)| row).collect();
    plan
}

impl ImportRow {
    /// What has to be done where `stored` is the row of [`ImportRow::key`] now. A choice that a person made here stays,
    /// unless `replace`; then it can be undone.
    pub fn step(&self, stored: Option<&Session>, replace: bool, now: Timestamp) -> ImportStep {
        let session = stored.cloned().unwrap_or_else(|| Session::new(self.key.clone(), now));
        let Choice { lasting, passing } = &session.choice;
        let says_the_same = |chosen: &Selection| {
            chosen.model == self.selection.model
                && chosen.pin.as_ref().map(|pin| &pin.profile) == self.selection.pin.as_ref().map(|pin| &pin.profile)
        };
        if passing.is_none() && lasting.as_ref().is_some_and(says_the_same) {
            return ImportStep::Present;
        }
        let by_a_person = [lasting, passing].into_iter().flatten().any(|chosen| chosen.source == Source::User);
        if by_a_person && !replace {
            return ImportStep::Kept(Box::new(session.choice));
        }
        ImportStep::Commit(Box::new(Session {
            previous: Some(session.choice),
            choice: Choice { lasting: Some(self.selection.clone()), passing: None },
            auto: None,
            updated: now,
            ..session
        }))
    }
}

/// JSON if it is that, because it is read ten times faster and these files grow to a hundred megabytes; else JSON5.
fn parse(text: &str) -> Result<Value, ImportFault> {
    serde_json::from_str(text)
        .or_else(|_| json5::from_str(text))
        .map_err(|fault: json5::Error| ImportFault::Syntax(fault.to_string()))
}
