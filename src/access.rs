//! Who may do what: one function decides for every channel and every surface.

mod allowlist;
mod grant;
mod guild;
mod role;
mod rules;

use crate::config::Config;
use crate::profile::ProfileId;

pub use role::{Asker, Role, is_switched_off, role_of, wants_mention};

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
    /// The profile is not that person's to use. It is answered as if it did not exist.
    ProfileHidden,
}

/// Whether `asker` may take `action`, with `profile` where a credential is named.
///
/// # Errors
/// [`Denied`] says which rule refused.
pub fn authorize(
    config: &Config,
    asker: &Asker<'_>,
    action: Action,
    profile: Option<&ProfileId>,
) -> Result<(), Denied> {
    let role = role::role(config, asker, action)?;
    match (role, action) {
        (Role::Stranger, _) => return Err(Denied::Stranger),
        (Role::Member, Action::Administer) => return Err(Denied::OwnersOnly),
        (Role::Owner, _)
        | (Role::Member, Action::Talk | Action::See | Action::SwitchModel | Action::ChooseCredential) => {}
    }
    match profile {
        Some(profile) if !grant::covers(config, asker, role, profile) => Err(Denied::ProfileHidden),
        _ => Ok(()),
    }
}

/// Whether the profile exists for `asker` at all: in lists, errors, buttons and rotation.
pub fn may_use(config: &Config, asker: &Asker<'_>, profile: &ProfileId) -> bool {
    authorize(config, asker, Action::Talk, Some(profile)).is_ok()
}

#[cfg(test)]
mod tests;
