//! What Telegram was told the last time.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest as _, Sha256};
use teloxide::types::BotCommand;

/// Begins what is hashed. Another number makes every menu be set anew, for when other calls are made of the same lists.
const EDITION: &str = "menu 1";

/// What Telegram was told: `<hash of the lists> <owner>,<owner>`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Mark {
    /// Of the lists and the bot that they were set for.
    pub(super) hash: String,
    /// Whose chats have a list of their own.
    pub(super) owners: BTreeSet<i64>,
}

impl Mark {
    /// Reads a mark back; `None` for what is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (hash, owners) = text.split_once(' ')?;
        let owners = owners.split(',').filter(|id| !id.is_empty()).map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Self { hash: hash.to_owned(), owners })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owners: Vec<String> = self.owners.iter().map(i64::to_string).collect();
        write!(f, "{} {}", self.hash, owners.join(","))
    }
}

/// The hash of the lists of the bot whose id is `bot`; another bot under the same account has to be told everything.
pub(super) fn hash(bot: u64, lists: &[&[BotCommand]]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!("{EDITION}\0{bot}\0"));
    for list in lists {
        for BotCommand { command, description } in *list {
            // Neither of them can hold these marks.
            hasher.update(format!("{command}\0{description}\0"));
        }
        hasher.update("\n");
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
