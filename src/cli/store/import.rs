//! `modelpin store import`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::audit::Kind;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::desk::at_desk;
use crate::cli::failure::Failure;
use crate::cli::open::{again, look};
use crate::cli::output::Output;
use crate::cli::store::shared;
use crate::operator::{Deed, Desk, Trouble};
use crate::profile::{AuthFile, AuthStore, Moved, Presence};

/// Take the credentials of an agent from a file into the database that `store.url` names, sealed
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file [default: the agent's auth-profiles.json in the state directory]
    file: Option<PathBuf>,
    /// Let what is in the file take the place of what the database has under the same ids
    #[arg(long)]
    replace: bool,
}

/// What was done, as printed.
#[derive(Serialize)]
struct Report<'a> {
    from: String,
    to: String,
    /// Whether anything had to be written.
    changed: bool,
    #[serde(flatten)]
    moved: &'a Moved,
}

/// Does it, and says what is to be done next.
pub(super) fn run(import: &Import, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let installation = look(global, invoked_as, output)?;
    let store = shared::auth_store(&installation)?;
    let (path, own) = (shared::file(import.file.as_deref(), &installation), store.own());
    let file = if let Some(named) = &import.file {
        AuthFile::at(named).read()?
    } else {
        // With what the stores of before hold, where there is no file yet.
        let files = AuthStore::new(installation.files_of(installation.agent()));
        files.document(&files.own())?
    };
    if file.presence() == Presence::Missing {
        return Err(Failure::Misuse(format!("{} is not there, so there is nothing to take", path.display())));
    }
    let open = store.open_all(&file).map_err(|closed| shared::closed(&closed))?;
    let mut moved = store.would_bring(&own, &open, import.replace)?;
    let (from, to) = (path.display().to_string(), own.path.display().to_string());
    if !moved.differing.is_empty() {
        let replace =
            format!("store import --replace{}", import.file.as_ref().map_or_else(String::new, |_| format!(" {from}")));
        return Err(Failure::Misuse(format!(
            "{to} has another content under {}, so nothing was written. To have that of {from} in its place: {}",
            moved.differing.join(", "),
            again(global, invoked_as, &replace)
        )));
    }
    let profiles: Vec<String> = moved.added.iter().chain(&moved.replaced).cloned().collect();
    let changed;
    if profiles.is_empty() {
        // No credential comes or goes; an order may.
        let written = store.bring(&own, &open, import.replace)?;
        changed = written.changed;
        moved = written.value;
    } else {
        let deed = Deed {
            kind: Kind::Credential,
            subject: to.clone(),
            before: None,
            after: Some(profiles.join(", ")),
            reason: "imported from a file".to_owned(),
            profiles,
        };
        let bring = async || store.bring(&own, &open, import.replace).map_err(Trouble::AuthStore);
        let written = at_desk(&installation, output, async |desk: &Desk| desk.audited(deed, bring()).await)?;
        if !written.value.differing.is_empty() {
            return Err(Failure::Unexpected(format!("{to} was changed meanwhile, so nothing was written. Try again")));
        }
        changed = written.changed;
        moved = written.value;
    }
    let report = Report { from, to, changed, moved: &moved };
    if global.json {
        output.json(&report)?;
    } else {
        output.data(&modelpin_terminal::visible(&lines(&report)))?;
    }
    let config = installation.places().config_path.display();
    if !installation.auth_store().is_in_vault() {
        output.talk(&format!(
            "They are used from there once {config} of each machine says auth: {{ store: \"database\" }}."
        ));
    }
    output.talk(&modelpin_terminal::visible(&format!(
        "{} was left as it is, with its secrets: delete it when no program reads it any more.",
        report.from
    )));
    Ok(Exit::Ok)
}

fn lines(report: &Report<'_>) -> String {
    let Report { from, to, changed: _, moved } = report;
    let Moved { added, replaced, present, differing: _, outdated, kept } = moved;
    let mut lines = vec![format!("{} taken from {from} into {to}", profiles(added.len() + replaced.len()))];
    let mut list = |ids: &[String], what: &str| lines.extend(ids.iter().map(|id| format!("  {id}: {what}")));
    list(added, "sealed and stored");
    list(replaced, "sealed, in the place of another");
    list(present, "there already");
    list(outdated, "renewed there since, and left as it is");
    list(kept, "another one is there, and stays");
    lines.join("\n") + "\n"
}

fn profiles(count: usize) -> String {
    if count == 1 { "1 profile".to_owned() } else { format!("{count} profiles") }
}
