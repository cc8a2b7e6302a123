//! Keeping Discord's own list of commands as it should be.

mod registration;

use std::collections::BTreeSet;
use std::time::Duration;

use modelpin_delivery::{BackOff, Inbox};
use serde::{Deserialize, Serialize};
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

/// Tells Discord the commands, as far as they are others than the last time, and remembers that, place by place: a server
/// that refuses them does not make the others take them again. Discord takes two hundred new commands a day, whatever
/// becomes of them.
pub(crate) async fn bring_up_to_date(line: &Line, inbox: &dyn Inbox, options: &Options, application: u64) {
    let account = &line.account;
    let commands = registration(&options.commands);
    let wanted: BTreeSet<Place> = match &options.registration {
        Registration::Everywhere => BTreeSet::from([None]),
        Registration::Servers(servers) => servers.iter().copied().map(Some).collect(),
    };
    let hash = hash(application, &commands);
    let before: Note = inbox.recall(NAME).await.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let is_same = before.hash == hash;
    let mut note = Note { hash, told: if is_same { before.told.clone() } else { BTreeSet::new() } };
    // Where they were offered before and are not any more, they are taken away, or they would be there twice.
    let nothing = json!([]);
    let gone = before.told.difference(&wanted).map(|place| (*place, &nothing));
    let new = wanted.difference(&note.told).map(|place| (*place, &commands));
    let todo: Vec<(Place, &Value)> = gone.chain(new).collect();
    if todo.is_empty() && is_same {
        return;
    }
    let mut all = true;
    for (place, commands) in todo {
        match tell(line, application, place, commands).await {
            Ok(()) if wanted.contains(&place) => {
                note.told.insert(place);
            }
            Ok(()) => {
                note.told.remove(&place);
            }
            Err(fault) => {
                all = false;
                // Out of a server that has thrown the bot out, there is nothing to be taken away.
                note.told.remove(&place);
                let advice = if fault.is_one_of(&[Code::MissingAccess, Code::MissingPermissions]) {
                    ". Invite the bot to that server again, with the scope applications.commands"
                } else {
                    ""
                };
                tracing::warn!(account, server = place, why = %fault, "Discord does not take the list of commands{advice}");
            }
        }
    }
    if let Ok(text) = serde_json::to_string(&note) {
        inbox.remember(NAME, text).await;
    }
    if all {
        tracing::info!(account, "Discord's list of commands is up to date");
    }
}

/// Where commands are offered: in one server; `None` for everywhere.
type Place = Option<u64>;

/// What Discord was told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Note {
    hash: String,
    told: BTreeSet<Place>,
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
