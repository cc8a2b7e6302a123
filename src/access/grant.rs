//! Who may use a credential.

use crate::access::{Asker, Role, allowlist};
use crate::config::{Config, Visibility};
use crate::profile::ProfileId;

/// Whether somebody of that role is told that there is such a profile.
pub(super) fn is_named(config: &Config, role: Role, profile: &ProfileId) -> bool {
    let visibility = config.auth.profiles.get(profile).map(|profile| profile.visibility).unwrap_or_default();
    match visibility {
        Visibility::Everybody => true,
        Visibility::Operators => role >= Role::Operator,
    }
}

/// Whether the grants of `profile` cover `asker`. Without grants everybody is covered who is let in at all; of what somebody
/// has brought for themselves, they alone.
///
/// A grant to a role covers whoever has it where they ask: in private nobody has any.
pub(super) fn covers(config: &Config, asker: &Asker<'_>, role: Role, profile: &ProfileId) -> bool {
    let Some(grants) = config.auth.profiles.get(profile).and_then(|profile| profile.grants.as_ref()) else {
        return match profile.brought_by() {
            Some((channel, person)) => channel == asker.conversation.channel && person == asker.id,
            None => true,
        };
    };
    let channel = &asker.conversation.channel;
    (grants.owners && role == Role::Owner)
        || allowlist::names(&grants.users, channel, asker.id)
        || allowlist::names(&grants.chats, channel, &asker.conversation.peer)
        || allowlist::names_role(&grants.roles, channel, asker.roles)
}
