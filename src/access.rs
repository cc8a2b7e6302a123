//! Who may do what: one function decides for every channel and every surface.

mod allowlist;
mod chat;
mod grant;
mod guild;
mod role;
mod rules;

use modelpin_chat::Conversation;

use crate::catalog::ModelRef;
use crate::config::{Config, Rank};
use crate::profile::ProfileId;

pub use role::{Asker, Role, is_role_named, is_switched_off, role_of, wants_mention};

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Have the model answer.
    Talk,
    /// See what is chosen and what could be.
    See,
    /// Choose the model of a session.
    SwitchModel,
    /// Choose the credential of a session.
    ChooseCredential,
    /// Change what holds for everybody.
    Administer,
}

/// Why something is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The person is on no allowlist of that channel.
    Stranger,
    /// The chat is none of those that the bot is for.
    ChatNotListed,
    /// Nobody is answered in that chat. There is no reply.
    SwitchedOff,
    /// Only an owner may do that.
    OwnersOnly,
    /// Only an operator may do that.
    OperatorsOnly,
    /// That model, or that credential for it, does not answer in that chat.
    NotInThisChat,
    /// The profile is not that person's to use. It is answered as if it did not exist.
    ProfileHidden,
}

/// Whether `asker` may take `action`, with `model` and `profile` where they are named.
///
/// The one function that decides: for typed lines, slash commands, buttons, proposals, scripts and turns alike.
///
/// # Errors
/// [`Denied`] says which rule refused.
pub fn authorize(
    config: &Config,
    asker: &Asker<'_>,
    action: Action,
    model: Option<&ModelRef>,
    profile: Option<&ProfileId>,
) -> Result<(), Denied> {
    let role = role::role(config, asker, action)?;
    if role == Role::Stranger {
        return Err(Denied::Stranger);
    }
    match chat::rank(config, asker, action) {
        rank if role.is(rank) => {}
        Rank::Owner => return Err(Denied::OwnersOnly),
        Rank::Operator | Rank::Member => return Err(Denied::OperatorsOnly),
    }
    // Whose bot it is looks after all credentials, those too that are not theirs to use.
    let is_looked_after = role == Role::Owner && action == Action::Administer;
    if !is_looked_after && profile.is_some_and(|profile| !grant::covers(config, asker, role, profile)) {
        return Err(Denied::ProfileHidden);
    }
    // Whom it answers need not know of it; whoever names it has to.
    let names = action != Action::Talk;
    if names && profile.is_some_and(|profile| !grant::is_named(config, role, profile)) {
        return Err(Denied::ProfileHidden);
    }
    // An owner may do everything.
    if role == Role::Owner { Ok(()) } else { chat::admits(config, asker, model, profile) }
}

/// Whether the profile exists for `asker`: in lists, errors, buttons and proposals.
pub fn may_use(config: &Config, asker: &Asker<'_>, profile: &ProfileId) -> bool {
    is_granted(config, asker, profile) && grant::is_named(config, role_of(config, asker), profile)
}

/// Whether the profile may answer `asker`, whether they are told of it or not.
pub fn is_granted(config: &Config, asker: &Asker<'_>, profile: &ProfileId) -> bool {
    authorize(config, asker, Action::Talk, None, Some(profile)).is_ok()
}

/// Whether `model` may answer `asker` with a profile, or with a credential that is none (`None`).
pub fn may_answer(config: &Config, asker: &Asker<'_>, model: &ModelRef, profile: Option<&ProfileId>) -> bool {
    match profile {
        Some(profile) => authorize(config, asker, Action::Talk, Some(model), Some(profile)).is_ok(),
        None => role_of(config, asker) == Role::Owner || chat::admits_stray(config, asker, model),
    }
}

/// Whether what is said of a conversation lets `model` answer there with `profile`, whoever asks.
pub(crate) fn is_admitted_in(
    config: &Config,
    conversation: &Conversation,
    model: &ModelRef,
    profile: Option<&ProfileId>,
) -> bool {
    chat::admits(config, &Asker { conversation, room: None, id: "", roles: &[] }, Some(model), profile).is_ok()
}

#[cfg(test)]
mod tests;
