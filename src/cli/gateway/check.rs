//! `modelpin gateway --check`: whether everything that is configured could be served.

use std::time::Duration;

use comfy_table::{Cell, ContentArrangement, Table, presets};
use futures_util::future::join_all;
use serde::Serialize;
use tokio::time::timeout;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::cell::cell;
use crate::cli::failure::Failure;
use crate::cli::models::status::text::WIDTH;
use crate::cli::output::Output;
use crate::gateway::channel::{Checkup, Checkups, Known};

/// How long a platform has to say who a bot is.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was found.
#[derive(Serialize)]
struct Checked {
    ok: bool,
    channels: Vec<Account>,
    /// What does not count, and is worth knowing.
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct Account {
    channel: &'static str,
    account: String,
    name: Option<String>,
    /// What the platform says it is called, without `@`.
    bot: Option<String>,
    ok: bool,
    /// Why it cannot be served, and what to do.
    why: Option<String>,
}

/// Asks for every account who the bot is, and prints that. 0 where all can be served, 1 where one cannot.
pub(super) async fn run(checkups: Checkups, global: &Global, output: &mut Output) -> Result<Exit, Failure> {
    let Checkups { accounts, mut remarks } = checkups;
    let (channels, more): (Vec<_>, Vec<_>) = join_all(accounts.into_iter().map(account)).await.into_iter().unzip();
    remarks.extend(more.into_iter().flatten());
    let checked = Checked { ok: channels.iter().all(|account| account.ok), channels, remarks };
    if global.json {
        output.json(&checked)?;
    } else {
        output.data(&table(&checked.channels))?;
        for remark in &checked.remarks {
            output.talk(&format!("Note: {remark}."));
        }
    }
    Ok(if checked.ok { Exit::Ok } else { Exit::CredentialsMissing })
}

/// What became of one account, and what is worth knowing of it.
async fn account(Checkup { id, name, question }: Checkup) -> (Account, Option<String>) {
    let said = match question {
        Err(why) => Err(why),
        Ok(question) => timeout(PATIENCE, question)
            .await
            .unwrap_or_else(|_| Err(format!("the platform said nothing within {PATIENCE:?}: check the connection"))),
    };
    let (bot, remark, why) = match said {
        Ok(Known { bot, remark }) => (Some(bot), remark, None),
        Err(why) => (None, None, Some(why)),
    };
    let remark = remark.map(|remark| format!("{id}: {remark}"));
    let account = Account { channel: id.channel, account: id.account, name, ok: why.is_none(), bot, why };
    (account, remark)
}

fn table(accounts: &[Account]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if !Output::is_terminal() {
        table.set_width(WIDTH);
    }
    table.set_header(["Channel", "Account", "Bot", "State"]);
    for Account { channel, account, name: _, bot, ok, why } in accounts {
        let bot = bot.as_ref().map_or_else(|| "-".to_owned(), |bot| format!("@{bot}"));
        let state = if *ok { "ok" } else { why.as_deref().unwrap_or("not usable") };
        table.add_row([Cell::new(channel), Cell::new(cell(account)), Cell::new(cell(&bot)), Cell::new(cell(state))]);
    }
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}
