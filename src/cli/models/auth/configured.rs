//! What the configuration is told of a credential that was stored.

use std::path::PathBuf;

use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::config::{EditFault, Edited, Mode, declare_profile, edit};
use crate::profile::{Credential, NewProfile, ProfileId};

/// What became of it.
#[derive(Debug, Default)]
pub(crate) struct Configured {
    /// What the configuration says now, a sentence each.
    pub(crate) changes: Vec<String>,
    /// The files that were written, each with the copy that was kept of it.
    pub(crate) written: Vec<(PathBuf, Option<PathBuf>)>,
    /// Why it could not be told, where that is so. The credential is stored all the same.
    pub(crate) fault: Option<String>,
}

impl Configured {
    /// Lets the configuration know of `profile`, which is stored as `id`.
    pub(crate) fn with(case: &Case<'_>, id: &ProfileId, profile: &NewProfile) -> Self {
        let path = &case.installation.places().config_path;
        let env = &case.installation.settings().environment;
        let mode = match &profile.credential {
            Credential::ApiKey { .. } => Mode::ApiKey,
            Credential::Token { .. } => Mode::Token,
            Credential::OAuth(_) => Mode::OAuth,
        };
        let edited: Result<Edited<Vec<String>>, EditFault> =
            edit(path, env, |draft| declare_profile(draft, id, &profile.provider, mode, profile.email.as_deref()));
        match edited {
            Ok(Edited { written, value }) => Self { changes: value, written, fault: None },
            Err(fault) => Self { fault: Some(Failure::from(fault).to_string()), ..Self::default() },
        }
    }

    /// The same for a person; nothing where there is nothing to be said.
    pub(crate) fn lines(&self) -> Vec<String> {
        let Self { changes, written, fault } = self;
        let fault = fault.as_ref().map(|fault| format!("The configuration was not told of it: {fault}"));
        changes.iter().map(|change| format!("{change}.")).chain(written_lines(written)).chain(fault).collect()
    }
}

/// Names the files of the configuration that were written.
pub(crate) fn written_lines(written: &[(PathBuf, Option<PathBuf>)]) -> Vec<String> {
    let line = |(file, copy): &(PathBuf, Option<PathBuf>)| {
        let copy = copy.as_ref().map_or_else(String::new, |copy| format!("; what it held before: {}", copy.display()));
        format!("Written: {}{copy}", file.display())
    };
    written.iter().map(line).collect()
}
