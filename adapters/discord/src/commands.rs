//! Keeping Discord's own list of commands as it should be.

mod registration;

use std::time::Duration;

use modelpin_delivery::{BackOff, Inbox};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::api::{self, Code, Fault};
use crate::commands::registration::{hash, registration};
use crate::line::Line;
use crate::{Options, Registration};

/// Under what name it is remembered what Discord was told.
const NAME: &str = "commands";

/// The longest wait between two attempts. Nobody waits for a list.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// Tells Discord the commands, as far as they are others than the last time, and remembers that. Discord takes two hundred
/// new commands a day, whatever becomes of them.
pub(crate) async fn bring_up_to_date(line: &Line, inbox: &dyn Inbox, options: &Options, application: u64) {
    let account = &line.account;
    let commands = registration(&options.commands);
    let servers: &[u64] = match &options.registration {
        Registration::Everywhere => &[],
        Registration::Servers(servers) => servers,
    };
    let mark = Mark { hash: hash(application, &commands, servers), servers: servers.to_vec() };
    let before = inbox.recall(NAME).await.map(|text| Mark::read(&text)).unwrap_or_default();
    if before.hash == mark.hash {
        return;
    }
    let nothing = json!([]);
    // Where they were offered before and are not any more, they are taken away, or they would be there twice.
    let former = before.places().into_iter().filter(|place| !mark.places().contains(place));
    let todo = former.map(|place| (place, &nothing)).chain(mark.places().into_iter().map(|place| (place, &commands)));
    let mut all = true;
    for (place, commands) in todo {
        if let Err(fault) = tell(line, application, place, commands).await {
            all = false;
            let advice = if fault.is_one_of(&[Code::MissingAccess, Code::MissingPermissions]) {
                ". Invite the bot to that server again, with the scope applications.commands"
            } else {
                ""
            };
            tracing::warn!(account, server = place, why = %fault, "Discord does not take the list of commands{advice}");
        }
    }
    if all {
        inbox.remember(NAME, mark.to_string()).await;
        tracing::info!(account, "Discord's list of commands is up to date");
    }
}

/// What Discord was told: the hash of it, and the servers it was told for; none stands for everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Mark {
    hash: String,
    servers: Vec<u64>,
}

impl Mark {
    fn read(text: &str) -> Self {
        let (hash, servers) = text.split_once(' ').unwrap_or((text, ""));
        Self { hash: hash.to_owned(), servers: servers.split(',').filter_map(|id| id.parse().ok()).collect() }
    }

    /// Where commands are offered by it; nowhere by one of nothing.
    fn places(&self) -> Vec<Option<u64>> {
        match (&*self.hash, &*self.servers) {
            ("", _) => Vec::new(),
            (_, []) => vec![None],
            (_, servers) => servers.iter().copied().map(Some).collect(),
        }
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let servers: Vec<String> = self.servers.iter().map(u64::to_string).collect();
        write!(f, "{} {}", self.hash, servers.join(","))
    }
}

/// Makes one call until it is carried out or refused.
async fn tell(line: &Line, application: u64, server: Option<u64>, commands: &Value) -> Result<(), Fault> {
    let mut waits = BackOff::up_to(LONGEST_WAIT);
    loop {
        match api::overwrite_commands(&*line.api, application, server, commands).await {
            Err(Fault::Busy(wait)) => sleep(wait).await,
            Err(Fault::Passing(why)) => {
                let wait = waits.longer();
                tracing::info!(account = line.account, why, wait = ?wait, "the list of commands waits for Discord");
                sleep(wait).await;
            }
            done @ (Ok(()) | Err(Fault::Refused { .. })) => return done,
        }
    }
}

#[cfg(test)]
mod tests;
