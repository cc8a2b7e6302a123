//! `modelpin models auth seal`

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::conversion::Conversion;
use crate::cli::{Exit, passphrase};
use crate::profile::{KeyName, SealTrouble, SealWith};

/// Seal the secrets in the store: with a key in the keyring of this machine, or with a passphrase
#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// With what: keyring or passphrase [default: `auth.seal` of the configuration]
    #[arg(long, value_name = "WHAT")]
    with: Option<SealWith>,
    /// A file with the passphrase to seal with from now on, where it is not the configured one: to change it
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Seals every file of the agent, and says what has to be configured so that it stays that way.
pub(crate) fn run(seal: &Seal, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let Seal { with, passphrase_file } = seal;
    let sealing = case.installation.auth_store().sealing();
    let Some(with) = with.or(sealing.with()) else {
        let keyring = case.command("seal --with keyring");
        let passphrase = case.command("seal --with passphrase");
        return Err(Failure::Misuse(format!(
            "say what the secrets are to be sealed with. The keyring of this machine: {keyring}. A passphrase: {passphrase}"
        )));
    };
    match (with, passphrase_file) {
        (SealWith::Keyring, Some(_)) => {
            return Err(Failure::Misuse(
                "a key in the keyring needs no passphrase: leave --passphrase-file out".to_owned(),
            ));
        }
        (SealWith::Passphrase, Some(path)) => sealing.seal_with_file(path),
        (SealWith::Keyring | SealWith::Passphrase, None) => {}
    }
    let typed = with == SealWith::Passphrase && sealing.would_ask();
    let in_use = in_use(case, with, typed)?;
    let store = case.installation.auth_store();
    let ready = store.sealing().make_ready(with, &in_use).map_err(refused)?;
    let mut conversion = Conversion::new("seal", with);
    conversion.run(store.files(), |origin| store.seal(origin, with));
    conversion.plain = store.plain_leftovers().iter().map(|path| path.display().to_string()).collect();
    conversion.key = Some(ready.place);
    conversion.key_made = ready.made;
    conversion.note = note(case, with, passphrase_file.as_ref(), typed);
    conversion.say(case)
}

/// The keys that are in use, once the person at the terminal has typed the passphrase: the one that is in use, or else a
/// new one.
fn in_use(case: &Case<'_>, with: SealWith, typed: bool) -> Result<Vec<KeyName>, Failure> {
    let store = case.installation.auth_store();
    let in_use = store.keys_in_use()?;
    if !typed || in_use.iter().any(|name| name.with() == with) {
        return Ok(in_use);
    }
    // Asked for by now, if anything is sealed with one; that one did not open it.
    let mistyped = |why: &SealTrouble| matches!(why, SealTrouble::OtherPassphrase { .. } | SealTrouble::NoPassphrase);
    if store.current().profiles.by_id.values().any(|profile| profile.closed().is_some_and(mistyped)) {
        return Err(Failure::Misuse(
            "that is not the passphrase that the credentials are sealed with, so nothing was changed".to_owned(),
        ));
    }
    store.sealing().typed(&passphrase::new()?);
    Ok(in_use)
}

fn refused(why: SealTrouble) -> Failure {
    Failure::Unreadable(match why {
        SealTrouble::CannotSeal(why) => format!("nothing was sealed: {why}"),
        other => format!("nothing was sealed: a secret {other}"),
    })
}

/// What has to be configured: without it, the next secret would be written as it is.
fn note(case: &Case<'_>, with: SealWith, file: Option<&PathBuf>, typed: bool) -> Option<String> {
    let settings = case.installation.settings();
    let auth = &settings.config.auth;
    let config = case.installation.places().config_path.display();
    let path = file.map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()));
    let unattended = typed.then(|| {
        "The passphrase was typed: a program without a terminal finds it only in a file that `auth.sealPassphraseFile` names"
            .to_owned()
    });
    if auth.seal == Some(with) && path.is_none() {
        return unattended;
    }
    let mut entry = json!({"auth": {"seal": with.as_str()}});
    if let Some(path) = path {
        entry["auth"]["sealPassphraseFile"] = json!(path.display().to_string());
    }
    let otherwise = match auth.seal {
        None => "what is stored from now on is not sealed".to_owned(),
        Some(other) if other != with => format!("what is stored from now on is sealed with the {other}"),
        Some(_) => "what is stored from now on is sealed with the old passphrase".to_owned(),
    };
    let configure = format!("Put this into {config}, or {otherwise}: {entry}");
    Some([configure].into_iter().chain(unattended).collect::<Vec<_>>().join("\n"))
}
