//! Credentials that somebody has brought for themselves.
//!
//! Whose one is stands in its id, so that nothing that is lost or edited elsewhere can make it everybody's.

use crate::catalog::ProviderId;
use crate::profile::ProfileId;

/// How the part behind the provider begins.
const OWN: &str = "own-";

impl ProfileId {
    /// The id of what a person of a channel has brought for `provider`: `anthropic:own-telegram-43`. `None` where their id
    /// there holds what a profile's id should not.
    pub fn own(provider: &ProviderId, channel: &str, person: &str) -> Option<Self> {
        let is_plain =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (is_plain(channel) && is_plain(person)).then(|| Self::short(provider, &format!("{OWN}{channel}-{person}")))
    }

    /// Who has brought it: the channel, and the person's id there. `None` for one that nobody has brought for themselves.
    pub fn brought_by(&self) -> Option<(&str, &str)> {
        let (_, name) = self.as_str().split_once(':')?;
        let (channel, person) = name.strip_prefix(OWN)?.split_once('-')?;
        (!channel.is_empty() && !person.is_empty()).then_some((channel, person))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use crate::catalog::ProviderId;
    use crate::profile::ProfileId;

    #[test]
    fn other_ids_are_nobodys_own() {
        for id in
            ["anthropic:work", "anthropic:own-", "anthropic:own-x", "anthropic:own--1", "own-telegram-1", "a:own-x-"]
        {
            assert_eq!(ProfileId::new(id).unwrap().brought_by(), None, "{id}");
        }
        let anthropic = ProviderId::new("anthropic").unwrap();
        assert_eq!(ProfileId::own(&anthropic, "telegram", "a-b"), None);
        assert_eq!(ProfileId::own(&anthropic, "tele-gram", "1"), None);
    }

    proptest! {
        #[test]
        fn who_has_brought_it_stands_in_it(channel in "[a-z]{1,9}", person in "[A-Za-z0-9_]{1,20}") {
            let id = ProfileId::own(&ProviderId::new("anthropic").unwrap(), &channel, &person).unwrap();
            prop_assert_eq!(id.brought_by(), Some((channel.as_str(), person.as_str())));
        }
    }
}
