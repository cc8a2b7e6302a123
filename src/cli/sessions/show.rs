//! `modelpin sessions show`

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::receipt::Receipt;
use crate::session::{Selection, Session, SessionKey, Until};

/// Show one session: what is chosen, what was before, and its last receipt
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Its key
    session: SessionKey,
}

/// One session, as printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    key: String,
    chosen: Option<Chosen>,
    passing: Option<Chosen>,
    conversation: u64,
    revision: u64,
    updated: String,
    last_receipt: Option<Receipt>,
}

#[derive(Serialize)]
struct Chosen {
    model: Option<String>,
    profile: Option<String>,
    since: String,
    until: Until,
    by: String,
}

/// Prints it.
pub(crate) async fn run(show: &Show, app: &App, global: &Global, output: &mut Output) -> Result<Exit, Failure> {
    let store = app.store();
    let Some(session) = store.load(&show.session).await? else {
        return Err(Failure::Misuse(format!(
            "there is no session {}: nothing was ever chosen there. `sessions list` shows those there are",
            show.session
        )));
    };
    let last_receipt = store.last_receipt(&show.session).await?;
    let Session { key, choice, conversation, revision, updated, .. } = session.as_ref();
    let shown = Shown {
        key: key.to_string(),
        chosen: choice.lasting.as_ref().map(chosen),
        passing: choice.passing.as_ref().map(chosen),
        conversation: *conversation,
        revision: *revision,
        updated: updated.to_string(),
        last_receipt,
    };
    if global.json {
        output.json(&shown)?;
        return Ok(Exit::Ok);
    }
    output.data(&modelpin_terminal::visible(&text(&shown)))?;
    Ok(Exit::Ok)
}

fn chosen(selection: &Selection) -> Chosen {
    Chosen {
        model: selection.model.as_ref().map(ToString::to_string),
        profile: selection.pin.as_ref().map(|pin| pin.profile.to_string()),
        since: format!("{:.0}", selection.since),
        until: selection.until,
        by: format!("{}:{}", selection.by.channel, selection.by.id),
    }
}

fn text(shown: &Shown) -> String {
    let mut lines = vec![format!("session       {}", shown.key)];
    for (name, chosen) in [("chosen", &shown.chosen), ("for a while", &shown.passing)] {
        let Some(Chosen { model, profile, since, until, by }) = chosen else { continue };
        let [model, profile] = [model, profile].map(|text| text.as_deref().unwrap_or("-"));
        let until = match until {
            Until::Changed => String::new(),
            Until::NextTurn => ", once".to_owned(),
            Until::Time(end) => format!(", until {end:.0}"),
        };
        lines.push(format!("{name:<13} {model} with {profile}, since {since}{until}, by {by}"));
    }
    lines.push(format!("conversation  {}", shown.conversation));
    match &shown.last_receipt {
        Some(receipt) => {
            let [model, profile] = [&receipt.model, &receipt.profile].map(|text| text.as_deref().unwrap_or("-"));
            let Receipt { at, outcome, reason, latency_ms, .. } = receipt;
            lines.push(format!("last answer   {at:.0} {model} with {profile}: {outcome} ({reason}), {latency_ms} ms"));
        }
        None => lines.push("last answer   none yet".to_owned()),
    }
    lines.join("\n") + "\n"
}
