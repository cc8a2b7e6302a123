//! `modelpin store export`

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::look;
use crate::cli::output::Output;
use crate::cli::store::shared;
use crate::profile::{AuthFile, Presence};

/// Write the credentials of an agent that are in the database into a file
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The file, which must not be there yet [default: the agent's auth-profiles.json in the state directory]
    file: Option<PathBuf>,
    /// Write the secrets as they are, readable for whoever reads the file
    #[arg(long)]
    unsealed: bool,
}

/// What was done, as printed.
#[derive(Serialize)]
struct Report {
    from: String,
    to: String,
    profiles: usize,
    sealed: bool,
}

/// Does it.
pub(super) fn run(export: &Export, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let installation = look(global, invoked_as, output)?;
    let store = shared::auth_store(&installation)?;
    let (path, own) = (shared::file(export.file.as_deref(), &installation), store.own());
    let (from, to) = (own.path.display().to_string(), path.display().to_string());
    let mut document = store.stored(&own)?;
    if document.presence() == Presence::Missing {
        return Err(Failure::Misuse(format!("there is nothing in {from}, so nothing was written")));
    }
    if export.unsealed {
        document = store.open_all(&document).map_err(|closed| shared::closed(&closed))?;
    }
    let profiles = document.profile_ids().count();
    if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    if !AuthFile::at(&path).put_new(document)? {
        return Err(Failure::Misuse(format!("{to} is there already and was left as it is: name another file")));
    }
    let report = Report { from, to, profiles, sealed: !export.unsealed };
    if global.json {
        output.json(&report)?;
        return Ok(Exit::Ok);
    }
    let Report { from, to, profiles, sealed } = report;
    let how = if sealed { "sealed" } else { "with their secrets as they are" };
    let what = if profiles == 1 { "1 profile".to_owned() } else { format!("{profiles} profiles") };
    output.data(&modelpin_terminal::visible(&format!("{what} written from {from} into {to}, {how}\n")))?;
    Ok(Exit::Ok)
}
