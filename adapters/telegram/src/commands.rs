//! Keeping Telegram's own menu of commands as it should be.

use std::time::Duration;

use teloxide::payloads::{DeleteMyCommands, DeleteMyCommandsSetters as _, SetMyCommands, SetMyCommandsSetters as _};
use tokio::time::sleep;

use crate::Options;
use crate::api::{self, Fault};
use crate::line::Line;
use crate::menu::{Call, Menu, TOO_MUCH};
use modelpin_delivery::BackOff;
use modelpin_delivery::Inbox;

/// Under what name it is remembered what Telegram was told.
const NAME: &str = "commands";

/// The longest wait between two attempts. Nobody waits for a menu.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// Tells Telegram the menu, as far as it is another one than the last time, and remembers that.
pub(crate) async fn bring_up_to_date(line: &Line, inbox: &dyn Inbox, options: &Options, bot: u64) {
    let account = &line.account;
    let menu = Menu::of(&options.commands, &options.owners, bot);
    for left_out in menu.left_out() {
        tracing::warn!(account, "{left_out}");
    }
    let mark = inbox.recall(NAME).await;
    let calls = menu.calls(mark.as_deref());
    if calls.is_empty() {
        return;
    }
    let mut unreached = Vec::new();
    for call in calls {
        match tell(line, call.clone()).await {
            Ok(()) => {}
            Err(fault) => {
                if let Some(owner) = call.owner() {
                    tracing::info!(account, why = %fault, "an owner has no menu yet: they have not written to the bot");
                    unreached.push(owner);
                } else {
                    tracing::warn!(account, why = %fault, "Telegram does not take the menu of commands");
                    return;
                }
            }
        }
    }
    inbox.remember(NAME, menu.mark(&unreached)).await;
    tracing::info!(account, "Telegram's menu of commands is up to date");
}

/// Makes one call until it is carried out or refused.
async fn tell(line: &Line, mut call: Call) -> Result<(), Fault> {
    let mut waits = BackOff::up_to(LONGEST_WAIT);
    loop {
        let told = match &call {
            Call::Set { scope, commands } => {
                let set = SetMyCommands::new(commands.clone()).scope(scope.clone());
                api::set_commands(&*line.api, &set).await
            }
            Call::Delete { scope } => {
                api::delete_commands(&*line.api, &DeleteMyCommands::new().scope(scope.clone())).await
            }
        };
        match told {
            Err(fault) if fault.says(&[TOO_MUCH]) => match call.shorter() {
                Some(shorter) => call = shorter,
                None => return Err(fault),
            },
            Err(Fault::Busy(wait)) => sleep(wait).await,
            Err(Fault::Passing(why)) => {
                let wait = waits.longer();
                tracing::info!(account = line.account, why, wait = ?wait, "the menu of commands waits for Telegram");
                sleep(wait).await;
            }
            done @ (Ok(()) | Err(Fault::Moved(_) | Fault::Refused { .. })) => return done,
        }
    }
}

#[cfg(test)]
mod tests;
