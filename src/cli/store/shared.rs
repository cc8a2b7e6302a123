//! The credentials in the database, for who brings them there or takes a copy of them.

use std::path::{Path, PathBuf};

use crate::app::Installation;
use crate::cli::failure::Failure;
use crate::profile::{AuthStore, Closed, SealWith};

/// The agent's credentials in the database, which need not be in use from there yet.
///
/// # Errors
/// The configuration does not say which database, or how they are sealed in it.
pub(super) fn auth_store(installation: &Installation) -> Result<AuthStore, Failure> {
    let config = installation.places().config_path.display();
    let store = installation.shared_auth_store()?.ok_or_else(|| {
        Failure::Misuse(format!(
            "no database is named: write `store: {{ url: \"postgres://user:password@host/database\" }}` into {config}"
        ))
    })?;
    match store.sealing().with() {
        Some(SealWith::Passphrase) => Ok(store),
        Some(SealWith::Keyring) | None => Err(Failure::Misuse(format!(
            "credentials in a database are sealed with a passphrase, the same one on each machine: write \
             `auth: {{ seal: \"passphrase\", sealPassphraseFile: \"…\" }}` into {config}"
        ))),
    }
}

/// The file that was named, or else the agent's in the state directory.
pub(super) fn file(named: Option<&Path>, installation: &Installation) -> PathBuf {
    named.map_or_else(|| installation.files_of(installation.agent()).own, Path::to_owned)
}

/// Why nothing was done: what is closed would be of no use.
pub(super) fn closed(closed: &[Closed]) -> Failure {
    let lines: Vec<String> = closed.iter().map(|Closed { profile, why }| format!("{profile} {why}")).collect();
    Failure::Unreadable(format!("nothing was written:\n{}", lines.join("\n")))
}
