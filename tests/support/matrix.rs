//! Who may do what, by whichever way they do it: the table that every channel is held to.

/// Who.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// An owner of the bot.
    Owner,
    /// Somebody on the allowlist.
    Allowed,
    /// Somebody else who is in the same conversation.
    Other,
    /// Another bot there.
    Bot,
    /// What writes there without being a user: a webhook, or a channel.
    Webhook,
}

/// By which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// A typed line.
    Text,
    /// A command that was filled in.
    Command,
    /// A button of a menu that they were shown.
    Press,
    /// What is proposed while a command is filled in.
    Completion,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is done, with the credential that was named.
    Done,
    /// It is refused, and the profile that was named is as good as not there.
    Hidden,
    /// It is refused, as everything is.
    Refused,
    /// Nothing is done, and nothing said.
    Unheard,
}

/// All people.
pub(crate) const PEOPLE: [Who; 3] = [Who::Owner, Who::Allowed, Who::Other];
/// What else writes. It has one way: text.
pub(crate) const MACHINES: [Who; 2] = [Who::Bot, Who::Webhook];
/// Every way.
pub(crate) const WAYS: [Way; 4] = [Way::Text, Way::Command, Way::Press, Way::Completion];

/// What becomes of choosing a credential, which is granted to the owners only or to everybody. The way makes no
/// difference, and no channel is in the table: neither does it.
pub(crate) fn decision(who: Who, owners_only: bool) -> Decision {
    match (who, owners_only) {
        (Who::Owner, _) | (Who::Allowed, false) => Decision::Done,
        (Who::Allowed, true) => Decision::Hidden,
        (Who::Other, _) => Decision::Refused,
        (Who::Bot | Who::Webhook, _) => Decision::Unheard,
    }
}
