//! How models, profiles and times are written for people.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::catalog::{Catalog, ModelRef};
use crate::config::{AuthConfig, Visibility};
use crate::directive::Lifetime;
use crate::profile::ProfileId;
use crate::resolver::CredentialId;
use crate::session::{Actor, Selection, Until};

/// A credential that is named to operators only.
const UNNAMED: &str = "a credential of the bot's";

/// The way names and times are written in one conversation at one moment.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    /// Where aliases come from.
    pub(crate) catalog: &'a Catalog,
    /// Whether others than the person who asked read along: then no e-mail address is shown.
    pub(crate) group: bool,
    /// What is configured of the profiles.
    pub(crate) auth: &'a AuthConfig,
    /// Whether those too are named that are named to operators only: to one of them, in private.
    pub(crate) names_all: bool,
    /// Whether `/new` leaves what is chosen as it is.
    pub(crate) keep_on_new: bool,
    /// Now.
    pub(crate) now: Timestamp,
}

impl Words<'_> {
    /// A model: `opus (anthropic/claude-opus-4-6)`, or the ref alone where it has no alias.
    pub(crate) fn model(&self, model: &ModelRef) -> String {
        self.catalog.label(model)
    }

    /// A model whose ref stands as text, in a receipt.
    pub(crate) fn model_text(&self, model: &str) -> String {
        model.parse::<ModelRef>().map_or_else(|_| model.to_owned(), |model| self.model(&model))
    }

    /// A credential by its name.
    pub(crate) fn credential(&self, credential: &CredentialId) -> String {
        match credential {
            CredentialId::None => "no credential".to_owned(),
            CredentialId::Profile(_) | CredentialId::Env(_) | CredentialId::Config(_) => {
                self.name(&credential.to_string())
            }
        }
    }

    /// A profile id, without the e-mail address in it where others read along, and not at all where it is for operators.
    pub(crate) fn name(&self, name: &str) -> String {
        if !self.names_all && self.is_for_operators(name) {
            return UNNAMED.to_owned();
        }
        if self.group { hide_address(name) } else { name.to_owned() }
    }

    fn is_for_operators(&self, name: &str) -> bool {
        let profile = ProfileId::new(name).and_then(|id| self.auth.profiles.get(&id));
        profile.is_some_and(|profile| profile.visibility == Visibility::Operators)
    }

    /// A moment: `14:05 UTC` today, with the date on another day.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        let (at, now) = (at.to_zoned(TimeZone::UTC), self.now.to_zoned(TimeZone::UTC));
        let format = if at.date() == now.date() { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" };
        at.strftime(format).to_string()
    }

    /// A moment to come, to the second where it is near: `14:05:30 UTC`.
    pub(crate) fn deadline(&self, at: Timestamp) -> String {
        if at.duration_since(self.now) < SignedDuration::from_hours(1) {
            return at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S UTC").to_string();
        }
        self.time(at)
    }

    /// A moment to come, with how far off it is: `14:05:30 UTC (in 4m)`.
    pub(crate) fn until(&self, at: Timestamp) -> String {
        let seconds = at.duration_since(self.now).as_secs().max(0);
        format!("{} (in {})", self.deadline(at), about(seconds.unsigned_abs()))
    }

    /// How long a selection holds, as the end of a sentence.
    pub(crate) fn lifetime(&self, selection: &Selection) -> String {
        match selection.until {
            Until::Changed if self.keep_on_new => "until it is changed".to_owned(),
            Until::Changed => "until it is changed or /new is typed".to_owned(),
            Until::Time(end) => format!("until {}", self.until(end)),
            Until::NextTurn => "for the next message only".to_owned(),
        }
    }

    /// Who chose.
    pub(crate) fn actor(&self, actor: &Actor) -> String {
        let name = actor.name.as_deref().unwrap_or(&actor.id);
        if self.group { hide_address(name) } else { name.to_owned() }
    }
}

/// The end of a selection that is made now.
pub(crate) fn end(lifetime: Lifetime, now: Timestamp) -> Until {
    match lifetime {
        Lifetime::Lasting => Until::Changed,
        Lifetime::Once => Until::NextTurn,
        Lifetime::For(length) => {
            let end = SignedDuration::try_from(length).ok().and_then(|length| now.checked_add(length).ok());
            Until::Time(end.unwrap_or(Timestamp::MAX))
        }
    }
}

/// A length of time in its two largest units: `45s`, `4m`, `2h 5m`, `3d 4h`.
pub(crate) fn about(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, minutes) => format!("{minutes}m"),
        (0, hours, 0) => format!("{hours}h"),
        (0, hours, minutes) => format!("{hours}h {minutes}m"),
        (days, 0, _) => format!("{days}d"),
        (days, hours, _) => format!("{days}d {hours}h"),
    }
}

/// `anthropic:me@example.com` → `anthropic:m…@…`: enough for its owner to recognise, not enough to write to.
fn hide_address(name: &str) -> String {
    let Some((before, after)) = name.split_once('@') else { return name.to_owned() };
    let starts = before.rfind([':', ' ', '/']).map_or(0, |at| at + 1);
    match before[starts..].chars().next() {
        Some(first) if after.contains('.') => format!("{}{first}…@…", &before[..starts]),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{about, hide_address};

    #[test]
    fn lengths_keep_two_units() {
        let cases =
            [(0, "0s"), (59, "59s"), (60, "1m"), (3_599, "59m"), (7_500, "2h 5m"), (86_400, "1d"), (270_000, "3d 3h")];
        for (seconds, words) in cases {
            assert_eq!(about(seconds), words);
        }
    }

    #[test]
    fn addresses_are_hidden_and_nothing_else() {
        assert_eq!(hide_address("anthropic:me@example.com"), "anthropic:m…@…");
        assert_eq!(hide_address("anthropic:work"), "anthropic:work");
        assert_eq!(hide_address("lmstudio:q8@4bit"), "lmstudio:q8@4bit");
        assert_eq!(hide_address("me@example.com"), "m…@…");
    }
}
