//! What somebody is on a channel.

use modelpin_chat::{Conversation, Inbound, Kind};

use crate::access::{Action, allowlist};
use crate::config::Config;

/// The channel whose people have already been let in by the operating system.
const TERMINAL: &str = "terminal";

/// Somebody who wants something, and where.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// Where.
    pub conversation: &'a Conversation,
    /// The platform's id of the person.
    pub id: &'a str,
}

impl<'a> From<&'a Inbound> for Asker<'a> {
    fn from(inbound: &'a Inbound) -> Self {
        Self { conversation: &inbound.conversation, id: &inbound.sender.id }
    }
}

/// What somebody is on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Named in `commands.ownerAllowFrom`, or sitting at the machine.
    Owner,
    /// On the allowlist that applies.
    Member,
    /// On none.
    Stranger,
}

/// The role of `asker` for `action`.
///
/// `commands.allowFrom`, where it applies to the channel, is the only list for commands; talking is ruled by the
/// channel's own lists. An empty list admits nobody, a missing group list falls back to the list for private chats.
pub(super) fn role(config: &Config, asker: &Asker<'_>, action: Action) -> Role {
    let Conversation { channel, kind, .. } = asker.conversation;
    if channel == TERMINAL || allowlist::names(&config.commands.owners, channel, asker.id) {
        return Role::Owner;
    }
    let commands = config.commands.allow_from.get(channel).or_else(|| config.commands.allow_from.get("*"));
    let list = match (action, commands) {
        (Action::See | Action::SwitchModel | Action::ChooseCredential | Action::Administer, Some(list)) => Some(list),
        _ => config.channels.get(channel).and_then(|lists| match kind {
            Kind::Dm => lists.allow_from.as_ref(),
            Kind::Group | Kind::Channel => lists.group_allow_from.as_ref().or(lists.allow_from.as_ref()),
        }),
    };
    if list.is_some_and(|list| allowlist::admits(list, channel, asker.id)) { Role::Member } else { Role::Stranger }
}
