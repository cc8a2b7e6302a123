//! A choice as the JSON text of a session's row: flat, and without what goes without saying.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::ModelRef;
use crate::profile::ProfileId;
use crate::session::{Actor, Choice, Pin, Selection, Source, Until};

/// [`Choice`] on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChoiceText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lasting: Option<SelectionText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) passing: Option<SelectionText>,
}

/// [`Selection`] on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SelectionText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<ModelRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "pinnedBy")]
    pinned_by: Option<Actor>,
    source: Source,
    since: Timestamp,
    /// Left out for [`Until::Changed`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Until>,
    by: Actor,
}

impl ChoiceText {
    pub(crate) fn of(choice: &Choice) -> Self {
        let Choice { lasting, passing } = choice;
        Self { lasting: lasting.as_ref().map(SelectionText::of), passing: passing.as_ref().map(SelectionText::of) }
    }

    pub(crate) fn read(self) -> Choice {
        let Self { lasting, passing } = self;
        Choice { lasting: lasting.map(SelectionText::read), passing: passing.map(SelectionText::read) }
    }
}

impl SelectionText {
    fn of(selection: &Selection) -> Self {
        let Selection { model, pin, source, since, until, by } = selection;
        let (profile, account, pinned_by) = match pin {
            Some(Pin { profile, account, by }) => (Some(profile.clone()), account.clone(), by.clone()),
            None => (None, None, None),
        };
        Self {
            model: model.clone(),
            profile,
            account,
            pinned_by,
            source: *source,
            since: *since,
            until: match until {
                Until::Changed => None,
                Until::Time(_) | Until::NextTurn => Some(*until),
            },
            by: by.clone(),
        }
    }

    fn read(self) -> Selection {
        let Self { model, profile, account, pinned_by, source, since, until, by } = self;
        Selection {
            model,
            pin: profile.map(|profile| Pin { profile, account, by: pinned_by }),
            source,
            since,
            until: until.unwrap_or(Until::Changed),
            by,
        }
    }
}
