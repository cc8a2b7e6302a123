//! What an import did, or would do.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::import::openclaw::profiles::{Outcome, Plan};
use crate::cli::models::auth::{end, fingerprint, kind};
use crate::cli::sessions::pins::{self, Row};
use crate::profile::{Fate, Profile, Usage};

/// What an import did, or would do.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// Whether anything was to be written.
    pub(crate) applied: bool,
    /// OpenClaw's state directory.
    pub(crate) from: String,
    /// One for each store that something goes into.
    pub(crate) files: Vec<File>,
    /// One for each session in which something is chosen.
    pub(crate) pins: Vec<Row>,
    /// How many sessions have no choice at all.
    pub(crate) sessions_without_choice: usize,
    /// What stays behind, and why.
    pub(crate) left: Vec<String>,
}

/// What becomes of one store.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct File {
    /// Whose it is.
    pub(crate) agent: String,
    pub(crate) file: String,
    /// Whether it was written, or would be.
    pub(crate) changed: bool,
    /// How many secrets were read back from it and are what they were.
    pub(crate) verified: Option<usize>,
    pub(crate) profiles: Vec<ProfileRow>,
    pub(crate) order: Vec<OrderRow>,
    pub(crate) health: Vec<HealthRow>,
}

/// What becomes of one profile.
#[derive(Serialize)]
pub(crate) struct ProfileRow {
    pub(crate) id: String,
    pub(crate) provider: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// A short hash of the secret.
    pub(crate) fingerprint: Option<String>,
    pub(crate) expires: Option<String>,
    pub(crate) fate: Fate,
    /// What is not obvious about it, in words.
    pub(crate) why: Option<&'static str>,
}

/// What becomes of the order of one provider.
#[derive(Serialize)]
pub(crate) struct OrderRow {
    pub(crate) provider: String,
    pub(crate) profiles: Vec<String>,
    pub(crate) fate: Fate,
    pub(crate) why: Option<&'static str>,
}

/// What becomes of what was noted about a profile.
#[derive(Serialize)]
pub(crate) struct HealthRow {
    pub(crate) profile: String,
    /// When it may be tried again, where that is still to come.
    pub(crate) until: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) fate: Fate,
    pub(crate) why: Option<&'static str>,
}

impl ProfileRow {
    /// Whether it comes to be here by this.
    pub(crate) fn is_new(&self) -> bool {
        self.fate.changes()
    }
}

impl File {
    /// What became of the store in `plan`.
    pub(crate) fn of(plan: &Plan<'_>, outcome: &Outcome, now: Timestamp) -> Self {
        let (brought, path) = (&plan.wanted.brought, &plan.origin.path);
        let Outcome { over, verified, changes } = outcome;
        let profiles: HashMap<String, Profile> =
            brought.profiles(path).into_iter().map(|profile| (profile.id.to_string(), profile)).collect();
        let orders: HashMap<&str, Vec<String>> =
            brought.orders().map(|(provider, ids)| (provider, ids.iter().map(ToString::to_string).collect())).collect();
        let usage: HashMap<String, Usage> =
            brought.usage(path).into_iter().map(|(id, usage)| (id.to_string(), usage)).collect();
        Self {
            agent: plan.wanted.agent.to_string(),
            file: path.display().to_string(),
            changed: *changes,
            verified: *verified,
            profiles: over
                .profiles
                .iter()
                .filter_map(|(id, fate)| Some(profile_row(profiles.get(id)?, *fate)))
                .collect(),
            order: over
                .orders
                .iter()
                .map(|(provider, fate)| OrderRow {
                    provider: provider.clone(),
                    profiles: orders.get(provider.as_str()).cloned().unwrap_or_default(),
                    fate: *fate,
                    why: why(*fate),
                })
                .collect(),
            health: over.usage.iter().map(|(id, fate)| health_row(id, usage.get(id), *fate, now)).collect(),
        }
    }

    /// Whether something was written to it, or would be.
    pub(crate) fn is_new(&self) -> bool {
        self.changed
    }
}

impl Report {
    /// How it went, and what to type next.
    pub(crate) fn summary(&self, to_apply: &str) -> String {
        let profiles: Vec<&ProfileRow> = self.files.iter().flat_map(|file| &file.profiles).collect();
        let new = profiles.iter().filter(|row| row.is_new()).count();
        let pins = self.pins.iter().filter(|row| row.fate == pins::Fate::Taken).count();
        let numbers = format!("{new} of {} profiles and {pins} of {} pins", profiles.len(), self.pins.len());
        let changes = pins > 0 || self.files.iter().any(|file| file.changed);
        match (self.applied, changes) {
            (true, true) => {
                let verified: usize = self.files.iter().filter_map(|file| file.verified).sum();
                format!("{numbers} taken over from {}; {verified} secrets read back and found the same.", self.from)
            }
            (false, true) => {
                format!("{numbers} would be taken over from {}; nothing was written. To do it: {to_apply}", self.from)
            }
            (_, false) => format!("Nothing to take over from {} that is not here; nothing was written.", self.from),
        }
    }
}

fn profile_row(profile: &Profile, fate: Fate) -> ProfileRow {
    ProfileRow {
        id: profile.id.to_string(),
        provider: profile.provider.to_string(),
        kind: kind(&profile.credential),
        fingerprint: fingerprint(&profile.credential).map(|fingerprint| fingerprint.to_string()),
        expires: end(&profile.credential).map(|end| format!("{end:.0}")),
        fate,
        why: why(fate),
    }
}

fn health_row(id: &str, usage: Option<&Usage>, fate: Fate, now: Timestamp) -> HealthRow {
    let until = usage.and_then(|usage| usage.cooling(None, now));
    HealthRow {
        profile: id.to_owned(),
        until: until.map(|until| format!("{until:.0}")),
        reason: usage.filter(|_| until.is_some()).and_then(|usage| usage.cooldown_reason.clone()),
        fate,
        why: why(fate),
    }
}

/// What is to be said of it, where the word is not enough.
fn why(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::Taken => None,
        Fate::Replaced => Some("in place of something else"),
        Fate::Present => Some("here already"),
        Fate::Kept => Some("something else is here, and stays without --replace"),
        Fate::Outdated => Some("the same login is here and ends later, so it stays"),
    }
}
