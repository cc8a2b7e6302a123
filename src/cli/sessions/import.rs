//! `modelpin sessions import`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::{again, quoted};
use crate::cli::output::Output;
use crate::cli::sessions::pins::{self, Fate, How, Row, carry_out, line, taken};
use crate::clock::{Clock as _, SystemClock};
use crate::session::import::{ImportPlan, plan};

/// Take over the pins of the family's sessions.json; shows what it would do unless told to --apply
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The family's file, such as ~/.hex/agents/main/sessions/sessions.json; it is only read
    file: PathBuf,
    /// Do it
    #[arg(long)]
    apply: bool,
    /// Let an imported pin take the place of one that the session has here
    #[arg(long)]
    replace: bool,
}

/// What an import did, or would do.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Imported {
    /// Whether anything was to be written.
    applied: bool,
    /// One row per session of the file that holds a choice.
    rows: Vec<Row>,
    /// How many hold none.
    without_choice: usize,
}

/// Reads the file, and prints what was or would be taken over.
pub(crate) async fn run(
    import: &Import,
    app: &App,
    global: &Global,
    invoked_as: &str,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let Import { file, apply, replace } = import;
    let text = std::fs::read(file).map_err(|fault| Failure::Unreadable(format!("{}: {fault}", file.display())))?;
    let now = SystemClock.now();
    let ImportPlan { rows: planned, skipped, without_choice } = plan(&String::from_utf8_lossy(&text), now)
        .map_err(|fault| Failure::Unreadable(format!("{}: {fault}", file.display())))?;
    let store = app.store();
    let required = app.engine().sources().settings.current().config.audit.required;
    let how = How { apply: *apply, replace: *replace, required, now };
    let mut rows = Vec::with_capacity(planned.len() + skipped.len());
    for row in planned {
        let fate = carry_out(&row, Some(store.as_ref()), how).await?;
        rows.push(taken(row, fate));
    }
    rows.extend(skipped.into_iter().map(pins::skipped));
    let imported = Imported { applied: *apply, rows, without_choice };
    if global.json {
        output.json(&imported)?;
    } else {
        output.data(&imported.rows.iter().map(line).collect::<String>())?;
    }
    let flags = if *replace { " --replace --apply" } else { " --apply" };
    let path = quoted(&file.to_string_lossy());
    output.talk(&summary(&imported, &again(global, invoked_as, &format!("sessions import {path}{flags}"))));
    Ok(Exit::Ok)
}

fn summary(imported: &Imported, to_apply: &str) -> String {
    let all = imported.rows.len();
    let taken = imported.rows.iter().filter(|row| row.fate == Fate::Taken).count();
    match (imported.applied, taken) {
        (true, taken) => format!("{taken} of {all} taken over."),
        (false, 0) => format!("Nothing to take over of {all}; nothing was written."),
        (false, taken) => {
            format!("{taken} of {all} would be taken over; nothing was written. To do it: {to_apply}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, Imported, Row, line, summary};

    fn row(fate: Fate) -> Row {
        Row {
            from: "agent:main:telegram:group:-1\u{1b}".to_owned(),
            to: (fate != Fate::Skipped).then(|| "agent:main:telegram:default:group:-1".to_owned()),
            model: Some("anthropic/x".to_owned()),
            profile: Some("anthropic:work".to_owned()),
            fate,
            why: None,
        }
    }

    #[test]
    fn a_row_is_one_safe_line() {
        assert_eq!(
            line(&row(Fate::Taken)),
            "+ agent:main:telegram:group:-1␛\tagent:main:telegram:default:group:-1\tanthropic/x\tanthropic:work\t-\n"
        );
        for (fate, sign) in [(Fate::Present, "= "), (Fate::Kept, "- "), (Fate::Skipped, "- ")] {
            assert!(line(&row(fate)).starts_with(sign), "{fate:?}");
        }
    }

    #[test]
    fn a_dry_run_says_how_to_do_it() {
        let imported = |applied, rows| Imported { applied, rows, without_choice: 0 };
        assert_eq!(
            summary(&imported(false, vec![row(Fate::Taken), row(Fate::Skipped)]), "x --apply"),
            "1 of 2 would be taken over; nothing was written. To do it: x --apply"
        );
        assert_eq!(summary(&imported(true, vec![row(Fate::Taken)]), "x --apply"), "1 of 1 taken over.");
        assert_eq!(
            summary(&imported(false, vec![row(Fate::Skipped)]), "x"),
            "Nothing to take over of 1; nothing was written."
        );
    }
}
