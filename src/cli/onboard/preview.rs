//! What a plan changes, found out before anything is written.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use crate::catalog::vendor;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::models::auth::place::{Place, end, fingerprint};
use crate::cli::onboard::plan::{NewCredential, Plan, Service, Variable};
use crate::cli::onboard::service;
use crate::cli::onboard::setting::apply_all;
use crate::config::Draft;
use crate::config::dotenv::{self, DotenvFault};
use crate::profile::Fingerprint;

/// What a plan changes.
pub(crate) struct Preview {
    /// Where the credentials go, in the order of the plan; whether the store has the very same already.
    pub(crate) places: Vec<(Place, bool)>,
    /// The variables that are not as they are to be.
    pub(crate) variables: Vec<&'static str>,
    /// What the configuration is going to say, a line each.
    pub(crate) settings: Vec<String>,
    /// Where the unit goes, and whether it has to be written.
    pub(crate) unit: Option<(PathBuf, bool)>,
}

impl Preview {
    /// Looks at everything that `plan` would write.
    ///
    /// # Errors
    /// Something is in the way, or cannot be read: nothing is written then.
    pub(crate) fn of(plan: &Plan, yes: bool, case: &Case<'_>) -> Result<Self, Failure> {
        let places = case.installation.places();
        let mut stored = Vec::new();
        for credential in &plan.credentials {
            let NewCredential { id, profile } = credential;
            let place = Place::of(case, id.clone(), &profile.provider, credential.kind(), yes)?;
            stored.push((place, is_stored(case, credential)));
        }
        let variables =
            dotenv::changes(&places.dotenv(), &named(&plan.variables)).map_err(|fault| unwritten(&fault))?;
        let mut draft = Draft::read(&places.config_path)?;
        let settings = apply_all(&plan.settings, &mut draft)?;
        let unit = match &plan.service {
            Some(Service::Installed(unit)) => {
                let path = service::path(case, unit)?;
                let is_due = service::is_due(&path, unit)?;
                Some((path, is_due))
            }
            Some(Service::Printed(_)) | None => None,
        };
        Ok(Self { places: stored, variables, settings, unit })
    }

    /// Whether everything is as it is to be.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { places, variables, settings, unit } = self;
        places.iter().all(|(_, is_stored)| *is_stored)
            && variables.is_empty()
            && settings.is_empty()
            && unit.as_ref().is_none_or(|(_, is_due)| !is_due)
    }

    /// The same for a person: each file, and below it what goes there. No secret is shown but by its fingerprint.
    pub(crate) fn lines(&self, plan: &Plan, case: &Case<'_>) -> Vec<String> {
        let Self { places, variables, settings, unit } = self;
        let here = case.installation.places();
        let short = |path: &Path| shortened(path, here.home());
        let mut lines = Vec::new();
        for (credential, (place, is_stored)) in plan.credentials.iter().zip(places) {
            if *is_stored {
                continue;
            }
            lines.push(short(&place.origin().path));
            let told = credential.fingerprint().map_or_else(|| "-".to_owned(), |fingerprint| fingerprint.to_string());
            let kind = credential.kind().replace('_', " ");
            let is_new = !case.installation.auth_store().current().profiles.by_id.contains_key(&credential.id);
            let replacing = if is_new { "" } else { ", in the place of the one there" };
            lines.push(format!("  {}: {kind}, fingerprint {told}{replacing}", credential.id));
            if vendor(&credential.profile.provider).is_none_or(|vendor| vendor.place.is_none()) {
                lines.push(format!("  (where {} is has to be configured)", credential.profile.provider));
            }
        }
        if !variables.is_empty() {
            lines.push(short(&here.dotenv()));
            for Variable { channel, secret } in &plan.variables {
                if variables.contains(&channel.variable()) {
                    lines.push(format!("  {}: fingerprint {}", channel.variable(), Fingerprint::of(secret)));
                }
            }
        }
        if !settings.is_empty() {
            lines.push(short(&here.config_path));
            lines.extend(settings.iter().map(|setting| format!("  {setting}")));
        }
        if let Some((path, true)) = unit {
            lines.push(short(path));
            lines.push("  a service that starts `gateway` when you log in".to_owned());
        }
        lines
    }
}

/// Whether the store has the very same credential under its id.
fn is_stored(case: &Case<'_>, credential: &NewCredential) -> bool {
    let current = case.installation.auth_store().current().profiles;
    let stored = current.by_id.get(&credential.id).filter(|stored| stored.origin.managed_by.is_none());
    stored.is_some_and(|stored| {
        let same = fingerprint(&stored.credential) == credential.fingerprint();
        let new = &credential.profile;
        same && stored.provider == new.provider && end(&stored.credential) == end(&new.credential)
    })
}

/// The variables of a plan by their names.
pub(crate) fn named(variables: &[Variable]) -> Vec<(&'static str, &SecretString)> {
    variables.iter().map(|Variable { channel, secret }| (channel.variable(), secret)).collect()
}

/// `path` with `~` for the home directory.
pub(crate) fn shortened(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    }
}

/// The `.env` cannot be read or written.
pub(crate) fn unwritten(fault: &DotenvFault) -> Failure {
    let text = fault.to_string();
    match fault {
        DotenvFault::Unreadable { .. } | DotenvFault::NoText { .. } | DotenvFault::Misfit { .. } => {
            Failure::Unreadable(text)
        }
        DotenvFault::Contended { .. } | DotenvFault::Write { .. } => Failure::Unexpected(text),
    }
}
