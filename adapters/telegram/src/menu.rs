//! Telegram's own menu of commands: which lists are set where, and what was set the last time. Pure: nothing is sent.

mod list;
mod mark;

use std::collections::BTreeSet;
use std::fmt;

use modelpin_chat::{Audience, CommandEntry};
use teloxide::types::{BotCommand, BotCommandScope, ChatId, Recipient};

use crate::menu::mark::Mark;

/// What Telegram answers where a list is longer than it likes, which it does not say beforehand.
pub(crate) const TOO_MUCH: &str = "BOT_COMMANDS_TOO_MUCH";

/// What the menu of one bot should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Menu {
    everybody: Vec<BotCommand>,
    owners: Vec<BotCommand>,
    owner_ids: BTreeSet<i64>,
    left_out: Vec<LeftOut>,
    hash: String,
}

/// One thing to tell Telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// `setMyCommands`.
    Set {
        /// Whom the list is shown to.
        scope: BotCommandScope,
        /// The list, which is not empty.
        commands: Vec<BotCommand>,
    },
    /// `deleteMyCommands`: these people are shown the list of a wider scope, if there is one.
    Delete {
        /// Whom the list was shown to.
        scope: BotCommandScope,
    },
}

/// Something that cannot be in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// The command's name or the owner's id, as it was given.
    pub(crate) what: String,
    /// Why not.
    pub(crate) why: Why,
}

/// Why something cannot be in the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Telegram's names are of 1 to 32 characters of `a-z 0-9 _`.
    Name,
    /// Another command before it has that name.
    Twice,
    /// There are 100 before it.
    TooMany,
    /// The id of an owner is no person's id on Telegram.
    Owner,
}

impl Menu {
    /// The menu of the bot whose id is `bot`. Commands are kept in their order; those at the end go first where there is no
    /// room for all.
    pub(crate) fn of(entries: &[CommandEntry], owners: &[String], bot: u64) -> Self {
        let for_everybody = entries.iter().filter(|entry| match entry.audience {
            Audience::Everybody => true,
            Audience::Owners => false,
        });
        let (everybody, _) = list::of(for_everybody);
        // All commands are among the owners', and so is all that is left out anywhere.
        let (for_owners, mut left_out) = list::of(entries.iter());
        let mut owner_ids = BTreeSet::new();
        for owner in owners {
            match owner.parse::<i64>() {
                Ok(id) if id > 0 => {
                    owner_ids.insert(id);
                }
                Ok(_) | Err(_) => left_out.push(LeftOut { what: owner.clone(), why: Why::Owner }),
            }
        }
        if for_owners == everybody {
            // A list of their own would be the same list once more.
            owner_ids.clear();
        }
        let hash = mark::hash(bot, &[&everybody, &for_owners]);
        Self { everybody, owners: for_owners, owner_ids, left_out, hash }
    }

    /// What is not in it, and why.
    pub(crate) fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// What Telegram has to be told where `mark` says what it was told the last time; nothing where nothing changed.
    ///
    /// The call for an owner's chat is answered with "chat not found" until he has started the bot: the others are to be
    /// made all the same, and [`Menu::mark`] told of it.
    pub(crate) fn calls(&self, mark: Option<&str>) -> Vec<Call> {
        let last = mark.and_then(Mark::read).unwrap_or_default();
        let is_same = last.hash == self.hash;
        let mut calls = Vec::new();
        if !is_same {
            calls.push(Call::of(BotCommandScope::Default, self.everybody.clone()));
            calls.push(Call::of(BotCommandScope::AllGroupChats, self.everybody.clone()));
            // What another program has set there for the same bot would be shown instead.
            calls.push(Call::Delete { scope: BotCommandScope::AllPrivateChats });
            calls.push(Call::Delete { scope: BotCommandScope::AllChatAdministrators });
        }
        for former in last.owners.difference(&self.owner_ids) {
            calls.push(Call::Delete { scope: chat(*former) });
        }
        for owner in &self.owner_ids {
            if !is_same || !last.owners.contains(owner) {
                calls.push(Call::of(chat(*owner), self.owners.clone()));
            }
        }
        calls
    }

    /// What to remember once the calls are made. The owners in `unreached` are called for again the next time.
    pub(crate) fn mark(&self, unreached: &[ChatId]) -> String {
        let owners = self.owner_ids.iter().copied().filter(|id| !unreached.contains(&ChatId(*id))).collect();
        Mark { hash: self.hash.clone(), owners }.to_string()
    }
}

impl Call {
    fn of(scope: BotCommandScope, commands: Vec<BotCommand>) -> Self {
        if commands.is_empty() { Self::Delete { scope } } else { Self::Set { scope, commands } }
    }

    /// The owner's chat it is about, if it is about one.
    pub(crate) fn owner(&self) -> Option<ChatId> {
        let (Self::Set { scope, commands: _ } | Self::Delete { scope }) = self;
        match scope {
            BotCommandScope::Chat { chat_id: Recipient::Id(id) } => Some(*id),
            _ => None,
        }
    }

    /// What to try where Telegram answers [`TOO_MUCH`]: four fifths of the commands; `None` where there is nothing left to
    /// take away.
    pub(crate) fn shorter(&self) -> Option<Self> {
        match self {
            Self::Set { scope, commands } => {
                let left = commands.len() * 4 / 5;
                Some(Self::of(scope.clone(), commands[..left].to_vec()))
            }
            Self::Delete { scope: _ } => None,
        }
    }
}

fn chat(id: i64) -> BotCommandScope {
    BotCommandScope::Chat { chat_id: Recipient::Id(ChatId(id)) }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, why } = self;
        match why {
            Why::Name => {
                write!(f, "`/{what}` is not in Telegram's menu: names there are of 1 to 32 characters of a-z 0-9 _")
            }
            Why::Twice => write!(f, "`/{what}` is not in Telegram's menu: another command has that name there"),
            Why::TooMany => write!(f, "`/{what}` is not in Telegram's menu: it holds 100 commands"),
            Why::Owner => write!(
                f,
                "the owner `{what}` has no menu on Telegram: write the number that is the person's id, without a name or a prefix"
            ),
        }
    }
}

#[cfg(test)]
mod tests;
