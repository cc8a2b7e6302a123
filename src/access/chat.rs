//! What is allowed in one chat, by what somebody is.

use modelpin_chat::{Kind, Thread};

use crate::access::{Action, Asker, Denied, Role, allowlist};
use crate::catalog::ModelRef;
use crate::config::{ChatPolicy, Config, Pair, Rank};
use crate::profile::ProfileId;

/// The entry that stands for every group.
const EVERY: &str = "*";

/// What somebody has to be for `action` where `asker` is.
///
/// In a group, choosing the credential is for operators unless something else is configured: what one person chooses there
/// is paid with by everybody's turns.
pub(super) fn rank(config: &Config, asker: &Asker<'_>, action: Action) -> Rank {
    let said = |key: fn(&ChatPolicy) -> Option<Rank>| policies(config, asker).find_map(key);
    match action {
        Action::Talk | Action::See => Rank::Member,
        Action::SwitchModel => said(|policy| policy.switch_model).unwrap_or(Rank::Member),
        Action::ChooseCredential => said(|policy| policy.choose_credential).unwrap_or(match asker.conversation.kind {
            Kind::Dm => Rank::Member,
            Kind::Group | Kind::Channel => Rank::Operator,
        }),
        Action::Administer => Rank::Operator,
    }
}

/// Whether that model may answer with that credential where `asker` is; either is `None` where it is not decided yet.
///
/// # Errors
/// A profile that no pair of the chat names does not exist there. Else the chat is said to be the reason.
pub(super) fn admits(
    config: &Config,
    asker: &Asker<'_>,
    model: Option<&ModelRef>,
    profile: Option<&ProfileId>,
) -> Result<(), Denied> {
    let Some(pairs) = pairs(config, asker) else { return Ok(()) };
    let profile = profile.map(ProfileId::as_str);
    let of_profile = |pair: &&Pair| profile.is_none_or(|profile| pair.covers_profile(Some(profile)));
    let model = model.map(ToString::to_string);
    let of_model = |pair: &&Pair| model.as_deref().is_none_or(|model| pair.covers_model(model));
    if !pairs.iter().any(|pair| of_profile(&pair)) {
        return Err(Denied::ProfileHidden);
    }
    if pairs.iter().any(|pair| of_profile(&pair) && of_model(&pair)) { Ok(()) } else { Err(Denied::NotInThisChat) }
}

/// Whether a credential that is no profile may answer with that model where `asker` is.
pub(super) fn admits_stray(config: &Config, asker: &Asker<'_>, model: &ModelRef) -> bool {
    let model = model.to_string();
    let covers = |pair: &Pair| pair.covers_model(&model) && pair.covers_profile(None);
    pairs(config, asker).is_none_or(|pairs| pairs.iter().any(covers))
}

fn pairs<'a>(config: &'a Config, asker: &Asker<'_>) -> Option<&'a [Pair]> {
    policies(config, asker).find_map(|policy| policy.pairs.as_deref())
}

/// The entries that are about where `asker` is, the nearest first: of the thread, of the chat, of its server; then, in
/// groups, of the channel and of all.
fn policies<'a>(config: &'a Config, asker: &Asker<'_>) -> impl Iterator<Item = &'a ChatPolicy> {
    let conversation = asker.conversation;
    let channel = conversation.channel.as_str();
    let named =
        |id: &str| config.access.chats.iter().find(|(key, _)| key.contains(':') && allowlist::is(key, channel, id));
    // The number of a topic is its group's own, so it names nothing by itself.
    let thread = conversation.thread.as_ref().and_then(|thread| match thread {
        Thread::Thread(id) => named(id),
        Thread::Topic(_) => None,
    });
    let chat = named(&conversation.peer);
    let server = asker.room.and_then(|room| named(&room.server));
    let is_group = conversation.kind != Kind::Dm;
    let of = |name: &str| config.access.chats.iter().find(|(key, _)| is_group && key.eq_ignore_ascii_case(name));
    let (channel, all) = (of(channel), of(EVERY));
    [thread, chat, server, channel, all].into_iter().flatten().map(|(_, policy)| policy)
}

impl Role {
    /// Whether that is enough.
    pub(super) fn is(self, rank: Rank) -> bool {
        match rank {
            Rank::Member => self >= Self::Member,
            Rank::Operator => self >= Self::Operator,
            Rank::Owner => self == Self::Owner,
        }
    }
}
