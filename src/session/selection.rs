//! A choice of model and credential.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::ModelRef;
use crate::profile::ProfileId;

/// What was chosen for a session, by whom and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The model; `None` leaves it to the configured default.
    pub model: Option<ModelRef>,
    /// The credential; `None` leaves it to the auth order.
    pub pin: Option<Pin>,
    /// Whether a person chose, or the program.
    pub source: Source,
    /// When it was chosen.
    pub since: Timestamp,
    /// How long it holds.
    pub until: Until,
    /// Who chose.
    pub by: Actor,
}

impl Selection {
    /// Who pinned the credential.
    pub fn pinned_by(&self) -> &Actor {
        self.pin.as_ref().and_then(|pin| pin.by.as_ref()).unwrap_or(&self.by)
    }

    /// Whether it is the same choice, whatever credential of it is left for whom.
    pub(crate) fn is_choice_of(&self, other: &Self) -> bool {
        let Self { model, pin: _, source, since, until, by } = self;
        (model, source, since, until, by) == (&other.model, &other.source, &other.since, &other.until, &other.by)
    }

    /// The choice of `model` by nobody in particular, to ask what would follow from it.
    pub(crate) fn trial(model: ModelRef, now: Timestamp) -> Self {
        let by = Actor { channel: String::new(), id: String::new(), name: None };
        Self { model: Some(model), pin: None, source: Source::User, since: now, until: Until::Changed, by }
    }
}

/// A pinned credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The profile.
    pub profile: ProfileId,
    /// The account behind it when it was pinned (e-mail or account id), so that a new login of the same account under a
    /// new id can be recognised.
    pub account: Option<String>,
    /// Who pinned it; `None` for whoever made the choice that it is part of. Somebody else may have changed the model since.
    pub by: Option<Actor>,
}

/// Who made a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A person. Nothing but a person changes it.
    User,
    /// The program. A hint that ends by itself.
    Auto,
}

/// How long a selection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Until {
    /// Until somebody changes it.
    Changed,
    /// Until then.
    Time(Timestamp),
    /// For the next turn only.
    NextTurn,
}

/// Who did something: a person on a channel, or a user of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The channel, or `cli`.
    pub channel: String,
    /// The id there.
    pub id: String,
    /// The name shown to others.
    pub name: Option<String>,
}
