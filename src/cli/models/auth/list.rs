//! `modelpin models auth list`

use std::collections::HashMap;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::catalog::ProviderId;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::{Case, place, verdict};
use crate::config::AuthConfig;
use crate::profile::{Credential, Exclusion, ExternalCli, Profile, ProfileId, Profiles, Seal, SecretValue, order};

/// Show the credentials, without a character of their secrets
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those of this provider
    #[arg(long, value_name = "ID")]
    provider: Option<ProviderId>,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    agent: String,
    profiles: Vec<Row>,
    /// Entries that cannot be read; the others are not hidden by them.
    rejected: Vec<Bad>,
    /// Files that cannot be read.
    unreadable: Vec<String>,
}

#[derive(Serialize)]
struct Bad {
    id: String,
    file: String,
    why: String,
}

/// One credential.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    provider: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// A short hash of the secret.
    fingerprint: Option<String>,
    /// Where the secret is, when it is not in the store.
    reference: Option<String>,
    email: Option<String>,
    expires: Option<String>,
    /// `usable`, `cooling`, `disabled`, or the reason why it is not tried.
    state: &'static str,
    /// The same in words.
    detail: String,
    /// Whether it is sealed in the file.
    sealed: bool,
    /// The program that owns it and alone renews it, where that is not this one.
    managed_by: Option<&'static str>,
    /// Whose store it is in.
    agent: String,
    file: String,
}

/// Prints them in the order of the store.
pub(crate) fn run(list: &List, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let mut current = case.installation.auth_store().current();
    let settings = case.installation.settings();
    let profiles = &current.profiles;
    let mut states = States::new(profiles, &settings.config.auth, case.installation.now());
    let wanted = |profile: &&Profile| list.provider.as_ref().is_none_or(|provider| *provider == profile.provider);
    let rows: Vec<Row> = profiles.all().filter(wanted).map(|profile| row(profile, &mut states)).collect();
    let rejected: Vec<Bad> = profiles
        .rejected
        .iter()
        .chain(&profiles.outside)
        .map(|bad| Bad { id: bad.id.clone(), file: bad.path.display().to_string(), why: bad.why.clone() })
        .collect();
    for Bad { id, file, why } in &rejected {
        case.output.talk(&modelpin_terminal::visible(&format!("{id} in {file} is passed over: {why}.")));
    }
    let open = profiles.by_id.values().filter(|profile| is_left_open(profile)).count();
    if let Some(with) = case.installation.auth_store().sealing().with().filter(|_| open > 0) {
        let (who, seal) = (if open == 1 { "credential is" } else { "credentials are" }, case.command("seal"));
        case.output
            .talk(&format!("{open} {who} stored as written, although `auth.seal` is \"{with}\". To seal all: {seal}"));
    }
    if rows.is_empty() && rejected.is_empty() && current.trouble.is_empty() {
        let provider = list.provider.as_ref().map_or("anthropic", ProviderId::as_str);
        let add = case.command(&format!("add --provider {provider}"));
        let file = case.installation.auth_store().own().path;
        case.output.talk(&format!("No credential yet in {}. To store one: {add}", file.display()));
    }
    if case.global.json {
        let unreadable = current.trouble.iter().map(ToString::to_string).collect();
        let agent = case.installation.agent().to_string();
        case.output.json(&Listing { agent, profiles: rows, rejected, unreadable })?;
    } else {
        case.output.data(&rows.iter().map(line).collect::<String>())?;
    }
    match current.trouble.pop() {
        None => Ok(Exit::Ok),
        Some(fault) => Err(fault.into()),
    }
}

/// Whether its secret stands in the store for everybody to read: another program wrote it there, or it was there before.
fn is_left_open(profile: &Profile) -> bool {
    profile.seal == Seal::Absent && profile.origin.managed_by.is_none() && !profile.fingerprints().is_empty()
}

fn row(profile: &Profile, states: &mut States<'_>) -> Row {
    let (state, detail) = states.of(profile);
    let managed_by = profile.origin.managed_by.map(ExternalCli::as_str);
    let detail = match managed_by {
        // An end says it itself.
        Some(cli) if state != "expired" => format!("{detail}, managed by {cli}"),
        Some(_) | None if profile.seal == Seal::Opened => format!("{detail}, sealed"),
        Some(_) | None => detail,
    };
    let reference = match &profile.credential {
        Credential::ApiKey { key: SecretValue::Ref(reference) }
        | Credential::Token { token: SecretValue::Ref(reference), .. } => {
            let place = reference.provider.as_deref().unwrap_or("default");
            Some(format!("{}:{place}:{}", reference.source, reference.id))
        }
        Credential::ApiKey { .. } | Credential::Token { .. } | Credential::OAuth(_) => None,
    };
    Row {
        id: profile.id.to_string(),
        provider: profile.provider.to_string(),
        kind: verdict::kind(&profile.credential),
        fingerprint: place::fingerprint(&profile.credential).map(|fingerprint| fingerprint.to_string()),
        reference,
        email: profile.email.clone(),
        expires: place::end(&profile.credential).map(|end| format!("{end:.0}")),
        state,
        detail,
        sealed: profile.seal != Seal::Absent,
        managed_by,
        agent: profile.origin.agent.to_string(),
        file: profile.origin.path.display().to_string(),
    }
}

/// The row for a person: parted by tabs, so that `cut` can read it too.
fn line(row: &Row) -> String {
    let Row { id, provider, kind, fingerprint, reference, expires, detail, file, .. } = row;
    let secret = fingerprint.as_deref().or(reference.as_deref()).unwrap_or("-");
    let expires = expires.as_deref().unwrap_or("-");
    modelpin_terminal::visible(&format!("{id}\t{provider}\t{kind}\t{secret}\t{expires}\t{detail}\t{file}")) + "\n"
}

/// What is to be said of each profile, worked out once for each provider.
struct States<'a> {
    profiles: &'a Profiles,
    auth: &'a AuthConfig,
    now: Timestamp,
    excluded: HashMap<ProviderId, HashMap<ProfileId, Exclusion>>,
}

impl<'a> States<'a> {
    fn new(profiles: &'a Profiles, auth: &'a AuthConfig, now: Timestamp) -> Self {
        Self { profiles, auth, now, excluded: HashMap::new() }
    }

    fn of(&mut self, profile: &Profile) -> (&'static str, String) {
        let excluded = self.excluded.entry(profile.provider.clone()).or_insert_with(|| {
            order(&profile.provider, self.profiles, self.auth, self.now).excluded.into_iter().collect()
        });
        if let Some(why) = excluded.get(&profile.id) {
            return (why.code(), why.to_string());
        }
        let usage = self.profiles.usage.get(&profile.id);
        match usage.and_then(|usage| Some((usage, usage.cooling(None, self.now)?))) {
            Some((usage, until)) if usage.disabled => ("disabled", format!("disabled until {until:.0}")),
            Some((_, until)) => ("cooling", format!("cooling until {until:.0}")),
            None => ("usable", "usable".to_owned()),
        }
    }
}
