//! `access.*`: what somebody is, and what that allows in which chat. Only modelpin has these keys.

use indexmap::IndexMap;

#[cfg(feature = "cli")]
use crate::catalog::ProviderId;

/// `access.*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPolicy {
    /// `access.roles`.
    pub roles: RolesConfig,
    /// `access.chats`, by `<channel>:<id>` of a chat or of a server, `<channel>`, or `*` for every group.
    pub chats: IndexMap<String, ChatPolicy>,
    /// `access.bringOwn`: whether people may bring credentials of their own, for themselves alone. They may unless it is
    /// `false`.
    pub bring_own: bool,
}

impl Default for AccessPolicy {
    fn default() -> Self {
        Self { roles: RolesConfig::default(), chats: IndexMap::new(), bring_own: true }
    }
}

/// `access.roles`: who is what, beside what the lists of the channels say. Ids of people, and of roles that a platform
/// gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RolesConfig {
    /// `owner`.
    pub owner: Vec<String>,
    /// `operator`.
    pub operator: Vec<String>,
    /// `member`.
    pub member: Vec<String>,
}

/// One entry of `access.chats`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChatPolicy {
    /// `switchModel`: who may choose the model.
    pub switch_model: Option<Rank>,
    /// `chooseCredential`: who may choose the credential.
    pub choose_credential: Option<Rank>,
    /// `pairs`: which models answer there with which credentials; all where it is not said.
    pub pairs: Option<Vec<Pair>>,
}

/// What somebody has to be at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Whoever is let in.
    Member,
    /// Whoever looks after the bot.
    Operator,
    /// Whose bot it is.
    Owner,
}

/// A model and a credential, `anthropic/*@anthropic:work`; `*` stands for any text in either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    model: String,
    profile: String,
}

impl Pair {
    /// Reads `model@profile`; without `@`, any profile. `None` where one of them is empty.
    pub fn read(text: &str) -> Option<Self> {
        // A profile's id may hold an `@`, and a model's does not.
        let (model, profile) = text.trim().split_once('@').unwrap_or((text.trim(), "*"));
        let is_there = !model.is_empty() && !profile.is_empty();
        is_there.then(|| Self { model: model.to_lowercase(), profile: profile.to_owned() })
    }

    /// Whether it names a credential of one provider for the models of another.
    #[cfg(feature = "cli")]
    pub(crate) fn can_never_be(&self) -> bool {
        let provider = |text: &str, end: char| {
            let (provider, _) = text.split_once(end)?;
            ProviderId::new(provider).filter(|_| !provider.contains('*'))
        };
        let (of_model, of_profile) = (provider(&self.model, '/'), provider(&self.profile, ':'));
        of_model.is_some_and(|of_model| of_profile.is_some_and(|of_profile| of_model != of_profile))
    }

    /// Whether it covers a model, `provider/model`.
    pub fn covers_model(&self, model: &str) -> bool {
        fits(&self.model, &model.to_lowercase())
    }

    /// Whether it covers a profile; a credential that is none (`None`) only where it covers any.
    pub fn covers_profile(&self, profile: Option<&str>) -> bool {
        profile.map_or_else(|| self.profile.bytes().all(|byte| byte == b'*'), |profile| fits(&self.profile, profile))
    }
}

impl std::fmt::Display for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.model, self.profile)
    }
}

/// Whether `text` is what `pattern` says, where `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    let mut rest = rest;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use proptest::prelude::{prop_assert, proptest};

    use super::{Pair, fits};

    #[test]
    fn a_star_is_anything() {
        for (pattern, text, wanted) in [
            ("*", "", true),
            ("*", "anthropic/x", true),
            ("anthropic/*", "anthropic/claude", true),
            ("anthropic/*", "openai/claude", false),
            ("*opus*", "anthropic/claude-opus-4-6", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("a*a", "a", false),
            ("exact", "exact", true),
            ("exact", "exactly", false),
            ("", "", true),
        ] {
            assert_eq!(fits(pattern, text), wanted, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pair_is_read_to_the_first_at() {
        let pair = Pair::read(" Anthropic/*@anthropic:ann@example.org ").unwrap();
        assert!(pair.covers_model("anthropic/claude-Opus") && pair.covers_profile(Some("anthropic:ann@example.org")));
        assert!(!pair.covers_profile(Some("anthropic:work")) && !pair.covers_profile(None));
        let any = Pair::read("openai/gpt-5").unwrap();
        assert!(any.covers_profile(Some("openai:team")) && any.covers_profile(None));
        assert!(["", "@x", "x@", " "].iter().all(|text| Pair::read(text).is_none()));
    }

    proptest! {
        #[test]
        fn whatever_is_left_out_a_star_covers(before in "[a-z/]{0,6}", left in "[a-z*/]{0,6}", after in "[a-z/]{0,6}") {
            let (pattern, text) = (format!("{before}*{after}"), format!("{before}{left}{after}"));
            prop_assert!(fits(&pattern, &text));
        }
    }
}
