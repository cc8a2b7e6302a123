//! Writing what was planned: the store first, the configuration after what it refers to.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::cli::failure::Failure;
use crate::cli::models::auth::{Case, verdict};
use crate::cli::onboard::plan::{Plan, Service, Variable};
use crate::cli::onboard::preview::{Preview, named, unwritten};
use crate::cli::onboard::service;
use crate::cli::onboard::setting::apply_all;
use crate::config::dotenv::{put_all, read_otherwise_by_systemd};
use crate::config::{EditFault, Edited, edit};
use crate::profile::Fingerprint;

/// What was written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// The files, each with the copy that was kept of what it held.
    pub(crate) files: Vec<(PathBuf, Option<PathBuf>)>,
    /// What the configuration says now, a line each.
    pub(crate) settings: Vec<String>,
    /// Whether systemd was told of the service, where one was installed.
    pub(crate) enabled: Option<bool>,
    /// What the person should know.
    pub(crate) notes: Vec<String>,
}

/// Carries out `plan`. What is as it should be already is not touched.
///
/// # Errors
/// A file could not be written: which, why, and which have been written before it. To go on, the same is done again.
pub(crate) fn carry_out(plan: &Plan, preview: &Preview, case: &mut Case<'_>) -> Result<Written, Failure> {
    let mut written = Written::default();
    match each(plan, preview, case, &mut written) {
        Ok(()) => Ok(written),
        Err(failure) if written.files.is_empty() => Err(failure),
        Err(failure) => {
            let files: Vec<_> = written.files.iter().map(|(file, _)| file.display().to_string()).collect();
            let more = format!("Written before that: {}. Mend it and run the same again", files.join(", "));
            Err(match failure {
                Failure::Misuse(text) => Failure::Misuse(format!("{text}. {more}")),
                Failure::Unreadable(text) => Failure::Unreadable(format!("{text}. {more}")),
                Failure::Unexpected(text) => Failure::Unexpected(format!("{text}. {more}")),
                Failure::Misconfigured(text) => Failure::Misconfigured(format!("{text}. {more}")),
            })
        }
    }
}

fn each(plan: &Plan, preview: &Preview, case: &mut Case<'_>, written: &mut Written) -> Result<(), Failure> {
    let places = case.installation.places().clone();
    for (credential, (place, is_stored)) in plan.credentials.iter().zip(&preview.places) {
        if *is_stored {
            // Not even a lock is taken.
            continue;
        }
        let stored = place.write(case, &credential.profile)?;
        if stored.changed && written.files.iter().all(|(file, _)| *file != stored.path) {
            written.files.push((stored.path, None));
        }
    }
    let dotenv = places.dotenv();
    let changed = put_all(&dotenv, &named(&plan.variables)).map_err(|fault| unwritten(&fault))?;
    if changed {
        written.files.push((dotenv.clone(), None));
    }
    // The configuration may refer to what was just written.
    let mut environment = case.installation.settings().environment.as_ref().clone();
    environment.read_dotenv(&dotenv).map_err(|fault| Failure::Unreadable(format!("{}: {fault}", dotenv.display())))?;
    let edited: Result<Edited<Vec<String>>, EditFault> =
        edit(&places.config_path, &environment, |draft| apply_all(&plan.settings, draft));
    let Edited { written: files, value: settings } = edited?;
    written.files.extend(files);
    written.settings = settings;
    for Variable { channel, secret } in &plan.variables {
        let name = channel.variable();
        let counts = environment.var(name).map(|value| Fingerprint::of(&SecretString::from(value)));
        if counts != Some(Fingerprint::of(secret)) {
            written.notes.push(format!(
                "{name} is set to something else in the environment of this process, which counts before {}: unset it there",
                dotenv.display()
            ));
        }
    }
    for credential in &plan.credentials {
        written.notes.extend(verdict::of(case, &credential.id, &credential.profile.provider));
    }
    match &plan.service {
        Some(Service::Installed(unit)) => {
            let path = service::path(case, unit)?;
            if service::install(&path, unit)? {
                written.files.push((path, None));
            }
            let enabled = service::enable(unit);
            written.enabled = Some(enabled.is_ok());
            written.notes.extend(enabled.err());
            written.notes.extend(read_otherwise(&dotenv));
        }
        Some(Service::Printed(_)) => written.notes.extend(read_otherwise(&dotenv)),
        None => {}
    }
    Ok(())
}

/// What systemd will make something else of than this program does.
fn read_otherwise(dotenv: &Path) -> Option<String> {
    let text = Zeroizing::new(std::fs::read_to_string(dotenv).ok()?);
    let names = read_otherwise_by_systemd(&text);
    (!names.is_empty()).then(|| {
        format!(
            "systemd reads {} in {} otherwise than this program does, and for the service systemd counts: put comments on \
             lines of their own, and values with backslashes into single quotes",
            names.join(", "),
            dotenv.display()
        )
    })
}
