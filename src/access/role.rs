//! What somebody is on a channel.

use modelpin_chat::{Conversation, Inbound, Room};

use crate::access::rules::{People, Rules};
use crate::access::{Action, Denied, allowlist};
use crate::config::{Config, RolesConfig};

/// The channel whose people have already been let in by the operating system.
const TERMINAL: &str = "terminal";

/// Somebody who wants something, and where.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// Where.
    pub conversation: &'a Conversation,
    /// What that is a room of, on platforms where chats are part of something larger.
    pub room: Option<&'a Room>,
    /// The platform's id of the person; of the chat itself, for who writes in its name.
    pub id: &'a str,
    /// The ids of the roles that the person has there.
    pub roles: &'a [String],
}

impl<'a> From<&'a Inbound> for Asker<'a> {
    fn from(inbound: &'a Inbound) -> Self {
        Self {
            conversation: &inbound.conversation,
            room: inbound.room.as_ref(),
            id: &inbound.sender.id,
            roles: &inbound.sender.roles,
        }
    }
}

/// What somebody is on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// On no list.
    Stranger,
    /// On the allowlist that applies, or in `access.roles.member`.
    Member,
    /// In `access.roles.operator`: by id, or by a role that the platform gives.
    Operator,
    /// Named in `commands.ownerAllowFrom` or `access.roles.owner`, or sitting at the machine.
    Owner,
}

/// The role of `asker` for `action`.
///
/// Where a chat is switched off, it is for everybody. Owners are owners in every other chat, operators in every one where
/// the bot answers. `commands.allowFrom`, where it applies to the channel, is the only list of people for commands; talking
/// is ruled by the channel's own lists. An empty list admits nobody, a missing group list falls back to the list for private
/// chats.
///
/// # Errors
/// The chat is not one where the bot answers.
pub(super) fn role(config: &Config, asker: &Asker<'_>, action: Action) -> Result<Role, Denied> {
    let channel = &asker.conversation.channel;
    if channel == TERMINAL {
        return Ok(Role::Owner);
    }
    let rules = Rules::of(config, asker);
    if rules.off {
        return Err(Denied::SwitchedOff);
    }
    let RolesConfig { owner, operator, member } = &config.access.roles;
    let has = |list: &[String]| {
        allowlist::names(list, channel, asker.id) || allowlist::names_role(list, channel, asker.roles)
    };
    // Whoever hands out roles on the platform must not make owners of the bot: these are named one by one.
    if [&config.commands.owners, owner].iter().any(|list| allowlist::names(list, channel, asker.id)) {
        return Ok(Role::Owner);
    }
    if !rules.listed {
        return Err(Denied::ChatNotListed);
    }
    if has(operator) {
        return Ok(Role::Operator);
    }
    let commands = config.commands.allow_from.get(channel).or_else(|| config.commands.allow_from.get("*"));
    let people = match (action, commands) {
        (Action::See | Action::SwitchModel | Action::ChooseCredential | Action::Administer, Some(list)) => {
            People::Listed(list)
        }
        (Action::See | Action::SwitchModel | Action::ChooseCredential | Action::Administer, None)
        | (Action::Talk, _) => rules.people,
    };
    let is_member = match people {
        People::All => true,
        People::Listed(list) => allowlist::admits(list, channel, asker.id),
        People::Members { users, roles } => {
            allowlist::admits(users, channel, asker.id) || allowlist::names_role(roles, channel, asker.roles)
        }
    };
    Ok(if is_member || has(member) { Role::Member } else { Role::Stranger })
}

/// Whether anything hangs on who has that role of the platform: somebody's role here, or a credential.
pub fn is_role_named(config: &Config, channel: &str, role: &str) -> bool {
    let RolesConfig { owner: _, operator, member } = &config.access.roles;
    let grants =
        config.auth.profiles.values().filter_map(|profile| profile.grants.as_ref()).map(|grants| &grants.roles);
    let role = [role.to_owned()];
    [operator, member].into_iter().chain(grants).any(|list| allowlist::names_role(list, channel, &role))
}

/// What `asker` is where commands are concerned, for `/whoami`.
pub fn role_of(config: &Config, asker: &Asker<'_>) -> Role {
    role(config, asker, Action::See).unwrap_or(Role::Stranger)
}

/// Whether nobody at all is answered where `asker` is, not even with a refusal.
pub fn is_switched_off(config: &Config, asker: &Asker<'_>) -> bool {
    asker.conversation.channel != TERMINAL && Rules::of(config, asker).off
}

/// Whether ordinary talk where `asker` is has to be addressed to the bot, because people also talk to each other there.
pub fn wants_mention(config: &Config, asker: &Asker<'_>) -> bool {
    asker.conversation.channel != TERMINAL && Rules::of(config, asker).wants_mention
}
