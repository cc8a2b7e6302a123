//! Profiles that `auth.profiles` declares otherwise than they are.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;

use crate::config::{Draft, Mode};
use crate::doctor::{Code, Finding, Repair, Severity, Stores};
use crate::profile::{Credential, Exclusion, ExternalCli, eligible};
use crate::status::{Facts, word};

/// The login of Claude Code, declared as a token in the configuration at `path`: what the older programs wrote. It is taken
/// for a grant here, and by no other program of the family.
pub(crate) fn of_written(draft: &Draft, path: &Path) -> Option<Finding> {
    let id = ExternalCli::ClaudeCode.profile_id();
    let mode = draft.get(&["auth", "profiles", id.as_str(), "mode"]).and_then(Value::as_str);
    mode.filter(|mode| *mode == "token").map(|_| {
        let what = format!(
            "auth.profiles expects a token of {id}, which is a grant: other programs of the family never try it"
        );
        let fix = format!("set auth.profiles.{id}.mode to \"oauth\"");
        let finding = Finding::new(Code::ModeMismatch, Severity::Warning, what, fix).at(path).of_profile(&id);
        finding.mended_by(Some(Repair::DeclaredMode { id }))
    })
}

/// What is declared and not there, or there and of another kind. `in_use` are the ids that count.
pub(crate) fn of_declared(facts: &Facts<'_>, stores: &Stores, in_use: &HashSet<String>) -> Vec<Finding> {
    let auth = &facts.moment.settings.config.auth;
    let path = &facts.places.config_path;
    let mut found = Vec::new();
    for (id, declared) in &auth.profiles {
        let severity = if in_use.contains(id.as_str()) { Severity::Error } else { Severity::Warning };
        let provider = &declared.provider;
        let Some(profile) = facts.moment.profiles.by_id.get(id) else {
            // Another agent may have it: the declaration holds for all of them.
            if stores.lack(id) {
                let what = format!("auth.profiles declares {id}, which no store has");
                let add = format!("models auth add --provider {provider} --profile-id {}", word(id.as_str()));
                let fix = format!("{}, or take it out of auth.profiles", (facts.command)(&add));
                found.push(Finding::new(Code::DeclaredMissing, severity, what, fix).at(path).of_profile(id));
            }
            continue;
        };
        match eligible(profile, auth, facts.moment.now) {
            Err(Exclusion::ProviderMismatch) => {
                let what =
                    format!("auth.profiles.{id} is declared for {provider}, and stored for {}", profile.provider);
                let fix = format!("set auth.profiles.{id}.provider to \"{}\"", profile.provider);
                found.push(Finding::new(Code::ProviderMismatch, severity, what, fix).at(path).of_profile(id));
            }
            Err(why @ (Exclusion::ModeMismatch | Exclusion::ReferenceUnderOAuth)) => {
                let (is, fits) = match &profile.credential {
                    Credential::ApiKey { .. } => ("an API key", "api_key"),
                    Credential::Token { .. } => ("a token", "token"),
                    Credential::OAuth(_) => ("an OAuth grant", "oauth"),
                };
                let expects = match declared.mode {
                    Mode::ApiKey => "api_key",
                    Mode::Token => "token",
                    Mode::OAuth => "oauth",
                };
                let what = format!("{id} is {is}, and auth.profiles expects {expects}: it is never tried");
                let fix = format!("set auth.profiles.{id}.mode to \"{fits}\"");
                // The older programs wrote `token` for what has become a grant; nothing else is certain to be meant.
                let drifted = declared.mode == Mode::Token && fits == "oauth" && why == Exclusion::ModeMismatch;
                let repair = drifted.then(|| Repair::DeclaredMode { id: id.clone() });
                let finding = Finding::new(Code::ModeMismatch, severity, what, fix).at(path).of_profile(id);
                found.push(finding.mended_by(repair));
            }
            Ok(())
            | Err(
                Exclusion::ProfileMissing
                | Exclusion::Sealed(_)
                | Exclusion::MissingCredential
                | Exclusion::Expired(_)
                | Exclusion::ExpiredOutside(..)
                | Exclusion::InvalidExpires
                | Exclusion::NotInOrder
                | Exclusion::NotDeclared,
            ) => {}
        }
    }
    found
}
