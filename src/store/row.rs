//! Domain ⇄ columns, as any SQL database keeps them.
//!
//! What a statement has to find or compare is a column: keys, revision, times. What is only carried along is JSON text,
//! so that a field more is no migration, and a million sessions stay small: a choice is one text instead of twenty
//! columns that are mostly empty. Times in columns are nanoseconds since 1970.
//!
//! Structs are taken apart field by field, without `..`: a new field breaks this file instead of being lost by it.

#[cfg(feature = "cli")]
mod cells;
mod selection;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as NotAWord, StrDeserializer};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use crate::catalog::{ModelId, ProviderId};
use crate::health::{Bench, BenchScope};
use crate::history::Role;
use crate::menu::{Menu, MenuEntry, MenuId};
use crate::profile::Fingerprint;
use crate::session::{Actor, AutoChoice, EventId, Session};
use crate::store::row::selection::{ChoiceText, SelectionText};

#[cfg(feature = "cli")]
pub(crate) use cells::{make_sense, session_of};

/// What stands in the database makes no sense, in words that name the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a row of the table `{table}` does not make sense: {why}")]
pub(crate) struct RowFault {
    table: String,
    /// Tells nothing of what stands in the row: that may be a secret, or what somebody said.
    why: String,
}

#[cfg(feature = "cli")]
impl RowFault {
    /// What is wrong with the row, for whoever has named it.
    pub(crate) fn why(self) -> String {
        self.why
    }
}

/// A session in columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionRow {
    pub(crate) key: String,
    pub(crate) revision: i64,
    pub(crate) conversation: i64,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) parent: Option<String>,
    /// [`SessionText`]; `None` while nothing is chosen and nothing can be undone.
    pub(crate) state: Option<String>,
}

/// What is only carried along with a session.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct SessionText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lasting: Option<SelectionText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passing: Option<SelectionText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<ChoiceText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chosen: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto: Option<AutoChoice>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventId>,
}

impl SessionRow {
    pub(crate) fn of(session: &Session) -> Result<Self, RowFault> {
        let Session { key, parent, choice, previous, chosen, auto, events, conversation, revision, created, updated } =
            session;
        let ChoiceText { lasting, passing } = ChoiceText::of(choice);
        let text = SessionText {
            lasting,
            passing,
            previous: previous.as_ref().map(ChoiceText::of),
            chosen: *chosen,
            auto: auto.clone(),
            events: events.clone(),
        };
        Ok(Self {
            key: key.to_string(),
            revision: whole(*revision),
            conversation: whole(*conversation),
            created: nanos(*created),
            updated: nanos(*updated),
            parent: parent.as_ref().map(ToString::to_string),
            state: if text == SessionText::default() { None } else { Some(json("sessions", &text)?) },
        })
    }

    pub(crate) fn read(self) -> Result<Session, RowFault> {
        let Self { key, revision, conversation, created, updated, parent, state } = self;
        let SessionText { lasting, passing, previous, chosen, auto, events } = match state {
            Some(text) => from_json("sessions", &text)?,
            None => SessionText::default(),
        };
        Ok(Session {
            key: key.parse().map_err(|fault| broken("sessions", &fault))?,
            parent: parent.map(|key| key.parse()).transpose().map_err(|fault| broken("sessions", &fault))?,
            choice: ChoiceText { lasting, passing }.read(),
            previous: previous.map(ChoiceText::read),
            chosen,
            auto,
            events,
            conversation: counter("sessions", conversation)?,
            revision: counter("sessions", revision)?,
            created: time("sessions", created)?,
            updated: time("sessions", updated)?,
        })
    }
}

/// The scope of a bench in columns. A primary key must not hold NULL, so "every" is the empty text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScopeRow {
    pub(crate) provider: String,
    pub(crate) fingerprint: String,
    pub(crate) model: String,
}

impl ScopeRow {
    pub(crate) fn of(scope: &BenchScope) -> Self {
        let BenchScope { provider, fingerprint, model } = scope;
        Self {
            provider: provider.to_string(),
            fingerprint: fingerprint.as_ref().map(ToString::to_string).unwrap_or_default(),
            model: model.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    fn read(self) -> Result<BenchScope, RowFault> {
        let Self { provider, fingerprint, model } = self;
        Ok(BenchScope {
            provider: provider
                .parse()
                .map_err(|fault: <ProviderId as std::str::FromStr>::Err| broken("benches", &fault))?,
            fingerprint: (!fingerprint.is_empty()).then(|| Fingerprint::from_stored(&fingerprint)),
            model: ModelId::new(&model),
        })
    }
}

/// A bench in columns, its scope apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BenchRow {
    pub(crate) class: String,
    pub(crate) strikes: u32,
    pub(crate) since: i64,
    pub(crate) until: Option<i64>,
}

impl BenchRow {
    pub(crate) fn of(bench: &Bench) -> Self {
        let Bench { scope: _, class, strikes, since, until } = bench;
        Self { class: class.as_str().to_owned(), strikes: *strikes, since: nanos(*since), until: until.map(nanos) }
    }

    pub(crate) fn read(self, scope: ScopeRow) -> Result<Bench, RowFault> {
        let Self { class, strikes, since, until } = self;
        Ok(Bench {
            scope: scope.read()?,
            class: word("benches", &class)?,
            strikes,
            since: time("benches", since)?,
            until: until.map(|until| time("benches", until)).transpose()?,
        })
    }
}

/// A menu in columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MenuRow {
    pub(crate) id: String,
    pub(crate) session: String,
    pub(crate) shown: i64,
    pub(crate) expires: i64,
    pub(crate) numbered: bool,
    /// [`MenuText`].
    pub(crate) body: String,
}

/// What is only carried along with a menu.
#[derive(Debug, Serialize, Deserialize)]
struct MenuText {
    actor: Actor,
    entries: Vec<MenuEntry>,
}

impl MenuRow {
    pub(crate) fn of(menu: &Menu) -> Result<Self, RowFault> {
        let Menu { id, session, actor, entries, shown, expires } = menu;
        let MenuId(id) = id;
        Ok(Self {
            id: id.clone(),
            session: session.to_string(),
            shown: nanos(*shown),
            expires: nanos(*expires),
            numbered: menu.is_numbered(),
            body: json("menus", &MenuText { actor: actor.clone(), entries: entries.clone() })?,
        })
    }

    pub(crate) fn read(self) -> Result<Menu, RowFault> {
        let Self { id, session, shown, expires, numbered: _, body } = self;
        let MenuText { actor, entries } = from_json("menus", &body)?;
        Ok(Menu {
            id: MenuId(id),
            session: session.parse().map_err(|fault| broken("menus", &fault))?,
            actor,
            entries,
            shown: time("menus", shown)?,
            expires: time("menus", expires)?,
        })
    }
}

/// Who spoke, as a column has it.
pub(crate) fn role_word(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// Who spoke, by the word of [`role_word`].
pub(crate) fn role_of(word: &str) -> Result<Role, RowFault> {
    self::word("history", word)
}

/// What the word in a column of `table` stands for.
fn word<'a, T: Deserialize<'a>>(table: &str, word: &'a str) -> Result<T, RowFault> {
    let unknown = |_: NotAWord| broken(table, &"it has a word that stands for nothing here");
    T::deserialize(StrDeserializer::new(word)).map_err(unknown)
}

/// `value` as the JSON text that `table` keeps of it.
pub(crate) fn json(table: &str, value: &impl Serialize) -> Result<String, RowFault> {
    serde_json::to_string(value).map_err(|fault| broken(table, &fault))
}

/// What the JSON text in `table` says.
pub(crate) fn from_json<T: DeserializeOwned>(table: &str, text: &str) -> Result<T, RowFault> {
    serde_json::from_str(text).map_err(|fault| {
        let what = match fault.classify() {
            Category::Io | Category::Syntax => "its text is no JSON",
            Category::Eof => "its text ends too early",
            Category::Data => "its JSON is not what it should be",
        };
        broken(table, &format!("{what}, at column {}", fault.column()))
    })
}

/// Nanoseconds since 1970; a time after 2262 (or before 1677) becomes the last (or first) that fits.
pub(crate) fn nanos(time: Timestamp) -> i64 {
    let nanos = time.as_nanosecond();
    i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX })
}

/// The time that [`nanos`] wrote.
pub(crate) fn time(table: &str, nanos: i64) -> Result<Timestamp, RowFault> {
    Timestamp::from_nanosecond(i128::from(nanos)).map_err(|fault| broken(table, &fault))
}

/// A counter as SQL has it. No counter gets anywhere near the end of either type.
pub(crate) fn whole(counter: u64) -> i64 {
    i64::try_from(counter).unwrap_or(i64::MAX)
}

/// The counter that [`whole`] wrote.
pub(crate) fn counter(table: &str, counter: i64) -> Result<u64, RowFault> {
    u64::try_from(counter).map_err(|fault| broken(table, &fault))
}

/// A fault that names the table.
pub(crate) fn broken(table: &str, why: &impl std::fmt::Display) -> RowFault {
    RowFault { table: table.to_owned(), why: why.to_string() }
}
