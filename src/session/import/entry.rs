//! One entry of a family's session store.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::catalog::{ModelId, ModelRef, ProviderId};
use crate::profile::ProfileId;
use crate::session::{Actor, Pin, Selection, Source, Until};

/// An entry, of which only a few fields are read.
#[derive(Debug)]
pub(crate) struct Entry<'a>(&'a Map<String, Value>);

/// What an entry says about model and credential.
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// Something that is not taken over; why, in words.
    Unusable(String),
    /// A choice; at least one of the two is there.
    Choice {
        model: Option<ModelRef>,
        pin: Option<Pin>,
        /// What was left behind, in words.
        note: Option<String>,
    },
}

impl<'a> Entry<'a> {
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// A field with text in it that is not blank.
    pub(crate) fn text(&self, field: &str) -> Option<&'a str> {
        self.0.get(field)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// When the session was last used.
    pub(crate) fn updated(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.0.get("updatedAt")?.as_i64()?).ok()
    }

    pub(crate) fn choice(&self) -> Found {
        let (model, model_left) = match self.model() {
            Ok(model) => (model, None),
            Err(why) => (None, Some(why)),
        };
        let (pin, pin_left) = match self.pin() {
            Ok(pin) => (pin, None),
            Err(why) => (None, Some(why)),
        };
        let left: Vec<String> = model_left.into_iter().chain(pin_left).collect();
        let note = (!left.is_empty()).then(|| left.join("; "));
        match (&model, &pin, note) {
            (None, None, None) => Found::Nothing,
            (None, None, Some(why)) => Found::Unusable(why),
            (_, _, note) => Found::Choice { model, pin, note },
        }
    }

    pub(crate) fn selection(&self, model: Option<ModelRef>, pin: Option<Pin>, now: Timestamp) -> Selection {
        Selection {
            model,
            pin,
            source: Source::User,
            // Not later than the last use; the family does not write down when.
            since: self.updated().map_or(now, |used| used.min(now)),
            until: Until::Changed,
            by: Actor { channel: "cli".to_owned(), id: "import".to_owned(), name: None },
        }
    }

    fn model(&self) -> Result<Option<ModelRef>, String> {
        let Some(model) = self.text("modelOverride") else { return Ok(None) };
        if self.text("modelOverrideSource") == Some("auto") {
            return Err(format!("the model {model} was chosen by a fallback, not by a person"));
        }
        let read = match self.text("providerOverride") {
            Some(provider) => match (ProviderId::new(provider), ModelId::new(model)) {
                (Some(provider), Some(model)) => Some(ModelRef { provider, model }),
                (None, _) | (_, None) => None,
            },
            None => model.parse().ok(),
        };
        read.map(Some).ok_or_else(|| format!("the model {model} has no provider that makes sense"))
    }

    fn pin(&self) -> Result<Option<Pin>, String> {
        let Some(profile) = self.text("authProfileOverride").and_then(ProfileId::new) else { return Ok(None) };
        match self.text("authProfileOverrideSource") {
            Some("user") => Ok(Some(Pin { profile, account: None, by: None })),
            Some("auto") => Err(format!("the profile {profile} was chosen by rotation, not by a person")),
            Some(_) | None => Err(format!("nothing says that a person chose the profile {profile}; pin it anew if so")),
        }
    }
}
