//! `modelpin sessions list`

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::session::{Selection, Session, Until};

/// Show the sessions and what is chosen in them
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those whose key starts so, such as agent:main:telegram:
    #[arg(default_value = "", hide_default_value = true)]
    prefix: String,
    /// How many at most
    #[arg(long, default_value_t = 1000, value_name = "NUMBER")]
    limit: usize,
}

/// One session, as printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    key: String,
    model: Option<String>,
    profile: Option<String>,
    source: Option<crate::session::Source>,
    since: Option<String>,
    until: Option<Until>,
    /// The selection that holds for a while over the lasting one.
    passing: bool,
    revision: u64,
    updated: String,
}

/// Prints them by key.
pub(crate) async fn run(list: &List, app: &App, global: &Global, output: &mut Output) -> Result<Exit, Failure> {
    // One more than asked for tells whether there are more.
    let prefix = list.prefix.to_lowercase();
    let mut sessions = app.store().list(&prefix, list.limit.saturating_add(1)).await?;
    let more = sessions.len() > list.limit;
    sessions.truncate(list.limit);
    let rows: Vec<Row> = sessions.iter().map(|session| row(session)).collect();
    if global.json {
        output.json(&rows)?;
    } else {
        output.data(&rows.iter().map(line).collect::<String>())?;
    }
    if rows.is_empty() {
        output.talk("No sessions yet: a session begins with its first /model.");
    } else if more {
        output.talk(&format!("There are more than {}: name a prefix, or a higher --limit.", list.limit));
    }
    Ok(Exit::Ok)
}

fn row(session: &Session) -> Row {
    let Session {
        key,
        parent: _,
        choice,
        previous: _,
        chosen: _,
        auto: _,
        events: _,
        conversation: _,
        revision,
        created: _,
        updated,
    } = session;
    let chosen = choice.passing.as_ref().or(choice.lasting.as_ref());
    Row {
        key: key.to_string(),
        model: chosen.and_then(|chosen| chosen.model.as_ref()).map(ToString::to_string),
        profile: chosen.and_then(|chosen| chosen.pin.as_ref()).map(|pin| pin.profile.to_string()),
        source: chosen.map(|chosen| chosen.source),
        since: chosen.map(|Selection { since, .. }| since.to_string()),
        until: chosen.map(|chosen| chosen.until),
        passing: choice.passing.is_some(),
        revision: *revision,
        updated: updated.to_string(),
    }
}

/// The row for a person: key, model, profile and time, parted by tabs so that `cut` can read it too.
fn line(row: &Row) -> String {
    let until = match row.until {
        Some(Until::Time(until)) => format!("until {until}"),
        Some(Until::NextTurn) => "once".to_owned(),
        Some(Until::Changed) | None => String::new(),
    };
    let model = row.model.as_deref().unwrap_or("-");
    let profile = row.profile.as_deref().unwrap_or("-");
    let since = row.since.as_deref().unwrap_or("-");
    let line = format!("{}\t{model}\t{profile}\t{since}\t{until}", row.key);
    modelpin_terminal::visible(line.trim_end()) + "\n"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use jiff::Timestamp;

    use super::{line, row};
    use crate::session::{Actor, Pin, Selection, Session, Source, Until};

    fn session() -> Session {
        let now = Timestamp::UNIX_EPOCH;
        let mut session = Session::new("agent:main:telegram:default:group:-100".parse().unwrap(), now);
        session.choice.lasting = Some(Selection {
            model: Some("anthropic/claude-opus-4-6".parse().unwrap()),
            pin: Some(Pin { profile: "anthropic:work".parse().unwrap(), account: None, by: None }),
            source: Source::User,
            since: now,
            until: Until::Changed,
            by: Actor { channel: "telegram".to_owned(), id: "42".to_owned(), name: None },
        });
        session
    }

    #[test]
    fn a_row_shows_what_holds_now() {
        let mut session = session();
        assert_eq!(
            line(&row(&session)),
            "agent:main:telegram:default:group:-100\tanthropic/claude-opus-4-6\tanthropic:work\t1970-01-01T00:00:00Z\n"
        );
        let mut passing = session.choice.lasting.clone().unwrap();
        passing.pin = None;
        passing.until = Until::NextTurn;
        session.choice.passing = Some(passing);
        assert_eq!(
            line(&row(&session)),
            "agent:main:telegram:default:group:-100\tanthropic/claude-opus-4-6\t-\t1970-01-01T00:00:00Z\tonce\n"
        );
    }

    #[test]
    fn json_has_the_same() {
        assert_eq!(
            serde_json::to_string(&row(&session())).unwrap(),
            r#"{"key":"agent:main:telegram:default:group:-100","model":"anthropic/claude-opus-4-6","profile":"anthropic:work","source":"user","since":"1970-01-01T00:00:00Z","until":"changed","passing":false,"revision":0,"updated":"1970-01-01T00:00:00Z"}"#
        );
    }
}
